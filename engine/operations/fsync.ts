import { inodeInLog } from '../model/machine.ts';
import type { FileOperation } from '../scenario.ts';
import type { State } from '../state/layout.ts';
import { commitFallback, fallBackToCommit } from './commit-fallback.ts';
import type { OperationContext } from './context.ts';
import { pagesAreUnlocked, writeRange } from './delalloc.ts';
import { logInode } from './log-inode.ts';
import { end, following, type Step } from './step.ts';
import { syncLog } from './sync-log.ts';

/** `fsync F` and `fdatasync F`: btrfs_sync_file, which ignores the difference. */
export function fsync(context: OperationContext, operation: FileOperation): Step[] {
  const { machine, task, registers, promise, segments } = context;
  const { transaction, log, rules, guards, mount } = machine;
  const inode = machine.inodes[operation.file]!;
  const { pages, orderedExtents } = inode;
  /** ctx->log_transid: the log transaction that this fsync logs into. */
  const transid = registers.field('log_transid', log.transid.mask);
  /** ctx->ordered_extents, by start. */
  const ordered = registers.field('ordered_extents', rules.fastFsyncWaitsForWritebackOnly ? 2 ** segments - 1 : 0);

  const startOrderedOps = (state: State): undefined => {
    writeRange(inode, state, pages.dirty.get(state));
  };
  const isOrdered = (state: State) => orderedExtents.covered.get(state) === 0;
  const unlock = (state: State): undefined => {
    inode.lock.set(state, 0);
    inode.mmapLocked.set(state, 0);
  };
  const skips = (state: State) => {
    const inLog = inodeInLog(machine, inode, state, transaction.generation.get(state));
    const committed = inode.lastTrans.get(state) <= transaction.lastCommitted.get(state);
    if (!rules.fastFsyncWaitsForWritebackOnly) return inLog || committed;
    // skip_inode_logging: with ordered extents at hand last_trans is not up to date yet (626e9f41f7c2).
    const none = ordered.get(state) === 0;
    const settled = guards['skip-fsync.logged-ordered-extent'] ? isOrdered(state) : none;
    return (inLog && none) || (committed && (settled || inode.needsFullSync.get(state) === 1));
  };

  return [
    {
      name: 'start_ordered_ops',
      locks: '',
      does: 'Starts writeback of all dirty pages.',
      ready: (state) => pagesAreUnlocked(inode, state),
      waitsFor: 'the page locks that a writeback holds',
      apply: (state) => {
        promise.call(state);
        return startOrderedOps(state);
      },
    },
    {
      name: 'inode_lock',
      locks: '',
      does: 'Takes the inode lock: from here on nobody dirties pages by write.',
      ready: (state) => inode.lock.get(state) === 0,
      waitsFor: 'the inode lock',
      apply: (state) => {
        inode.lock.set(state, task + 1);
        // The mask is 1 where something is mapped at all, else 0.
        if (guards['fsync.mmap-lock']) inode.mmapLocked.set(state, inode.mmapLocked.mask);
        return undefined;
      },
    },
    ...(rules.fastFsyncWaitsForWritebackOnly ? waitForWriteback() : waitForOrderedExtents()),
    {
      name: 'inode_in_log',
      locks: 'inode lock',
      does: 'The skip check: returns at once when the inode is in the log or committed as it is. Clears the full-sync flag then.',
      goesTo: [following, 'inode_unlock after skip'],
      says: (state) => (skips(state) ? 'nothing to log: the fsync is skipped' : 'the inode has to be logged'),
      apply: (state) => {
        if (!skips(state)) return undefined;
        inode.needsFullSync.set(state, 0);
        return 'inode_unlock after skip';
      },
    },
    {
      name: 'start_transaction',
      locks: 'inode lock',
      does: 'Starts a handle on the running transaction, or creates the transaction.',
      ready: (state) => transaction.canStart(state),
      waitsFor: 'the transaction commit to let the next transaction start',
      apply: (state) => {
        transaction.start(state);
        return undefined;
      },
    },
    {
      name: 'start_log_trans',
      locks: 'inode lock, root log_mutex',
      does: 'Becomes a writer of the log tree, which the first logger of a transaction creates. With `notreelog` there is none.',
      ready: (state) =>
        mount.notreelog ||
        log.exists.get(state) === 1 ||
        !rules.firstLoggerWaitsForCommit ||
        transaction.treeLogMutex.get(state) === 0,
      waitsFor: 'the super block of the previous transaction (tree_log_mutex)',
      goesTo: [following, 'inode_unlock without log', ...(mount.notreelog ? [fallBackToCommit] : [])],
      apply: (state) => {
        if (mount.notreelog) return fallBackToCommit;
        const generation = transaction.generation.get(state);
        if (inodeInLog(machine, inode, state, generation) && ordered.get(state) === 0)
          return 'inode_unlock without log';
        if (log.exists.get(state) === 0) log.create(state);
        log.writers.add(state, 1);
        transid.set(state, log.transid.get(state));
        return undefined;
      },
    },
    ...logInode(machine, inode, ordered),
    { name: 'inode_unlock', locks: 'inode lock', does: 'Gives the inode lock back.', apply: unlock },
    ...syncLog(machine, transid),
    {
      name: 'return',
      locks: '',
      does: 'Moves last_log_commit, wakes the tasks that joined this log sync, ends the transaction handle and returns 0.',
      goesTo: [end],
      apply: (state) => {
        log.finishSync(state, transid.get(state));
        transaction.endStarted(state);
        promise.fulfil(state);
        return end;
      },
    },
    {
      name: 'return',
      label: 'return joined',
      locks: '',
      does: 'Ends the transaction handle and returns 0.',
      goesTo: [end],
      apply: (state) => {
        transaction.endStarted(state);
        promise.fulfil(state);
        return end;
      },
    },
    {
      name: 'inode_unlock',
      label: 'inode_unlock without log',
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
      label: 'inode_unlock after skip',
      locks: 'inode lock',
      does: 'Nothing to log: gives the inode lock back.',
      apply: unlock,
    },
    {
      name: 'return',
      label: 'return after skip',
      locks: '',
      does: 'Returns 0 without any IO.',
      goesTo: [end],
      apply: (state) => {
        promise.fulfil(state);
        return end;
      },
    },
    ...(mount.notreelog ? commitFallback(context, inode, unlock) : []),
  ];

  function startOrderedOpsLocked(): Step {
    return {
      name: 'start_ordered_ops',
      label: 'start_ordered_ops under the inode lock',
      locks: 'inode lock',
      does: 'Starts writeback again, of pages that were dirtied before the inode lock was taken (669249eea365, aab15e8ec257).',
      ready: (state) => pagesAreUnlocked(inode, state),
      waitsFor: 'the page locks that a writeback holds',
      apply: startOrderedOps,
    };
  }

  function waitOrderedRange(): Step {
    return {
      name: 'wait_ordered_range',
      locks: 'inode lock',
      does: 'Waits for writeback and for the completion of every ordered extent.',
      ready: isOrdered,
      waitsFor: 'the ordered extents of the file to complete',
      apply: () => undefined,
    };
  }

  /** Until 5.9: every fsync waits for complete ordered extents (b5e6c3e170b7). */
  function waitForOrderedExtents(): Step[] {
    return [
      {
        name: 'test_full_sync',
        locks: 'inode lock',
        does: 'Looks at the full-sync flag to widen the range to the whole file; fast or full is decided later.',
        apply: () => undefined,
      },
      startOrderedOpsLocked(),
      waitOrderedRange(),
    ];
  }

  /** Since 487781796d30: a fast fsync waits for writeback and logs extents whose completion is still to come. */
  function waitForWriteback(): Step[] {
    return [
      startOrderedOpsLocked(),
      {
        name: 'test_full_sync',
        locks: 'inode lock',
        does: 'Tests the full-sync flag: a full fsync waits for ordered extents, a fast one for writeback only.',
        goesTo: ['wait_ordered_range', 'get_ordered_extents'],
        says: (state) =>
          inode.needsFullSync.get(state) === 1 ? 'set: waits for ordered extents' : 'clear: waits for writeback only',
        apply: (state) => (inode.needsFullSync.get(state) === 1 ? 'wait_ordered_range' : 'get_ordered_extents'),
      },
      {
        name: 'get_ordered_extents',
        locks: 'inode lock',
        does: 'Fast path: takes a reference on every ordered extent that no fsync has logged yet.',
        apply: (state) => {
          ordered.set(state, orderedExtents.unlogged(state));
          return undefined;
        },
      },
      {
        name: 'wait_on_writeback',
        locks: 'inode lock',
        does: 'Fast path: waits until the data is written. The ordered extents need not be complete.',
        ready: (state) => pages.writeback.get(state) === 0,
        waitsFor: 'the writeback of the file to end',
        goesTo: ['inode_in_log'],
        apply: () => 'inode_in_log',
      },
      waitOrderedRange(),
    ];
  }
}
