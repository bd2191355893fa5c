import type { State } from '../state/layout.ts';
import { pagesAreUnlocked, startOrderedExtent, writeRange } from './delalloc.ts';
import type { FsyncScope } from './fsync-scope.ts';
import { following, type Step } from './step.ts';
import { writeFailed } from './write-failure.ts';

/**
 * What btrfs_sync_file does between taking the inode lock and the skip check: writeback once more, and as much
 * waiting as its release wants. Ends before `inode_in_log`.
 */
export function fsyncWaits(scope: FsyncScope): Step[] {
  const { rules } = scope.machine;
  if (rules.fastFsyncLogsRunningExtents) return waitInFullOnly(scope);
  return rules.fastFsyncWaitsForWritebackOnly ? waitForWriteback(scope) : waitForOrderedExtents(scope);
}

/** start_ordered_ops of the fsync's range. */
export function startOrderedOps({ inode, blocks, fails }: FsyncScope, state: State): undefined {
  writeRange(inode, state, inode.pages.dirty.within(state, blocks(state)), fails(state, 'io', 'start_ordered_ops'));
  return undefined;
}

/** Until 4.18: a fast fsync leaves the waiting to the log items and the log sync. */
function waitInFullOnly(scope: FsyncScope): Step[] {
  const { inode, fullSync, machine } = scope;
  const flushesAgain = machine.guards['fsync.second-flush'] === true;
  return [
    {
      name: 'test_full_sync',
      locks: 'inode lock',
      does: `Tests the full-sync flag: a full fsync waits for ordered extents, a fast one ${flushesAgain ? 'only starts writeback again (669249eea365)' : 'does not wait'}.`,
      ...(flushesAgain ? {} : { goesTo: [following, 'inode_in_log'] }),
      says: (state) =>
        inode.needsFullSync.get(state) === 1 ? 'set: waits for ordered extents' : 'clear: does not wait',
      apply: (state) => {
        fullSync.set(state, inode.needsFullSync.get(state));
        return flushesAgain || fullSync.get(state) === 1 ? undefined : 'inode_in_log';
      },
    },
    {
      ...startOrderedOpsLocked(scope),
      goesTo: [following, 'inode_in_log'],
      apply: (state) => {
        startOrderedOps(scope, state);
        return fullSync.get(state) === 1 ? undefined : 'inode_in_log';
      },
    },
    ...waitOrderedRange(scope),
  ];
}

/** 4.19 to 5.9: every fsync waits for complete ordered extents (b5e6c3e170b7). */
function waitForOrderedExtents(scope: FsyncScope): Step[] {
  const { inode, fullSync, machine } = scope;
  return [
    {
      name: 'test_full_sync',
      locks: 'inode lock',
      does: 'Looks at the full-sync flag to widen the range to the whole file; fast or full is decided later.',
      apply: (state) => {
        if (fullSync.mask !== 0) fullSync.set(state, inode.needsFullSync.get(state));
        return undefined;
      },
    },
    ...(machine.guards['fsync.second-flush-before-wait'] ? [startOrderedOpsLocked(scope)] : []),
    ...waitOrderedRange(scope),
  ];
}

/** Since 487781796d30: a fast fsync waits for writeback and logs extents whose completion is still to come. */
function waitForWriteback(scope: FsyncScope): Step[] {
  const { inode, fullSync, machine, taken } = scope;
  const { pages, orderedExtents, needsFullSync, writeErrors } = inode;
  const branch = (full: number) => (full === 1 ? 'wait_ordered_range' : 'get_ordered_extents');
  const targets = ['wait_ordered_range', 'get_ordered_extents'];
  const test = {
    name: 'test_full_sync',
    locks: 'inode lock',
    does: 'Tests the full-sync flag: a full fsync waits for ordered extents, a fast one for writeback only.',
    says: (state: State) =>
      needsFullSync.get(state) === 1 ? 'set: waits for ordered extents' : 'clear: waits for writeback only',
  };
  const flush = startOrderedOpsLocked(scope);
  const inOrder: Step[] = machine.rules.fullSyncFlagTestedAfterFlush
    ? [flush, { ...test, goesTo: targets, apply: (state) => branch(needsFullSync.get(state)) }]
    : [
        {
          ...test,
          apply: (state) => {
            fullSync.set(state, needsFullSync.get(state));
            return undefined;
          },
        },
        {
          ...flush,
          goesTo: targets,
          apply: (state) => {
            startOrderedOps(scope, state);
            return branch(fullSync.get(state));
          },
        },
      ];
  return [
    ...inOrder,
    {
      name: 'get_ordered_extents',
      locks: 'inode lock',
      does: 'Fast path: takes a reference on every ordered extent that no fsync has logged yet.',
      apply: (state) => {
        taken.set(state, orderedExtents.unlogged(state));
        return undefined;
      },
    },
    {
      name: 'wait_on_writeback',
      locks: 'inode lock',
      does: 'Fast path: waits until the data is written. The ordered extents need not be complete.',
      ready: (state) => pages.writeback.get(state) === 0,
      waitsFor: 'the writeback of the file to end',
      goesTo: afterWait(scope, 'inode_in_log', 'wait_ordered_range'),
      apply: (state) => {
        if (writeErrors.inMapping(state)) return writeFailed;
        // A write failed, and its ordered extent is about to drop the extent map (f13e01b89daf).
        return writeErrors.cow.get(state) === 1 ? 'wait_ordered_range' : 'inode_in_log';
      },
    },
    waitForCompletions(scope),
  ];
}

function startOrderedOpsLocked(scope: FsyncScope): Step {
  return {
    name: 'start_ordered_ops',
    label: 'start_ordered_ops under the inode lock',
    locks: 'inode lock',
    does: 'Starts writeback again, of pages that were dirtied before the inode lock was taken (669249eea365, aab15e8ec257).',
    ready: (state) => pagesAreUnlocked(scope.inode, state),
    waitsFor: 'the page locks that a writeback holds',
    apply: (state) => startOrderedOps(scope, state),
  };
}

/** btrfs_wait_ordered_range, which also writes the rest of ordered extents that reach out of the range. */
function waitOrderedRange(scope: FsyncScope): Step[] {
  return [startOrderedExtent(scope.inode, scope.blocks, { locks: 'inode lock' }), waitForCompletions(scope)];
}

function waitForCompletions(scope: FsyncScope): Step {
  const { inode, blocks } = scope;
  return {
    name: 'wait_ordered_range',
    locks: 'inode lock',
    does: 'Waits for writeback and for the completion of every ordered extent.',
    ready: (state) => inode.orderedExtents.covered.within(state, blocks(state)) === 0,
    heldBy: (state) => inode.orderedExtents.completing(state, blocks(state)),
    waitsFor: 'the ordered extents of the file to complete',
    goesTo: afterWait(scope, 'inode_in_log'),
    apply: (state) => {
      inode.writeErrors.cow.set(state, 0);
      return inode.writeErrors.inMapping(state) ? writeFailed : 'inode_in_log';
    },
  };
}

/** Where an fsync can go on from a wait: to the first, and to the others and its failure only where writes can fail. */
function afterWait({ inode }: FsyncScope, label: string, ...others: string[]): string[] {
  return inode.writeErrors.possible ? [label, ...others, writeFailed] : [label];
}
