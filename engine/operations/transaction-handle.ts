import type { Inode } from '../model/inode.ts';
import { type Machine, setInodeLastTrans } from '../model/machine.ts';
import type { State } from '../state/layout.ts';
import type { OperationContext } from './context.ts';
import type { Step } from './step.ts';

/** btrfs_start_transaction by an operation that holds `locks`. */
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
    apply: (state) => {
      transaction.start(state, task);
      return undefined;
    },
  };
}

/**
 * btrfs_update_time, in the kernel function `name`: joins the running transaction, or creates one, so that hole extent
 * maps that follow have its generation.
 */
export function updateTimes(
  machine: Machine,
  inode: Inode,
  name: 'file_modified' | 'file_update_time',
  { locks, when }: { readonly locks: string; readonly when?: (state: State) => boolean },
): Step {
  const { transaction } = machine;
  return {
    name,
    locks,
    does: 'Joins the running transaction, or creates one, to update the times in the inode item.',
    ...(when && { when }),
    ready: (state) => transaction.canJoin(state),
    waitsFor: 'the transaction commit to let the next transaction start',
    apply: (state) => {
      transaction.join(state);
      setInodeLastTrans(machine, inode, state);
      return undefined;
    },
  };
}
