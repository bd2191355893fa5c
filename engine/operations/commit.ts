import { type Machine, publishCommit } from '../model/machine.ts';
import type { State } from '../state/layout.ts';
import type { OperationContext } from './context.ts';
import { pagesAreUnlocked, unsubmitted, writeRange } from './delalloc.ts';
import { end, following, type Step } from './step.ts';

/** `commit`: the periodic commit of the transaction kthread. It flushes no data. */
export function commit({ machine, task }: OperationContext): Step[] {
  const { transaction } = machine;
  return [
    {
      name: 'attach_transaction',
      locks: '',
      does: 'Begins the commit of the running transaction (TRANS_STATE_COMMIT_START); there is nothing to do when none runs or it is being committed.',
      goesTo: [following, end],
      says: (state) => (transaction.isRunning(state) ? undefined : 'no transaction to commit'),
      apply: (state) => {
        if (!transaction.isRunning(state)) return end;
        transaction.beginCommit(state, task);
        return undefined;
      },
    },
    ...commitTransaction(machine),
    {
      name: 'transaction_completed',
      locks: '',
      does: 'last_trans_committed moves; TRANS_STATE_COMPLETED.',
      apply: (state) => {
        transaction.complete(state);
        return undefined;
      },
    },
  ];
}

/**
 * btrfs_commit_transaction from TRANS_STATE_COMMIT_START to the durable super block. `suffix` tells the labels of its
 * steps apart from others of the operation.
 */
export function commitTransaction(machine: Machine, suffix = ''): Step[] {
  const { transaction, inodes, names, log, mount } = machine;
  const steps: Step[] = [
    ...(mount.flushoncommit ? flushDelalloc(machine) : []),
    {
      name: 'commit_doing',
      locks: '',
      does: 'Waits for the previous commit, for handles that were started and for logged ordered extents; from here on nobody joins.',
      ready: (state) => transaction.canStopJoins(state),
      heldBy: (state) => transaction.writers.get(state) | transaction.previousCommitter(state),
      waitsFor: 'the previous commit, the handles in use and the ordered extents that were logged',
      apply: (state) => {
        transaction.stopJoins(state);
        return undefined;
      },
    },
    {
      name: 'commit_fs_roots',
      locks: 'tree_log_mutex',
      does: 'Takes the trees as they are, frees the log tree, and lets the next transaction start (TRANS_STATE_UNBLOCKED).',
      ready: (state) =>
        transaction.writers.get(state) === 0 && inodes.every(({ orderedExtents }) => orderedExtents.joined.get(state) === 0),
      heldBy: (state) => inodes.reduce((held, { orderedExtents }) => held | (orderedExtents.joined.get(state) << orderedExtents.firstActor), transaction.writers.get(state)),
      waitsFor: 'the handles in use',
      apply: (state) => {
        for (const inode of inodes) {
          inode.tree.items.commit(state);
          inode.committing.copyFrom(state, inode.tree);
          inode.log.clear(state);
          inode.freshHoles.set(state, 0);
        }
        names?.freeze(state);
        log.exists.set(state, 0);
        transaction.unblock(state);
        return undefined;
      },
    },
    {
      name: 'write_super',
      locks: 'tree_log_mutex',
      does: 'Writes the trees, flushes the devices and writes the super block: the transaction is durable, and there is no log on disk.',
      apply: (state) => {
        publishCommit(machine, state);
        return undefined;
      },
    },
  ];
  return steps.map((step) => ({ ...step, label: step.label ?? `${step.name}${suffix}` }));
}

/** With `flushoncommit` a commit writes all dirty data and waits for it, before anybody is kept from joining. */
function flushDelalloc({ transaction, inodes }: Machine): Step[] {
  const unlocked = (state: State) => inodes.every((inode) => pagesAreUnlocked(inode, state));
  const open = (state: State) => inodes.some((inode) => unsubmitted(inode, state) !== 0);
  return [
    {
      name: 'btrfs_start_delalloc_flush',
      locks: '',
      does: 'flushoncommit: waits for the previous commit, then starts writeback of all dirty pages of all files.',
      ready: (state) => transaction.committing.get(state) === 0 && unlocked(state),
      waitsFor: 'the previous commit, and the page locks that a writeback holds',
      apply: (state) => {
        for (const inode of inodes) writeRange(inode, state, inode.pages.dirty.get(state));
        return undefined;
      },
    },
    {
      name: 'start_ordered_extent',
      label: 'start_ordered_extent of the commit',
      locks: '',
      does: 'flushoncommit: writes the rest of ordered extents that were begun since, in order to wait for them.',
      when: open,
      ready: unlocked,
      waitsFor: 'the page locks that a writeback holds',
      goesTo: ['start_ordered_extent of the commit'],
      apply: (state) => {
        for (const inode of inodes) inode.submit(state, unsubmitted(inode, state));
        return 'start_ordered_extent of the commit';
      },
    },
    {
      name: 'btrfs_wait_delalloc_flush',
      locks: '',
      does: 'flushoncommit: waits for the handles that were started, then for the completion of every ordered extent.',
      ready: (state) =>
        transaction.writers.get(state) === 0 &&
        inodes.every((inode) => inode.orderedExtents.covered.get(state) === 0),
      waitsFor: 'the handles in use and the ordered extents of all files',
      apply: () => undefined,
    },
  ];
}
