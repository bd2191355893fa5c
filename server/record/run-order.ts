import { checkSchedule, type OperationReference, type OrderConstraint, type Scenario } from '../../engine/index.ts';
import { NotRecordable } from './workload.ts';

/** In which order the operations of a scenario are run for real: one after the other, each to its end. */
export interface RunOrder {
  readonly operations: readonly OperationReference[];
  /** Those of them that the interleaving stops halfway. A system call cannot be stopped: they are run where they end. */
  readonly stopped: readonly OperationReference[];
  /** Those that have begun when the power fails. They are not run. */
  readonly unfinished: readonly OperationReference[];
}

/** The order of explicit interleaving number `index`, up to the crash. Throws a NotRecordable when it cannot run. */
export function orderOfSchedule(scenario: Scenario, index: number): RunOrder {
  const { problem, steps, entryOfStep, ended } = checkSchedule(scenario, index);
  if (problem !== undefined) throw new NotRecordable(`the interleaving cannot go on: ${problem.message}`);
  /** By operation, the entries that run it. */
  const entries = new Map<string, Set<number>>();
  const begun: OperationReference[] = [];
  for (const [i, { actor }] of steps.entries()) {
    if (actor.kind !== 'task') continue; // completions are waited for after every operation
    const key = keyOf(actor);
    if (!entries.has(key)) begun.push({ task: actor.task, operation: actor.operation });
    entries.set(key, (entries.get(key) ?? new Set()).add(entryOfStep[i]!));
  }
  const hasEnded = new Set(ended.map(keyOf));
  return {
    operations: ended,
    stopped: ended.filter((operation) => entries.get(keyOf(operation))!.size > 1),
    unfinished: begun.filter((operation) => !hasEnded.has(keyOf(operation))),
  };
}

function keyOf({ task, operation }: OperationReference): string {
  return `${task}.${operation}`;
}

/** The tasks one after the other, as they stand in the text, as far as the orders of the scenario allow. */
export function orderOfTasks({ tasks, orders }: Scenario): RunOrder {
  const next = tasks.map(() => 0);
  const operations: OperationReference[] = [];
  const isDone = ({ task, operation }: OperationReference) => operation < next[task]!;
  const mayRun = (task: number) => {
    const operation = next[task]!;
    if (operation >= tasks[task]!.operations.length) return false;
    const isOwn = ({ after }: OrderConstraint) => after.task === task && after.operation === operation;
    return orders.filter(isOwn).every(({ before }) => isDone(before));
  };
  for (;;) {
    const task = tasks.findIndex((_, i) => mayRun(i));
    if (task < 0) break;
    operations.push({ task, operation: next[task]!++ });
  }
  if (tasks.every((task, i) => next[i] === task.operations.length)) return { operations, stopped: [], unfinished: [] };
  throw new NotRecordable(
    'its orders need operations to overlap: give an interleaving, whose operations are run in turn',
  );
}
