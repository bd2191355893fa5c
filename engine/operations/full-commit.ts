import type { State } from '../state/layout.ts';
import { commitTransaction } from './commit.ts';
import type { OperationContext } from './context.ts';
import { end, type Step } from './step.ts';

/** Label of the first of the steps of `fullCommit`. */
export const toCommit = 'end_transaction to commit';

/**
 * How an fsync ends that cannot be done by the log (BTRFS_LOG_FORCE_COMMIT): the whole transaction is committed, and
 * with it everything of the other files that is complete. `isOrdered`: nothing of the inode is on its way to the tree.
 */
export function fullCommit(
  { machine, registers, promise }: OperationContext,
  isOrdered: (state: State) => boolean,
): Step[] {
  const { transaction } = machine;
  /** The transaction that somebody else commits and this task waits for. */
  const target = registers.field('transaction', transaction.generation.mask);
  return [
    {
      name: 'end_transaction',
      label: toCommit,
      locks: '',
      does: 'Ends the transaction handle, in order to wait for ordered extents without it.',
      apply: (state) => {
        transaction.endStarted(state);
        return undefined;
      },
    },
    {
      name: 'wait_ordered_range',
      label: 'wait_ordered_range to commit',
      locks: '',
      does: 'Waits for the completion of the ordered extents of the file: a commit has only what is complete.',
      ready: isOrdered,
      waitsFor: 'the ordered extents of the file to complete',
      apply: () => undefined,
    },
    {
      name: 'btrfs_commit_transaction',
      locks: '',
      does: 'Begins the commit of the running transaction; waits for one that is under way instead.',
      goesTo: ['commit_doing of fsync', 'wait_for_commit'],
      apply: (state) => {
        if (transaction.isRunning(state)) {
          transaction.beginCommit(state);
          return 'commit_doing of fsync';
        }
        target.set(state, transaction.generation.get(state));
        return 'wait_for_commit';
      },
    },
    ...commitTransaction(machine, ' of fsync'),
    {
      name: 'transaction_completed',
      locks: '',
      does: 'last_trans_committed moves, TRANS_STATE_COMPLETED; returns 0.',
      goesTo: [end],
      apply: (state) => {
        transaction.complete(state);
        promise.fulfil(state);
        return end;
      },
    },
    {
      name: 'wait_for_commit',
      locks: '',
      does: 'Waits until the transaction that was created last is durable; returns 0.',
      ready: (state) => transaction.lastCommitted.get(state) >= target.get(state),
      waitsFor: 'the task that commits the transaction',
      goesTo: [end],
      apply: (state) => {
        promise.fulfil(state);
        return end;
      },
    },
  ];
}
