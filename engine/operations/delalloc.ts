import type { Inode } from '../model/inode.ts';
import { setInodeLastTrans } from '../model/machine.ts';
import { runs } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import type { Step } from './step.ts';

/**
 * btrfs_run_delalloc_range and what follows it for one range of dirty pages, as cow_file_range does it:
 * extent map first, ordered extent second. An allocation reaches from the first page to be written to
 * the end of the contiguous dirty range, also where only a part of it is to be written now.
 */

/** The next allocation that writing `pages` needs: empty when all of them have an ordered extent. */
export function nextDelalloc(inode: Inode, state: State, pages: number): number {
  const { dirty } = inode.pages;
  const { covered } = inode.orderedExtents;
  const written = dirty.within(state, pages);
  const wanted = written & ~covered.within(state, written);
  if (wanted === 0) return 0;
  let run = wanted & -wanted;
  for (let next = run << 1; dirty.within(state, next) !== 0 && covered.within(state, next) === 0; next <<= 1)
    run |= next;
  return run;
}

/** create_io_em: the new extent map is on the list of modified extents and pinned. What is overwritten in place gets none. */
export function createIoExtentMap(inode: Inode, state: State, extent: number): void {
  for (const piece of runs(extent & ~inode.blocks.overwritten(state, extent)).flatMap((run) =>
    allocations(inode, state, run),
  )) {
    inode.extentMaps.drop(state, piece);
    inode.extentMaps.insert(state, piece, {
      kind: 'data',
      pinned: true,
      modified: true,
      generation: inode.extentMaps.inFlight,
    });
  }
}

/** btrfs_add_ordered_extent for each allocation of the range. */
export function addOrderedExtents(inode: Inode, state: State, extent: number): void {
  const inPlace = inode.blocks.overwritten(state, extent);
  for (const piece of inode.tree.items.splitRuns(state, inPlace)) inode.orderedExtents.insert(state, piece, true);
  for (const run of runs(extent & ~inPlace)) {
    for (const piece of allocations(inode, state, run)) inode.orderedExtents.insert(state, piece, false);
  }
}

/** run_delalloc_nocow writes prealloc extents where they are, and allocates what lies between them. */
function allocations(inode: Inode, state: State, extent: number): number[] {
  const prealloc = inode.blocks.filled(state, extent);
  if (prealloc === 0) return [extent];
  return [...inode.tree.items.splitRuns(state, prealloc), ...runs(extent & ~prealloc)];
}

/** Writes the dirty ones of `pages` that have an ordered extent; a compressed extent is written as a whole. */
export function submit(inode: Inode, state: State, pages: number): void {
  const { orderedExtents } = inode;
  const wanted = inode.compresses(state)
    ? orderedExtents.union(state, orderedExtents.overlapping(state, pages))
    : orderedExtents.covered.within(state, pages);
  inode.submit(state, inode.pages.dirty.within(state, wanted));
}

/** Will writing `pages` make the file one inline extent? That is for the first block, which is all there is. */
export function becomesInline(inode: Inode, state: State, pages: number): boolean {
  return inode.tree.inline.mask === 1 && (nextDelalloc(inode, state, pages) & 1) !== 0 && inode.fitsInline(state);
}

/**
 * cow_file_range_inline: in a transaction of its own, drops the extents of the first block and inserts the inline item.
 * The page is clean at once; there is no ordered extent, and no extent map for a fast fsync to find.
 */
export function insertInlineExtent(inode: Inode, state: State): void {
  const { fs, pages, segments } = inode;
  const block = segments.wholeBlocks(1);
  pages.dirty.exclude(state, block);
  if (fs.transaction.isAborted(state)) {
    inode.writeErrors.note(state, block);
    return;
  }
  fs.transaction.join(state);
  inode.extentMaps.drop(state, block);
  inode.insertInlineItem(state, inode.size.get(state));
  inode.updateDiskSize(state);
  setInodeLastTrans(fs, inode, state);
  inode.setFullSync(state, fs.transaction.generation.get(state));
}

/** The parts of ordered extents that no writeback has submitted. */
export function unsubmitted(inode: Inode, state: State): number {
  return inode.orderedExtents.covered.within(state, inode.pages.dirty.get(state));
}

/**
 * btrfs_fdatawrite_range in one go: allocates and submits all dirty ones of `pages`. `fails`: the device does not write
 * the ordered extents that this starts.
 */
export function writeRange(inode: Inode, state: State, pages: number, fails = false): void {
  const { starts, failing } = inode.orderedExtents;
  const before = fails ? starts.get(state) : 0;
  if (becomesInline(inode, state, pages)) insertInlineExtent(inode, state);
  for (let run = nextDelalloc(inode, state, pages); run !== 0; run = nextDelalloc(inode, state, pages)) {
    inode.blocks.choose(state, run);
    createIoExtentMap(inode, state, run);
    addOrderedExtents(inode, state, run);
  }
  submit(inode, state, pages);
  if (fails) failing.add(state, starts.get(state) & ~before);
}

/**
 * Writeback waits for pages that another task has locked, and for ranges that one allocates or punches; and, in
 * order to insert an inline extent, for a transaction to join.
 */
export function pagesAreUnlocked(inode: Inode, state: State): boolean {
  if (inode.pages.locked.get(state) !== 0) return false;
  const { covered, rangeLocked } = inode.orderedExtents;
  const dirty = inode.pages.dirty.get(state);
  const unallocated = dirty & ~covered.within(state, dirty);
  if (rangeLocked.within(state, unallocated) !== 0) return false;
  return !becomesInline(inode, state, unallocated) || inode.fs.transaction.canJoin(state);
}

/** Dirty pages of the ordered extents that overlap `blocks`: who waits for those extents has to write them. */
export function unsubmittedOf(inode: Inode, state: State, blocks: number): number {
  const { orderedExtents } = inode;
  const extents = orderedExtents.union(state, orderedExtents.overlapping(state, blocks));
  return inode.pages.dirty.within(state, extents);
}

/** Nobody is about to write, allocate or complete any of the blocks. */
export function isIdle(inode: Inode, state: State, blocks: number): boolean {
  const { pages, orderedExtents } = inode;
  const { covered, rangeLocked } = orderedExtents;
  return [covered, rangeLocked, pages.writeback, pages.locked].every((set) => set.within(state, blocks) === 0);
}

/** btrfs_start_ordered_extent: what of the ordered extents in the way has not been submitted is written, in order to wait for them. */
export function startOrderedExtent(
  inode: Inode,
  blocks: (state: State) => number,
  { locks = '', label = 'start_ordered_extent' } = {},
): Step {
  return {
    name: 'start_ordered_extent',
    label,
    locks,
    does: 'An open ordered extent is in the way: writes the rest of it, in order to wait for its completion.',
    when: (state) => unsubmittedOf(inode, state, blocks(state)) !== 0,
    ready: (state) => pagesAreUnlocked(inode, state),
    waitsFor: 'the page locks that a writeback holds',
    // Somebody may begin another one meanwhile.
    goesTo: [label],
    apply: (state) => {
      inode.submit(state, unsubmittedOf(inode, state, blocks(state)));
      return label;
    },
  };
}
