import type { State } from '../state/layout.ts';
import { commitTransaction } from './commit.ts';
import type { OperationContext } from './context.ts';
import { end, following, type Step } from './step.ts';

/**
 * The end of an operation that makes the running transaction durable, and returns 0 when it is: who finds it being
 * committed already waits for that instead (btrfs_attach_transaction_barrier). `finish` is what the return does,
 * `suffix` as in `commitTransaction`.
 */
export function commitAndWait(
  { machine, registers, task }: OperationContext,
  finish: (state: State) => void,
  says: (state: State) => string | undefined = () => undefined,
  suffix = '',
): Step[] {
  const { transaction } = machine;
  /** The transaction that somebody else commits and this task waits for. */
  const target = registers.field('transaction', transaction.generation.mask);
  return [
    {
      name: 'attach_transaction',
      locks: '',
      does: 'Begins the commit of the running transaction; waits for one that is under way instead.',
      goesTo: [following, 'wait_for_commit'],
      apply: (state) => {
        if (transaction.isRunning(state)) {
          transaction.beginCommit(state, task);
          return undefined;
        }
        target.set(state, transaction.generation.get(state));
        return 'wait_for_commit';
      },
    },
    ...commitTransaction(machine, suffix),
    {
      name: 'transaction_completed',
      locks: '',
      does: 'last_trans_committed moves, TRANS_STATE_COMPLETED; returns 0.',
      says,
      goesTo: [end],
      apply: (state) => {
        transaction.complete(state);
        finish(state);
        return end;
      },
    },
    {
      name: 'wait_for_commit',
      locks: '',
      does: 'Waits until the transaction that was created last is durable; returns 0.',
      says,
      ready: (state) => transaction.lastCommitted.get(state) >= target.get(state),
      waitsFor: 'the task that commits the transaction',
      goesTo: [end],
      apply: (state) => {
        finish(state);
        return end;
      },
    },
  ];
}
