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

/** The workloads in scenario files, folders, and JSON lines (`*.jsonl`). Throws a Misuse. */
export function chooseWorkloads(paths: readonly string[], request: WorkloadRequest): ChosenWorkload[] {
  const workloads = paths.filter(isWorkloadFile).flatMap(readWorkloads);
  const scenarioPaths = paths.filter((path) => !isWorkloadFile(path));
  const { files, unreadable } = readSourceFiles(scenarioPaths);
  for (const { path, reason } of unreadable) throw new Misuse(`cannot read ${path}: ${reason}`);
  return [...workloads, ...files.flatMap((file) => workloadsOf(file, request))];
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

function workloadsOf(file: SourceFile, request: WorkloadRequest): ChosenWorkload[] {
  const error = firstError(file);
  if (error !== undefined) throw new Misuse(error);
  const { scenarios } = file.reading;
  const names = scenarios.map(({ name }) => name);
  const chosen = request.scenario === undefined ? [...scenarios.keys()] : [choose('scenario', request.scenario, names)];
  return chosen.flatMap((index) => {
    const id = idOf(file, scenarios.length > 1 ? index : undefined);
    return runsOf(file, scenarios[index]!, id, request.interleaving);
  });
}

/** Name of the file without its ending, and the number of the scenario if there are others. */
function idOf({ path }: SourceFile, index: number | undefined): string {
  const stem = basename(path, '.fsrace');
  return index === undefined ? stem : `${stem}-${index + 1}`;
}

/** One workload for each explicit interleaving; or one of the tasks in turn, when there is none. */
function runsOf(file: SourceFile, lowered: LoweredScenario, id: string, wanted: string | undefined): ChosenWorkload[] {
  const scenario = lowered.scenario!;
  const names = scenario.schedules.map(({ name }) => name ?? '');
  if (wanted !== undefined) return [lower(file, lowered, id, choose('interleaving', wanted, names))];
  if (names.length === 0) return [lower(file, lowered, id, undefined)];
  return names.map((_, index) => lower(file, lowered, names.length > 1 ? `${id}-i${index + 1}` : id, index));
}

function lower(file: SourceFile, lowered: LoweredScenario, id: string, schedule: number | undefined): ChosenWorkload {
  const scenario = lowered.scenario!;
  const { tasks, schedules, name } = lowered.sources;
  const nameOf = ({ task, operation }: OperationReference) => {
    const { name: taskName, operations } = scenario.tasks[task]!;
    return `${operations[operation]!.kind} of ${taskName}`;
  };
  try {
    const { workload, stopped } = lowerScenario(scenario, id, schedule);
    const notes = stopped.map(
      (reference) => `${nameOf(reference)} is run whole, where it ends: a system call cannot be stopped`,
    );
    return { workload, notes };
  } catch (error) {
    if (!(error instanceof NotRecordable)) throw error;
    const span =
      error instanceof NotRunnable
        ? tasks[error.operation.task]!.operations[error.operation.operation]!.span
        : schedule === undefined
          ? name
          : schedules[schedule]!.name;
    const { line, column } = placeOf(file, span);
    throw new Misuse(`${file.path}:${line}:${column} cannot be recorded: ${error.message}`);
  }
}
