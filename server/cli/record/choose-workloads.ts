import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { OperationReference } from '../../../engine/index.ts';
import type { LoweredScenario } from '../../language/index.ts';
import { lowerScenario, NotRunnable } from '../../record/lower-scenario.ts';
import { parseWorkloads } from '../../record/parse-workloads.ts';
import { NotRecordable, type Workload } from '../../record/workload.ts';
import { choose } from '../choose.ts';
import { Misuse } from '../exit-codes.ts';
import { firstError, placeOf, readSourceFiles, type SourceFile, whyUnusable } from '../source-file.ts';

/** What is to be recorded, and what has to be said about it. */
export interface ChosenWorkload {
  readonly workload: Workload;
  /** Operations that are not run as the text has them, in words. */
  readonly notes: readonly string[];
}

/** Which scenarios of the files, and which of their interleavings; by names or numbers. */
export interface WorkloadRequest {
  readonly scenario?: string | undefined;
  readonly interleaving?: string | undefined;
}

/**
 * The workloads in scenario files, folders, and JSON lines (`*.jsonl`). `refuse` is told of every file, scenario or
 * interleaving that cannot be recorded; there the message says why, and what to do.
 */
export function chooseWorkloads(
  paths: readonly string[],
  request: WorkloadRequest,
  refuse: (message: string) => void,
): ChosenWorkload[] {
  const attempt = <Item>(find: () => readonly Item[]): readonly Item[] => {
    try {
      return find();
    } catch (error) {
      if (!(error instanceof Misuse)) throw error;
      refuse(error.message);
      return [];
    }
  };
  const { files, unreadable } = readSourceFiles(paths.filter((path) => !isWorkloadFile(path)));
  for (const { path, reason } of unreadable) refuse(`cannot read ${path}: ${reason}`);
  return [
    ...paths.filter(isWorkloadFile).flatMap((path) => attempt(() => readWorkloads(path))),
    ...files.flatMap((file) => attempt(() => runsIn(file, request))).flatMap((run) => attempt(() => [lower(run)])),
  ];
}

function isWorkloadFile(path: string): boolean {
  return path.endsWith('.jsonl');
}

function readWorkloads(path: string): ChosenWorkload[] {
  try {
    return parseWorkloads(readFileSync(path, 'utf8')).map((workload) => ({ workload, notes: [] }));
  } catch (error) {
    if (error instanceof SyntaxError) throw new Misuse(`${path}: ${error.message}; give workloads as JSON lines`);
    throw new Misuse(`cannot read ${path}: ${whyUnusable(error)}`);
  }
}

/** One way to run a scenario. */
interface Run {
  readonly file: SourceFile;
  readonly lowered: LoweredScenario;
  readonly id: string;
  /** Index of the explicit interleaving; undefined for the tasks in turn. */
  readonly schedule: number | undefined;
}

function runsIn(file: SourceFile, { scenario, interleaving }: WorkloadRequest): Run[] {
  const error = firstError(file);
  if (error !== undefined) throw new Misuse(error);
  const { scenarios } = file.reading;
  const chooseIn = (what: string, wanted: string, names: readonly string[]) => {
    try {
      return choose(what, wanted, names);
    } catch (error) {
      throw error instanceof Misuse ? new Misuse(`${file.path}: ${error.message}`) : error;
    }
  };
  const names = scenarios.map(({ name }) => name);
  const chosen = scenario === undefined ? [...scenarios.keys()] : [chooseIn('scenario', scenario, names)];
  return chosen.flatMap((index) => {
    const lowered = scenarios[index]!;
    const id = idOf(file, scenarios.length > 1 ? index : undefined);
    const schedules = lowered.scenario!.schedules.map(({ name }) => name ?? '');
    if (interleaving !== undefined) {
      return [{ file, lowered, id, schedule: chooseIn('interleaving', interleaving, schedules) }];
    }
    if (schedules.length < 2) return [{ file, lowered, id, schedule: schedules.length === 1 ? 0 : undefined }];
    return schedules.map((_, schedule) => ({ file, lowered, id: `${id}-i${schedule + 1}`, schedule }));
  });
}

/** Name of the file without its ending, and the number of the scenario if there are others. */
function idOf({ path }: SourceFile, index: number | undefined): string {
  const stem = basename(path, '.fsrace');
  return index === undefined ? stem : `${stem}-${index + 1}`;
}

function lower({ file, lowered, id, schedule }: Run): ChosenWorkload {
  const scenario = lowered.scenario!;
  const { tasks, schedules, name } = lowered.sources;
  const nameOf = ({ task, operation }: OperationReference) => {
    const { name: taskName, operations } = scenario.tasks[task]!;
    return `${operations[operation]!.kind} of ${taskName}`;
  };
  try {
    const { workload, order } = lowerScenario(scenario, id, schedule);
    const notes = [
      ...order.stopped.map(
        (stopped) => `${nameOf(stopped)} is run whole, where it ends: a system call cannot be stopped`,
      ),
      ...order.unfinished.map(
        (unfinished) => `${nameOf(unfinished)} is left out: it has not ended when the power fails`,
      ),
    ];
    return { workload, notes };
  } catch (error) {
    if (!(error instanceof NotRecordable)) throw error;
    const refused = error instanceof NotRunnable ? error.operation : undefined;
    const run = schedule === undefined ? name : schedules[schedule]!.name;
    const span = refused === undefined ? run : tasks[refused.task]!.operations[refused.operation]!.span;
    const { line, column } = placeOf(file, span);
    throw new Misuse(`${file.path}:${line}:${column} cannot be recorded: ${error.message}`);
  }
}
