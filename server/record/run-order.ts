import { type OperationReference, type OrderConstraint, type Scenario, stepNames } from '../../engine/index.ts';
import { NotRecordable } from './workload.ts';

/** In which order the operations of a scenario are run for real: one after the other, each to its end. */
export interface RunOrder {
  readonly operations: readonly OperationReference[];
  /** Those of them that the interleaving stops halfway. A system call cannot be stopped: they are run where they end. */
  readonly stopped: readonly OperationReference[];
  /** Those that have begun when the power fails. They are not run. */
  readonly unfinished: readonly OperationReference[];
}

/**
 * The order of explicit interleaving number `index`, up to the crash. It is one that the model can run.
 */
export function orderOfSchedule(scenario: Scenario, index: number): RunOrder {
  const operations: OperationReference[] = [];
  const stopped: OperationReference[] = [];
  const next = scenario.tasks.map(() => 0);
  const isUnderWay = scenario.tasks.map(() => false);
  for (const entry of scenario.schedules[index]!.entries) {
    if (entry.kind === 'crash') break;
    if (entry.kind === 'endio') continue; // completions are waited for after every operation
    const { task, until } = entry;
    if (until !== undefined && until !== stepNames(entry.operation).at(-1)) {
      isUnderWay[task] = true;
      continue;
    }
    const reference = { task, operation: next[task]! };
    next[task] = reference.operation + 1;
    operations.push(reference);
    if (isUnderWay[task]) stopped.push(reference);
    isUnderWay[task] = false;
  }
  const unfinished = next.flatMap((operation, task) => (isUnderWay[task] ? [{ task, operation }] : []));
  return { operations, stopped, unfinished };
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
