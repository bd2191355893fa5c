import {
  checkSchedule,
  coverScenario,
  explainViolation,
  firstInterleaving,
  type Scenario,
  traceWitness,
} from '../../engine/index.ts';
import { type AnalysisOptions, completeAnalysis, judgeScenario } from './analysis.ts';
import type { Replay, RunToTrace, WorkerOutcome, WorkerTask } from './worker-protocol.ts';

type Control = Pick<AnalysisOptions, 'now' | 'shouldStop' | 'progress' | 'onStage'>;

/** What a worker does with a request, apart from being a worker. Never throws: failures are outcomes. */
export function perform(task: WorkerTask, control: Control): WorkerOutcome {
  try {
    return outcomeOf(task, control);
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

function outcomeOf(task: WorkerTask, control: Control): WorkerOutcome {
  if (task.kind === 'trace') return { kind: 'traced', replay: replay(task.scenario, task.run) };
  const options = { ...control, ...task.settings };
  if (task.kind === 'cover') return { kind: 'covered', coverage: coverScenario(task.scenario, options) };
  const analysis =
    task.kind === 'judge'
      ? judgeScenario(task.scenario, options)
      : completeAnalysis(task.scenario, task.judged, options, task.stages);
  return { kind: 'analysed', analysis, stopped: control.shouldStop?.() === true };
}

function replay(scenario: Scenario, run: RunToTrace): Replay {
  if (run.kind === 'schedule') {
    const { steps, violations, problem } = checkSchedule(scenario, run.index);
    const [first] = violations;
    return {
      trace: traceWitness(scenario, steps),
      losses: violations,
      explanation: first && explainViolation(scenario, first),
      problem: problem?.message,
    };
  }
  const witness = run.kind === 'witness' ? run.steps : firstInterleaving(scenario);
  const trace = traceWitness(scenario, witness);
  const { violations: losses } = (trace.steps.at(-1)?.state ?? trace.initial).crash;
  const [first] = losses;
  const explanation = first && explainViolation(scenario, { ...first, witness });
  return { trace, losses, explanation, problem: undefined };
}
