import type { FileOperation } from '../scenario.ts';
import { lowest } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import type { OperationContext } from './context.ts';
import {
  addOrderedExtents,
  becomesInline,
  createIoExtentMap,
  insertInlineExtent,
  nextDelalloc,
  pagesAreUnlocked,
  submit,
} from './delalloc.ts';
import { dropExtentMaps } from './drop-extent-maps.ts';
import { end, type Step } from './step.ts';

/**
 * `writeback F R`: a flusher writes the dirty pages of a range, one allocation after the other. It ends
 * with the submission; the completions of the ordered extents are tasks of their own. The worker that compresses
 * is taken as a part of it.
 */
export function writeback(context: OperationContext, operation: FileOperation): Step[] {
  const { machine, registers, segments, started, fails } = context;
  const inode = machine.inodes[operation.file]!;
  const { pages, extentMaps, orderedExtents } = inode;
  /** Pages that were dirty when the operation began and are not written yet. */
  const tagged = registers.field('tagged', 2 ** segments - 1);
  /** The allocation under way. */
  const run = registers.field('run', 2 ** segments - 1);

  const dirtyInRange = (state: State) =>
    pages.dirty.within(
      state,
      inode.segments.wholeBlocks(inode.segments.maskAt(operation.range, inode.size.get(state))),
    );
  const toWrite = (state: State) => (tagged.get(state) === 0 ? dirtyInRange(state) : tagged.get(state));
  const next = (state: State) => nextDelalloc(inode, state, toWrite(state));
  const repeats = (state: State) => nextDelalloc(inode, state, toWrite(state) & ~run.get(state)) !== 0;
  const allocating = (state: State) => run.get(state) !== 0;

  return [
    ...(inode.tree.inline.mask === 0 ? [] : [inlineExtent()]),
    {
      name: inode.storage.cow ? 'cow_file_range' : 'run_delalloc_nocow',
      label: 'cow_file_range',
      repeats,
      locks: 'page locks, range lock',
      does: inode.storage.cow
        ? 'Locks the contiguous dirty range from the first page to write, and drops the old extent maps in it.'
        : 'Locks the contiguous dirty range from the first page to write. Written extents that nobody else points to are to be overwritten in place; of what lies between them the old extent maps are dropped.',
      when: (state) => next(state) !== 0,
      ready: (state) =>
        pages.locked.within(state, next(state)) === 0 && orderedExtents.rangeLocked.within(state, next(state)) === 0,
      waitsFor: 'the page locks of another writeback, and the range lock',
      apply: (state) => {
        tagged.set(state, toWrite(state));
        run.set(state, next(state));
        pages.lock(state, run.get(state));
        inode.blocks.choose(state, run.get(state));
        dropExtentMaps(
          machine,
          inode,
          state,
          run.get(state) & ~inode.blocks.overwritten(state, run.get(state)),
          fails(state, 'enomem', 'cow_file_range'),
        );
        return undefined;
      },
    },
    {
      name: 'create_io_em',
      repeats,
      locks: 'page locks, range lock, extent map tree lock',
      does: 'Adds a pinned extent map to the tree and to the list of modified extents. It has no ordered extent yet.',
      when: (state) => inode.blocks.overwritten(state, run.get(state)) !== run.get(state),
      apply: (state) => {
        createIoExtentMap(inode, state, run.get(state));
        return undefined;
      },
    },
    {
      name: 'btrfs_add_ordered_extent',
      repeats,
      locks: 'page locks, range lock',
      does: 'Adds the ordered extent and unlocks the pages, which are still dirty.',
      when: allocating,
      says: (state) => (failsToOrder(state) ? 'no memory for the ordered extent: -ENOMEM' : undefined),
      apply: (state) => {
        const extent = run.get(state);
        if (failsToOrder(state)) return giveUp(state, extent);
        addOrderedExtents(inode, state, extent);
        pages.unlock(state, extent);
        const fresh = orderedExtents.starts.get(state) & extent;
        if (fails(state, 'io', 'end_bio')) orderedExtents.failing.add(state, fresh);
        started[operation.file]?.add(state, fresh);
        return undefined;
      },
    },
    {
      name: 'extent_writepage_io',
      repeats,
      locks: 'page locks',
      does: 'Marks the pages as under writeback and submits them. Of an ordered extent that reaches further only the range is submitted.',
      ready: (state) => pages.locked.within(state, toWrite(state)) === 0,
      waitsFor: 'the page locks that another writeback holds',
      goesTo: ['cow_file_range', end],
      says: (state) => (toWrite(state) === 0 ? 'no dirty page to write' : undefined),
      apply: (state) => {
        const wanted = toWrite(state);
        submit(inode, state, wanted);
        tagged.set(state, pages.dirty.within(state, wanted));
        run.set(state, 0);
        return next(state) !== 0 && tagged.get(state) !== 0 ? 'cow_file_range' : end;
      },
    },
  ];

  function inlineExtent(): Step {
    return {
      name: 'cow_file_range_inline',
      locks: 'page locks, range lock',
      does: 'The file is small enough to be one inline extent: joins a transaction, replaces the extents of the first block by an inline item, updates the inode and sets the full-sync flag. The page is clean; there is no ordered extent.',
      when: (state) => becomesInline(inode, state, toWrite(state)),
      ready: (state) => pagesAreUnlocked(inode, state),
      waitsFor: 'the page locks of another writeback, the range lock, and the transaction commit to let others join',
      goesTo: [end],
      apply: (state) => {
        insertInlineExtent(inode, state);
        return end;
      },
    };
  }

  function failsToOrder(state: State): boolean {
    return fails(state, 'enomem', 'btrfs_add_ordered_extent');
  }

  /** The error path of cow_file_range: the blocks are given back, and the pages, clean now, have lost their data. */
  function giveUp(state: State, extent: number): undefined {
    inode.writeErrors.note(state, extent);
    pages.unlock(state, extent);
    pages.dirty.exclude(state, extent);
    tagged.exclude(state, extent);
    if (machine.guards['cow-file-range.drop-extent-map']) extentMaps.drop(state, extent);
    else
      for (let rest = extentMaps.starts.get(state) & extent; rest !== 0; rest &= rest - 1)
        extentMaps.markUnbacked(state, lowest(rest));
  }
}
