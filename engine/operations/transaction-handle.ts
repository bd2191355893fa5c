import type { Inode } from '../model/inode.ts';
import { type Machine, setInodeLastTrans } from '../model/machine.ts';
import type { State } from '../state/layout.ts';
import type { OperationContext } from './context.ts';
import { refused } from './read-only.ts';
import { end, following, type Step } from './step.ts';

/** btrfs_start_transaction by an operation that holds `locks`; it goes to `refused` when a transaction was aborted. */
export function startTransaction(
  { machine: { transaction }, task }: OperationContext,
  locks: string,
  label = 'start_transaction',
): Step {
  return {
    name: 'start_transaction',
    label,
    locks,
    does: 'Starts a handle on the running transaction, or creates the transaction.',
    ready: (state) => transaction.canStart(state),
    heldBy: (state) => transaction.committer(state),
    waitsFor: 'the transaction commit to let the next transaction start',
    ...(transaction.mayAbort ? { goesTo: [following, refused] } : {}),
    apply: (state) => {
      if (transaction.isAborted(state)) return refused;
      transaction.start(state, task);
      return undefined;
    },
  };
}

/**
 * btrfs_update_time, in the kernel function `name`: joins the running transaction, or creates one, so that hole extent
 * maps that follow have its generation. Within one tick of the clock after another change there is nothing to update; which
 * it is, is left open. When a transaction was aborted the operation goes to `failing`, or ends.
 */
export function updateTimes(
  machine: Machine,
  inode: Inode,
  name: 'file_modified' | 'file_update_time',
  {
    locks,
    when,
    failing = end,
  }: { readonly locks: string; readonly when?: (state: State) => boolean; readonly failing?: string },
): Step {
  const { transaction } = machine;
  return {
    name,
    locks,
    does: 'Joins the running transaction, or creates one, to update the times in the inode item.',
    ...(when && { when }),
    ...(inode.timesUpdated.mask !== 0 && { optional: (state) => inode.timesUpdated.get(state) === 1 }),
    ready: (state) => transaction.canJoin(state),
    waitsFor: 'the transaction commit to let the next transaction start',
    ...(transaction.mayAbort ? { goesTo: [following, failing] } : {}),
    apply: (state) => {
      if (transaction.isAborted(state)) return failing;
      transaction.join(state);
      setInodeLastTrans(machine, inode, state);
      inode.timesUpdated.set(state, inode.timesUpdated.mask);
      return undefined;
    },
  };
}
