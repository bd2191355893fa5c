import { checkSchedule, type FileView, type StateView, traceSchedule } from '../../engine/index.ts';
import { buildScenario, type ScenarioText } from './scenario-builder.ts';

/** A schedule that has been run to its end. */
interface Ran {
  /** Names of the steps of the last entry that took any. */
  readonly path: readonly string[];
  readonly last: StateView;
  /** The first file in the last state. */
  readonly file: FileView;
  /** What the last entry's steps changed, in words. */
  readonly changes: readonly string[];
}

/** Runs one schedule of a scenario on 5.8 (where the text names no kernel); throws when it cannot be run. */
export function run(text: ScenarioText, ...entries: string[]): Ran {
  const scenario = buildScenario({ kernel: '5.8', ...text, schedules: [entries] });
  const { problem, entryOfStep } = checkSchedule(scenario, 0);
  if (problem !== undefined) throw new Error(problem.message);
  const { steps, initial } = traceSchedule(scenario, 0);
  const ofLast = steps.filter((_, i) => entryOfStep[i] === entryOfStep.at(-1));
  const last = steps.at(-1)?.state ?? initial;
  return {
    path: ofLast.filter(({ task }) => task !== 'endio').map(({ step }) => step),
    last,
    file: last.files[0]!,
    changes: ofLast.flatMap(({ changes }) => changes),
  };
}

/** Why a schedule cannot be run; undefined when it can. */
export function problemOf(text: ScenarioText, ...entries: string[]): { entry: number; message: string } | undefined {
  return checkSchedule(buildScenario({ kernel: '5.8', ...text, schedules: [entries] }), 0).problem;
}
