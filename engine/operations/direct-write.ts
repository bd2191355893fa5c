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
import { write } from './write.ts';

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
  const inode = machine.inodes[operation.file]!;
  const { segments, orderedExtents } = inode;
  const range = (state: State) => segments.maskAt(operation.range, inode.size.get(state));
  /** The range, and the last block where the write begins behind it. */
  const touched = (state: State) => range(state) | unalignedTail(inode, state).block;
  const keepsLock = machine.rules.directIoHoldsInodeLock;
  const held = (state: State) => inode.lock.get(state) === task + 1;
  return [
    ...lockAndFlush(context, inode, range),
    startOrderedExtent(inode, touched, { locks: 'inode lock' }),
    {
      name: 'create_io_em',
      locks: 'inode lock, range lock, extent map tree lock',
      does: 'Adds a pinned extent map to the tree and to the list of modified extents. Blocks that are overwritten in place get none.',
      ready: (state) => isIdle(inode, state, touched(state)) && canExpand(inode, state, range(state)),
      waitsFor: 'the ordered extents in the range',
      apply: (state) => {
        const target = range(state);
        orderedExtents.lockRange(state, target);
        if ((target & ~inode.inside(state)) !== 0) contExpand(machine, inode, state, target);
        createIoExtentMap(inode, state, target);
        return undefined;
      },
    },
    {
      name: 'btrfs_add_ordered_extent',
      locks: 'inode lock, range lock',
      does: 'Drops the pages of the range, adds the ordered extent (BTRFS_ORDERED_DIRECT), and moves i_size.',
      apply: (state) => {
        const target = range(state);
        dropPages(inode, state, target);
        addOrderedExtents(inode, state, target);
        orderedExtents.unlockRange(state, target);
        orderedExtents.directPending.set(state, orderedExtents.directPending.get(state) | target);
        inode.changeContent(state, target, false);
        inode.noteSubmitted(state, target);
        if (target !== 0) inode.size.change(state, Math.max(inode.size.get(state), highest(target) + 1));
        return undefined;
      },
    },
    {
      name: 'submit_bio',
      locks: 'inode lock',
      does: keepsLock ? 'Submits the blocks.' : 'Submits the blocks and gives the inode lock back.',
      when: held,
      apply: (state) => {
        orderedExtents.directPending.set(state, orderedExtents.directPending.get(state) & ~range(state));
        orderedExtents.directIo.set(state, orderedExtents.directIo.get(state) | range(state));
        inode.lastSubTrans.set(state, machine.log.transid.get(state));
        if (!keepsLock) inode.lock.set(state, 0);
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
}
