import type { Inode } from '../model/inode.ts';
import type { FileOperation, OperationRange } from '../scenario.ts';
import { blockSize } from '../segments.ts';
import { highest } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import { failedWait, lockAndFlush } from './change-range.ts';
import { canExpand, contExpand, unalignedTail } from './cont-expand.ts';
import type { OperationContext } from './context.ts';
import {
  addOrderedExtents,
  createIoExtentMap,
  isIdle,
  pagesAreUnlocked,
  startOrderedExtent,
  writeRange,
} from './delalloc.ts';
import { dropPages } from './drop-pages.ts';
import { end, following, type Step } from './step.ts';
import { noteWrite, write } from './write.ts';
import { tellsError } from './write-failure.ts';

/** What a direct write says for which memory is wanting. */
const tellsNoMemory = 'returns -ENOMEM';

/** `direct-write F R`: O_DIRECT. Since 6.15 a file with checksums is written through the page cache and flushed. */
export function directWrite(context: OperationContext, operation: FileOperation): Step[] {
  const { rules, inodes } = context.machine;
  const inode = inodes[operation.file]!;
  const buffered = (rules.directIoIsBuffered && inode.storage.checksums) || isUnaligned(inode, operation.range);
  return buffered ? bufferedInstead(context, operation) : direct(context, operation);
}

/** check_direct_IO: direct IO is for whole blocks; others fall back, whatever the release. */
function isUnaligned({ segments }: Inode, range: OperationRange): boolean {
  if (range === 'all') return segments.cuts.some((cut) => cut % blockSize !== 0);
  return range.start % blockSize !== 0 || range.end % blockSize !== 0;
}

function bufferedInstead(context: OperationContext, operation: FileOperation): Step[] {
  const inode = context.machine.inodes[operation.file]!;
  const { segments, pages } = inode;
  const blocks = (state: State) => segments.wholeBlocks(segments.maskAt(operation.range, inode.size.get(state)));
  return [
    ...write(context, operation),
    {
      name: 'btrfs_fdatawrite_range',
      locks: '',
      does: 'Starts writeback of the range.',
      ready: (state) => pagesAreUnlocked(inode, state),
      waitsFor: 'the page locks that a writeback holds',
      apply: (state) => {
        writeRange(inode, state, pages.dirty.get(state) & blocks(state), context.fails(state, 'io', 'end_bio'));
        return undefined;
      },
    },
    {
      name: 'filemap_fdatawait_range',
      locks: '',
      does: 'Waits until the data is written. The ordered extents need not be complete.',
      ready: (state) => (pages.writeback.get(state) & blocks(state)) === 0,
      waitsFor: 'the writeback of the range to end',
      says: (state) => (inode.writeErrors.inMapping(state) ? tellsError : undefined),
      apply: (state) => {
        inode.writeErrors.takeFromMapping(state);
        return undefined;
      },
    },
  ];
}

function direct(context: OperationContext, operation: FileOperation): Step[] {
  const { machine, task, registers, fails } = context;
  const { rules, guards } = machine;
  const inode = machine.inodes[operation.file]!;
  const { segments, orderedExtents, extentMaps, tree, writeErrors } = inode;
  const noMap = (state: State) => fails(state, 'enomem', 'create_io_em');
  const noOrderedExtent = (state: State) => fails(state, 'enomem', 'btrfs_add_ordered_extent');
  const says = (fails: (state: State) => boolean) => (state: State) => (fails(state) ? tellsNoMemory : undefined);
  /** What is written, fixed while the inode lock is held. */
  const written = registers.field('direct', 2 ** context.segments - 1);
  const range = (state: State) => segments.maskAt(operation.range, inode.size.get(state));
  /** The range, and the last block where the write begins behind it. */
  const touched = (state: State) => range(state) | unalignedTail(inode, state).block;
  const unlocks = rules.directWriteUnlocksInode && !guards['direct-write.dio-sem'];
  /** Later, until the blocks are on the device. */
  const keepsLock = !rules.directWriteUnlocksInode;
  const begin: Step = {
    name: 'btrfs_direct_IO',
    locks: 'inode lock, range lock',
    does: 'Moves i_size and drops the pages of the range. A write within i_size gives the inode lock back.',
    ready: (state) => isIdle(inode, state, touched(state)) && canExpand(inode, state, range(state)),
    waitsFor: 'the ordered extents in the range',
    apply: (state) => {
      const target = range(state);
      const within = (target & ~inode.inside(state)) === 0;
      written.set(state, target);
      if (!within) contExpand(machine, inode, state, target, false);
      orderedExtents.beginDirect(state, target);
      inode.blocks.choose(state, target);
      if (!keepsLock) replaceContent(state);
      if (unlocks && within) inode.lock.set(state, 0);
      return undefined;
    },
  };
  return [
    ...lockAndFlush(context, inode, range),
    startOrderedExtent(inode, touched, { locks: 'inode lock' }),
    ...(unlocks ? allocateUnlocked(begin) : allocateLocked(begin)),
    {
      name: 'submit_bio',
      locks: unlocks ? '' : 'inode lock',
      does: `Submits the blocks${unlocks || keepsLock ? '' : ' and gives the inode lock back'}.`,
      apply: (state) => {
        orderedExtents.submitDirect(state, written.get(state));
        noteWrite(machine, inode, state);
        if (!keepsLock && inode.lock.get(state) === task + 1) inode.lock.set(state, 0);
        return undefined;
      },
    },
    {
      name: 'dio_complete',
      locks: keepsLock ? 'inode lock' : '',
      does: `Waits until the blocks are on the device${keepsLock ? ', then gives the inode lock back' : ''}. The ordered extent need not be complete.`,
      ready: (state) => (orderedExtents.directIo.get(state) & written.get(state)) === 0,
      waitsFor: 'the blocks to be written',
      says: (state) => ((writeErrors.blocks.get(state) & written.get(state)) === 0 ? undefined : tellsError),
      apply: (state) => {
        orderedExtents.endDirect(state, written.get(state));
        if (keepsLock) inode.lock.set(state, 0);
        return end;
      },
      goesTo: [end],
    },
    ...failedWait(inode),
  ];

  /** With the inode lock, or dio_sem, held until the blocks are submitted. */
  function allocateLocked({ ready, waitsFor, apply }: Step): Step[] {
    return [
      {
        name: 'create_io_em',
        locks: 'inode lock, range lock, extent map tree lock',
        does: 'Moves i_size, drops the pages of the range, and adds a pinned extent map to the tree and to the list of modified extents.',
        ready: ready!,
        waitsFor: waitsFor!,
        goesTo: [following, end],
        says: says(noMap),
        apply: (state) => {
          apply(state);
          return addExtentMap(state);
        },
      },
      {
        name: 'btrfs_add_ordered_extent',
        locks: 'inode lock, range lock',
        does: 'Adds the ordered extent (BTRFS_ORDERED_DIRECT).',
        goesTo: [following, end],
        says: says(noOrderedExtent),
        apply: addOrderedExtent,
      },
    ];
  }

  /** 38851cc19adb, without dio_sem: an fsync may come between the steps. */
  function allocateUnlocked(first: Step): Step[] {
    const locks = 'range lock';
    const map: Step = {
      name: 'create_io_em',
      locks: 'range lock, extent map tree lock',
      does: 'Adds a pinned extent map to the tree and to the list of modified extents.',
      goesTo: [following, end],
      says: says(noMap),
      apply: addExtentMap,
    };
    const ordered: Step = {
      name: 'btrfs_add_ordered_extent',
      locks,
      does: 'Adds the ordered extent (BTRFS_ORDERED_DIRECT).',
      goesTo: [following, end],
      says: says(noOrderedExtent),
      apply: addOrderedExtent,
    };
    if (!guards['direct-write.ordered-extent-first']) return [first, map, ordered];
    // de0ee0edb21f leaves prealloc extents out (0b901916a00b).
    const toPrealloc = (state: State) => (tree.prealloc.get(state) & written.get(state)) !== 0;
    return [
      first,
      { ...map, label: 'create_io_em of a prealloc extent', when: toPrealloc },
      ordered,
      { ...map, when: (state) => !toPrealloc(state) },
    ];
  }

  function addExtentMap(state: State): string | undefined {
    if (noMap(state)) return giveUp(state);
    extentMaps.drop(state, written.get(state) & ~inode.blocks.overwritten(state, written.get(state)));
    createIoExtentMap(inode, state, written.get(state));
    return undefined;
  }

  /**
   * The error path of btrfs_create_dio_extent: no extent map stays, the blocks are given back, and write(2) returns -ENOMEM.
   * What the range holds is taken as undefined.
   */
  function giveUp(state: State): typeof end {
    const target = written.get(state);
    extentMaps.drop(state, target & ~inode.blocks.overwritten(state, target) & ~orderedExtents.covered.get(state));
    orderedExtents.unlockRange(state, target);
    orderedExtents.endDirect(state, target);
    writeErrors.undefine(state, target);
    if (inode.lock.get(state) === task + 1) inode.lock.set(state, 0);
    return end;
  }

  /** Under the inode lock nobody sees that the file has new data before there is an ordered extent to wait for. */
  function replaceContent(state: State): void {
    const target = written.get(state);
    dropPages(machine, inode, state, target);
    inode.changeContent(state, target, false);
    if (target !== 0) inode.size.change(state, Math.max(inode.size.get(state), highest(target) + 1));
  }

  function addOrderedExtent(state: State): string | undefined {
    if (noOrderedExtent(state)) return giveUp(state);
    const before = orderedExtents.starts.get(state);
    if (keepsLock) replaceContent(state);
    addOrderedExtents(inode, state, written.get(state));
    if (fails(state, 'io', 'end_bio')) orderedExtents.failing.add(state, orderedExtents.starts.get(state) & ~before);
    orderedExtents.directPending.set(state, orderedExtents.directPending.get(state) | written.get(state));
    inode.noteSubmitted(state, written.get(state));
    return undefined;
  }
}
