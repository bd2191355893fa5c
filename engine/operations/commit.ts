import type { FailureTest } from '../faults.ts';
import { dropCommit, type Machine, publishCommit } from '../model/machine.ts';
import type { State } from '../state/layout.ts';
import type { OperationContext } from './context.ts';
import { pagesAreUnlocked, unsubmitted, writeRange } from './delalloc.ts';
import { end, following, type Step } from './step.ts';

/** Label of the step behind a commit that has failed; `suffix` as in `commitTransaction`. */
function cleanUp(suffix: string): string {
  return `cleanup_transaction${suffix}`;
}

/** `commit`: the periodic commit of the transaction kthread. It flushes no data. */
export function commit({ machine, fails, task }: OperationContext): Step[] {
  const { transaction } = machine;
  return [
    {
      name: 'attach_transaction',
      locks: '',
      does: 'Begins the commit of the running transaction (TRANS_STATE_COMMIT_START); there is nothing to do when none runs or it is being committed.',
      goesTo: [following, end],
      says: (state) => (canCommit(state) ? undefined : 'no transaction to commit'),
      apply: (state) => {
        if (!canCommit(state)) return end;
        transaction.beginCommit(state, task);
        return undefined;
      },
    },
    ...commitTransaction(machine, fails),
    {
      name: 'transaction_completed',
      locks: '',
      does: 'last_trans_committed moves; TRANS_STATE_COMPLETED.',
      goesTo: [end],
      apply: (state) => {
        transaction.complete(state);
        return end;
      },
    },
    ...cleanupTransaction(machine, ''),
  ];

  function canCommit(state: State): boolean {
    return transaction.isRunning(state) && !transaction.isAborted(state);
  }
}

/** The end of a commit that has failed; `fail` is what its task does then. */
export function cleanupTransaction(
  { transaction }: Machine,
  suffix: string,
  fail: (state: State) => void = () => undefined,
): Step[] {
  if (!transaction.mayAbort) return [];
  return [
    {
      name: 'cleanup_transaction',
      label: cleanUp(suffix),
      locks: '',
      does: 'The transaction is aborted, and the file system read-only: wakes who waits for the commit. Returns -EIO.',
      says: () => 'returns -EIO: the transaction is aborted',
      goesTo: [end],
      apply: (state) => {
        fail(state);
        return end;
      },
    },
  ];
}

/**
 * btrfs_commit_transaction from TRANS_STATE_COMMIT_START to the durable super block. `suffix` tells the labels of its
 * steps apart from others of the operation.
 */
export function commitTransaction(machine: Machine, fails: FailureTest, suffix = ''): Step[] {
  const { transaction, inodes, names, log, mount } = machine;
  const failing = transaction.mayAbort ? { goesTo: [following, cleanUp(suffix)] } : {};
  const superFails = (state: State) => fails(state, 'io', 'write_super');
  const handles = (state: State) =>
    inodes.reduce((held, { orderedExtents }) => held | orderedExtents.whoJoined(state), transaction.writers.get(state));
  const steps: Step[] = [
    ...(mount.flushoncommit ? flushDelalloc(machine) : []),
    {
      name: 'commit_doing',
      locks: '',
      does: 'Waits for the previous commit, for handles that were started and for logged ordered extents; from here on nobody joins.',
      ready: (state) => transaction.isAborted(state) || transaction.canStopJoins(state),
      heldBy: (state) =>
        transaction.mayAbort ? 0 : transaction.writers.get(state) | transaction.previousCommitter(state),
      waitsFor: 'the previous commit, the handles in use and the ordered extents that were logged',
      ...failing,
      apply: (state) => {
        if (!transaction.isAborted(state)) {
          transaction.stopJoins(state);
          return undefined;
        }
        transaction.cleanUpRunning(state);
        return cleanUp(suffix);
      },
    },
    {
      name: 'commit_fs_roots',
      locks: 'tree_log_mutex',
      does: 'Takes the trees as they are, frees the log tree, and lets the next transaction start (TRANS_STATE_UNBLOCKED).',
      ready: (state) => handles(state) === 0,
      heldBy: handles,
      waitsFor: 'the handles in use',
      // Nobody has aborted the transaction since: a log sync holds a handle, and the previous commit is complete.
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
      ...failing,
      says: (state) => (superFails(state) ? 'the super block is not written: -EIO' : undefined),
      apply: (state) => {
        if (superFails(state)) {
          dropCommit(machine, state);
          return cleanUp(suffix);
        }
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
        transaction.writers.get(state) === 0 && inodes.every((inode) => inode.orderedExtents.covered.get(state) === 0),
      waitsFor: 'the handles in use and the ordered extents of all files',
      apply: () => undefined,
    },
  ];
}
