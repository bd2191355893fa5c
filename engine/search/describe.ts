import { firstTransaction } from '../model/transaction.ts';
import type { Program } from '../program.ts';
import { Runner } from '../replay/runner.ts';
import type { Deadlock, Violation, WitnessStep } from '../verdict.ts';
import type { FoundViolation } from './found-violations.ts';

/** A violation as the verdict tells it, with the run that shows it. */
export function describeViolation(
  program: Program,
  violation: FoundViolation,
  witness: readonly WitnessStep[],
): Violation {
  const inode = program.machine.inodes[violation.file]!;
  const runner = new Runner(program);
  for (const step of witness) runner.follow(step);
  return {
    kind: violation.kind,
    file: violation.file,
    range: inode.segments.rangeOf(violation.segments),
    promisedBy: program.syncs[violation.promisedBy - 1] ?? null,
    sizeOnly: violation.sizeOnly,
    transaction: firstTransaction + program.machine.transaction.generation.get(runner.state),
    witness,
  };
}

/** Who waits for what at the end of a run that comes to a standstill. */
export function describeDeadlock(program: Program, witness: readonly WitnessStep[]): Deadlock {
  const runner = new Runner(program);
  for (const step of witness) runner.follow(step);
  const waiting = program.tasks.flatMap((thread) => {
    const position = thread.next(runner.state);
    const placed = thread.steps[position];
    if (placed === undefined) return [];
    const { operation, step } = placed;
    const released = thread.isReleased(runner.state, position);
    const reason = released ? (step.waitsFor ?? '') : 'an order constraint';
    return [{ task: thread.task, operation, step: step.name, reason }];
  });
  return { witness, waiting };
}
