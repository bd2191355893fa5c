import type { Inode } from '../model/inode.ts';
import type { Machine } from '../model/machine.ts';
import { below, highest, lowest } from '../state/bits.ts';
import type { Field, State } from '../state/layout.ts';
import { pagesAreUnlocked, unsubmitted } from './delalloc.ts';
import type { FsyncScope } from './fsync-scope.ts';
import type { Step } from './step.ts';

const held = 'inode lock, inode log_mutex';

/** btrfs_log_changed_extents: collects the list of modified extents in one go, and logs them one by one. */
export function logChangedExtents(scope: FsyncScope): Step[] {
  const { machine, inode } = scope;
  const { rules } = machine;
  const { extentMaps, orderedExtents } = inode;
  const { collected } = extentMaps;
  const next = (state: State) => collected.from(state, lowest(collected.starts.get(state)));
  /** Blocks of the ordered extents that the next log item waits for, until b5e6c3e170b7. */
  const awaited = (state: State) =>
    collected.kind(state, lowest(next(state))) === 'data'
      ? orderedExtents.union(state, orderedExtents.overlapping(state, next(state)) & orderedExtents.taken.get(state))
      : 0;
  return [
    {
      name: 'log_changed_extents',
      locks: `${held}, extent map tree lock`,
      does: 'Fast path: moves the extent maps on the list of modified extents to a private list, and sets EXTENT_FLAG_LOGGING on them. Those of committed transactions are forgotten.',
      says: (state) =>
        extentMaps.modified.get(state) === 0 ? 'the list of modified extents is empty: nothing to log' : undefined,
      apply: (state) => {
        for (let rest = toCollect(scope, state); rest !== 0; rest &= rest - 1) collect(machine, inode, state, rest);
        takeWithMaps(scope, state);
        checkErrors(scope, state);
        return undefined;
      },
    },
    ...(rules.fastFsyncLogsRunningExtents ? [startOrderedExtents()] : []),
    {
      name: 'log_one_extent',
      locks: held,
      does: rules.fastFsyncLogsRunningExtents
        ? 'Fast path: waits for the IO of the next collected extent map, logs it with the checksums of its ordered extent, then clears EXTENT_FLAG_LOGGING.'
        : 'Fast path: logs the next collected extent map with the tree lock dropped, then clears EXTENT_FLAG_LOGGING.',
      when: (state) => collected.starts.get(state) !== 0,
      ...(rules.fastFsyncLogsRunningExtents
        ? {
            ready: (state: State) => (inode.inFlight(state) & awaited(state)) === 0,
            waitsFor: 'the data of the extent to be written',
          }
        : {}),
      goesTo: ['log_one_extent'],
      apply: (state) => {
        const start = lowest(collected.starts.get(state));
        if (!meetsError(scope, state, start)) logOneExtent(scope, state, start);
        collected.release(state, start);
        extentMaps.clearLogging(state, start);
        return 'log_one_extent';
      },
    },
  ];

  function startOrderedExtents(): Step {
    return {
      name: 'start_ordered_extent',
      label: 'start_ordered_extent of collected extents',
      locks: held,
      does: 'Fast path: writes the rest of the ordered extents that the collected extent maps belong to, in order to wait for it.',
      when: (state) => (unsubmitted(inode, state) & allAwaited(state)) !== 0,
      ready: (state) => pagesAreUnlocked(inode, state),
      waitsFor: 'the page locks that a writeback holds',
      apply: (state) => {
        inode.submit(state, unsubmitted(inode, state) & allAwaited(state));
        return undefined;
      },
    };
  }

  function allAwaited(state: State): number {
    const overlapping = orderedExtents.overlapping(state, collected.covered.get(state));
    return orderedExtents.union(state, overlapping & orderedExtents.taken.get(state));
  }
}

/** Starts of the listed extent maps that are looked at; a ranged fsync leaves others on the list (008c6753f7e0). */
function toCollect({ machine, inode, blocks }: FsyncScope, state: State): number {
  const { extentMaps } = inode;
  const modified = extentMaps.modified.get(state);
  const leavesOthers = !machine.rules.fastFsyncLogsRunningExtents && machine.guards['log-extents.range'] === true;
  return leavesOthers
    ? modified & (extentMaps.overlapping(state, blocks(state)) | extentMaps.hole.get(state))
    : modified;
}

/** Moves the first of `starts` to the private list, or forgets it. */
function collect(machine: Machine, inode: Inode, state: State, starts: number): void {
  const { extentMaps } = inode;
  const start = lowest(starts);
  const beyond = extentMaps.kind(state, start) === 'prealloc' && start >= inode.size.get(state);
  if (beyond || isCommitted(machine, state, extentMaps.generation[start]!.get(state))) {
    extentMaps.modified.exclude(state, 1 << start);
    return;
  }
  const extent = extentMaps.from(state, start);
  noteVersions(inode, state, extent, (extentMaps.pinned.get(state) & (1 << start)) !== 0);
  extentMaps.collect(state, start);
}

/** Under the same lock: the ordered extents of what was collected (4.5 to 4.18, de0ee0edb21f). */
function takeWithMaps({ machine, inode, blocks }: FsyncScope, state: State): void {
  const { rules, guards } = machine;
  if (!rules.fastFsyncLogsRunningExtents) return;
  if (!guards['direct-write.ordered-extent-first'] && !guards['direct-write.dio-sem']) return;
  const covered = inode.extentMaps.collected.covered.get(state);
  const hull = covered === 0 ? 0 : below(highest(covered) + 1) & -(1 << lowest(covered));
  inode.orderedExtents.take(state, blocks(state) | (guards['log-extents.checksums-of-all'] ? hull : 0));
}

/** Where they can be written anew meanwhile, what a collected extent map points to must be remembered. */
function noteVersions(inode: Inode, state: State, extent: number, isRunning: boolean): void {
  const { version } = inode.extentMaps.collected;
  if (version.length === 0) return;
  for (let rest = extent; rest !== 0; rest &= rest - 1) {
    const segment = lowest(rest);
    const points = isRunning ? inode.allocatedVersions(state, segment) : inode.tree.version;
    version[segment]!.set(state, points[segment]!.get(state));
  }
}

/** btrfs_inode_check_errors: an ordered extent may have failed, and be gone, before it was collected; nothing is logged then. */
function checkErrors({ machine, inode, ioError }: FsyncScope, state: State): void {
  const { writeErrors, extentMaps } = inode;
  if (ioError.mask === 0 || !writeErrors.inMapping(state) || !machine.guards['fsync.ordered-extent-errors']) return;
  ioError.set(state, 1);
  writeErrors.takeFromMapping(state);
  for (let rest = extentMaps.collected.starts.get(state); rest !== 0; rest &= rest - 1) {
    extentMaps.collected.release(state, lowest(rest));
    extentMaps.clearLogging(state, lowest(rest));
  }
}

/** wait_ordered_extents: one that has failed is not logged. */
function meetsError({ machine, inode, ioError }: FsyncScope, state: State, start: number): boolean {
  const isUnbacked = (inode.extentMaps.collected.unbacked.get(state) & (1 << start)) !== 0;
  if (ioError.mask === 0 || !isUnbacked || !machine.guards['fsync.ordered-extent-errors']) return false;
  ioError.set(state, 1);
  return true;
}

/** log_one_extent: an extent map points to what its ordered extent writes, or else to what the subvolume tree has. */
function logOneExtent(scope: FsyncScope, state: State, start: number): void {
  const { inode } = scope;
  const { log, tree, extentMaps, orderedExtents } = inode;
  const { version, unbacked } = extentMaps.collected;
  const extent = extentMaps.collected.from(state, start);
  const kind = extentMaps.collected.kind(state, start);
  if (kind !== 'data') {
    log.insertExtent(state, extent, kind, version.length > 0 ? version : tree.version);
    if (kind === 'prealloc') log.blocks.share(state, extent, tree.blocks);
    return;
  }
  const allocated = orderedExtents.covered.get(state) & ~orderedExtents.overwritten(state);
  let running = extent & (allocated | inode.unordered(state));
  // An ordered extent that was begun since writes something else.
  if (version.length > 0) running = sameVersions(inode, state, running, version);
  const lacking = inode.storage.checksums ? running & ~withChecksums(scope, state, running) : 0;
  for (let rest = extent; rest !== 0; rest &= rest - 1) {
    const bit = rest & -rest;
    const points = (running & bit) === 0 ? tree.version : inode.allocatedVersions(state, lowest(bit));
    log.describe(state, bit, 'data', version.length > 0 ? version : points);
  }
  log.blocks.share(state, extent & ~running, tree.blocks);
  log.blocks.share(state, running, inode.blocks.allocated);
  log.items.insert(state, extent, 'regular');
  log.markUnwritten(state, running & inode.unwritten(state), true);
  log.markWithoutChecksums(state, lacking, true);
  if ((unbacked.get(state) & (1 << start)) !== 0) log.markForeign(state, extent);
}

/** Segments whose version is the one that their ordered extent writes. */
function sameVersions(inode: Inode, state: State, segments: number, versions: readonly Field[]): number {
  let same = 0;
  for (let rest = segments; rest !== 0; rest &= rest - 1) {
    const segment = lowest(rest);
    const allocated = inode.allocatedVersions(state, segment)[segment]!.get(state);
    if (versions[segment]!.get(state) === allocated) same |= 1 << segment;
  }
  return same;
}

/**
 * Segments of open ordered extents whose checksums get into the log, or are in it: copied from the csum tree, or from
 * the ordered extents that the fsync has taken along. Those are copied once (BTRFS_ORDERED_LOGGED_CSUM).
 */
function withChecksums({ machine, inode, taken }: FsyncScope, state: State, running: number): number {
  const { orderedExtents, log } = inode;
  const { checksumsInTree, checksumsLogged } = orderedExtents;
  let found = log.data.get(state) & ~log.withoutChecksums.get(state) & sameVersions(inode, state, running, log.version);
  for (let rest = orderedExtents.overlapping(state, running); rest !== 0; rest &= rest - 1) {
    const bit = rest & -rest;
    const extent = orderedExtents.from(state, lowest(bit));
    const isTaken = (taken.get(state) & bit) !== 0;
    const copiedBefore = isTaken && (checksumsLogged.get(state) & bit) !== 0;
    if ((isTaken && !copiedBefore) || (!isTaken && (checksumsInTree.get(state) & bit) !== 0)) found |= extent;
    if (isTaken && machine.rules.fastFsyncLogsRunningExtents) {
      checksumsLogged.include(state, checksumsLogged.mask & bit);
    }
  }
  return found;
}

/**
 * The test on collected extent maps: generation <= last_trans_committed until 5f96bfb7633c, generation <
 * transid since. The two differ while the previous transaction is still being written.
 */
function isCommitted({ rules, transaction }: Machine, state: State, generation: number): boolean {
  return rules.comparesToHandle
    ? generation < transaction.generation.get(state)
    : generation <= transaction.lastCommitted.get(state);
}
