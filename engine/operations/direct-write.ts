import type { Inode } from '../model/inode.ts';
import type { FileOperation, OperationRange } from '../scenario.ts';
import { blockSize } from '../segments.ts';
import { highest } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import { lockAndFlush } from './change-range.ts';
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
import type { Step } from './step.ts';
import { noteWrite, write } from './write.ts';

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
        writeRange(inode, state, pages.dirty.get(state) & blocks(state));
        return undefined;
      },
    },
    {
      name: 'filemap_fdatawait_range',
      locks: '',
      does: 'Waits until the data is written. The ordered extents need not be complete.',
      ready: (state) => (pages.writeback.get(state) & blocks(state)) === 0,
      waitsFor: 'the writeback of the range to end',
      apply: () => undefined,
    },
  ];
}

function direct(context: OperationContext, operation: FileOperation): Step[] {
  const { machine, task } = context;
  const { rules, guards } = machine;
  const inode = machine.inodes[operation.file]!;
  const { segments, orderedExtents, extentMaps, tree } = inode;
  const range = (state: State) => segments.maskAt(operation.range, inode.size.get(state));
  /** The range, and the last block where the write begins behind it. */
  const touched = (state: State) => range(state) | unalignedTail(inode, state).block;
  const unlocks = rules.directWriteUnlocksInode && !guards['direct-write.dio-sem'];
  const keepsLock = !rules.directWriteUnlocksInode;
  const orderedFirst = unlocks && guards['direct-write.ordered-extent-first'] === true;
  const [first, second] = orderedFirst
    ? ['btrfs_add_ordered_extent', 'create_io_em']
    : ['create_io_em', 'btrfs_add_ordered_extent'];
  return [
    ...lockAndFlush(context, inode, range),
    startOrderedExtent(inode, touched, { locks: 'inode lock' }),
    {
      name: first!,
      locks: 'inode lock, range lock, extent map tree lock',
      does: `Moves i_size, drops the pages of the range, and adds ${orderedFirst ? 'the ordered extent (to prealloc extents: the extent map)' : 'a pinned extent map to the tree and to the list of modified extents'}.${unlocks ? ' A write within i_size gives the inode lock back before.' : ''}`,
      ready: (state) => isIdle(inode, state, touched(state)) && canExpand(inode, state, range(state)),
      waitsFor: 'the ordered extents in the range',
      apply: (state) => {
        begin(state);
        if (addsOrderedExtentFirst(state)) addOrderedExtent(state);
        else addExtentMap(state);
        return undefined;
      },
    },
    {
      name: second!,
      locks: unlocks ? 'range lock' : 'inode lock, range lock',
      does: orderedFirst
        ? 'Adds the extent map (to prealloc extents: the ordered extent).'
        : 'Adds the ordered extent (BTRFS_ORDERED_DIRECT).',
      apply: (state) => {
        if (addsOrderedExtentFirst(state)) addExtentMap(state);
        else addOrderedExtent(state);
        orderedExtents.unlockRange(state, range(state));
        return undefined;
      },
    },
    {
      name: 'submit_bio',
      locks: unlocks ? '' : 'inode lock',
      does: `Submits the blocks${unlocks || keepsLock ? '' : ' and gives the inode lock back'}.`,
      apply: (state) => {
        orderedExtents.directPending.set(state, orderedExtents.directPending.get(state) & ~range(state));
        orderedExtents.directIo.set(state, orderedExtents.directIo.get(state) | range(state));
        noteWrite(machine, inode, state);
        if (!keepsLock && inode.lock.get(state) === task + 1) inode.lock.set(state, 0);
        return undefined;
      },
    },
    {
      name: 'dio_complete',
      locks: keepsLock ? 'inode lock' : '',
      does: `Waits until the blocks are on the device${keepsLock ? ', then gives the inode lock back' : ''}. The ordered extent need not be complete.`,
      ready: (state) => (orderedExtents.directIo.get(state) & range(state)) === 0,
      waitsFor: 'the blocks to be written',
      apply: (state) => {
        if (keepsLock) inode.lock.set(state, 0);
        return undefined;
      },
    },
  ];

  function begin(state: State): void {
    const target = range(state);
    const within = (target & ~inode.inside(state)) === 0;
    orderedExtents.lockRange(state, target);
    if (!within) contExpand(machine, inode, state, target);
    if (!keepsLock) replaceContent(state);
    extentMaps.drop(state, target & ~inode.writtenInPlace(state, target));
    if (unlocks && within) inode.lock.set(state, 0);
  }

  /** de0ee0edb21f, which leaves prealloc extents out (0b901916a00b). */
  function addsOrderedExtentFirst(state: State): boolean {
    return orderedFirst && (tree.prealloc.get(state) & range(state)) === 0;
  }

  function addExtentMap(state: State): void {
    createIoExtentMap(inode, state, range(state));
  }

  /** Under the inode lock nobody sees that the file has new data before there is an ordered extent to wait for. */
  function replaceContent(state: State): void {
    const target = range(state);
    dropPages(inode, state, target);
    inode.changeContent(state, target, false);
    if (target !== 0) inode.size.change(state, Math.max(inode.size.get(state), highest(target) + 1));
  }

  function addOrderedExtent(state: State): void {
    if (keepsLock) replaceContent(state);
    addOrderedExtents(inode, state, range(state));
    orderedExtents.directPending.set(state, orderedExtents.directPending.get(state) | range(state));
    inode.noteSubmitted(state, range(state));
  }
}
