import type { Field, State } from '../state/layout.ts';
import type { FsyncEnd } from './commit-fallback.ts';
import type { OperationContext } from './context.ts';
import { withoutLog } from './join-log.ts';
import { tellsReadOnly } from './read-only.ts';
import { skipped } from './skip-check.ts';
import { end, type Step } from './step.ts';

/**
 * The ways in which the fsync of a file or directory returns from the log: as the task that has synced log transaction
 * `transid`, as one that joined it, and without logging. `beforeSkip` is what the skip exit does under the inode lock.
 */
export function fsyncReturns(
  { machine: { transaction, log }, task }: OperationContext,
  transid: Field,
  { unlock, finish, fail, outcome }: FsyncEnd,
  beforeSkip?: { readonly does: string; readonly apply: (state: State) => void },
): Step[] {
  const says = outcome && { says: outcome };
  const endTransaction = (state: State): typeof end => {
    transaction.end(state, task);
    // btrfs_end_transaction fails when a transaction was aborted.
    if (transaction.isAborted(state)) fail(state);
    else finish(state);
    return end;
  };
  const ends = transaction.mayAbort
    ? { says: (state: State) => (transaction.isAborted(state) ? tellsReadOnly : outcome?.(state)) }
    : says;
  return [
    {
      name: 'return',
      locks: '',
      does: 'Moves last_log_commit, wakes the tasks that joined this log sync, ends the transaction handle and returns 0.',
      ...ends,
      goesTo: [end],
      apply: (state) => {
        log.finishSync(state, transid.get(state));
        return endTransaction(state);
      },
    },
    {
      name: 'return',
      label: 'return joined',
      locks: '',
      does: 'Ends the transaction handle and returns 0.',
      ...ends,
      goesTo: [end],
      apply: endTransaction,
    },
    {
      name: 'inode_unlock',
      label: withoutLog,
      locks: 'inode lock',
      does: 'The inode is in the log already (BTRFS_NO_LOG_SYNC): gives the inode lock back.',
      goesTo: ['return joined'],
      apply: (state) => {
        unlock(state);
        return 'return joined';
      },
    },
    {
      name: 'inode_unlock',
      label: skipped,
      locks: 'inode lock',
      does: `Nothing to log: ${beforeSkip === undefined ? '' : `${beforeSkip.does} and `}gives the inode lock back.`,
      apply: (state) => {
        beforeSkip?.apply(state);
        return unlock(state);
      },
    },
    {
      name: 'return',
      label: 'return after skip',
      locks: '',
      does: 'Returns 0 without any IO.',
      ...says,
      goesTo: [end],
      apply: (state) => {
        finish(state);
        return end;
      },
    },
  ];
}
