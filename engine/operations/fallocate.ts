import type { AllocateOperation } from '../scenario.ts';
import { below, highest, lowest, runs } from '../state/bits.ts';
import { Field, type State } from '../state/layout.ts';
import { lockAndFlush, lockRange, splitBlocks, startTransaction, updateInodeAndUnlock } from './change-range.ts';
import { canExpand, contExpand, truncateBlock, unalignedTail } from './cont-expand.ts';
import type { OperationContext } from './context.ts';
import { isIdle, startOrderedExtent } from './delalloc.ts';
import { end, type Step } from './step.ts';

/** `fallocate F R [keep-size]`: btrfs_fallocate. Holes of the range become prealloc extents, which read as zeros. */
export function fallocate(context: OperationContext, operation: AllocateOperation): Step[] {
  return allocate(context, operation, false);
}

/** `zero-range F R [keep-size]`: btrfs_zero_range. Whole blocks become prealloc, the others are zeroed in the page cache. */
export function zeroRange(context: OperationContext, operation: AllocateOperation): Step[] {
  return allocate(context, operation, true);
}

/** Always 0. */
const noField = new Field(0, 0, 0);

function allocate(context: OperationContext, operation: AllocateOperation, zeroes: boolean): Step[] {
  const { machine, registers } = context;
  const { transaction } = machine;
  const inode = machine.inodes[operation.file]!;
  const { segments, tree, extentMaps, orderedExtents } = inode;
  const range = (state: State) => segments.maskAt(operation.range, inode.size.get(state));
  const partial = (state: State) => (zeroes ? splitBlocks(inode, range(state)).partial : 0);
  /** Blocks that are to be zeroed in part only, and are no holes. */
  const kept = zeroes ? registers.field('kept', 2 ** context.segments - 1) : noField;
  /** Blocks that are prealloc in the end; where zeroing covers a hole in part, that is the whole block. */
  const wanted = (state: State) => segments.wholeBlocks(range(state)) & ~kept.get(state);
  const zeroed = (state: State) => kept.get(state) & tree.data.get(state);
  const expands = (state: State) => (range(state) & ~inode.inside(state)) !== 0;
  /** Segments between i_size and the range. */
  const gap = (state: State) => {
    const blocks = segments.wholeBlocks(range(state));
    return blocks === 0 ? 0 : below(lowest(blocks)) & ~inode.inside(state);
  };
  /** Blocks that get a new prealloc extent. */
  const allocated = (state: State) =>
    zeroes && (wanted(state) & ~tree.prealloc.get(state)) !== 0
      ? wanted(state)
      : wanted(state) & ~(tree.data.get(state) | tree.prealloc.get(state));
  const newSize = (state: State) => {
    const last = range(state) === 0 ? 0 : highest(range(state)) + 1;
    return operation.keepSize ? inode.size.get(state) : Math.max(inode.size.get(state), last);
  };

  const [lock, ...flush] = lockAndFlush(context, inode, range);
  return [
    lock!,
    startOrderedExtent(inode, (state) => (expands(state) ? unalignedTail(inode, state).block : 0), {
      locks: 'inode lock',
      label: 'start_ordered_extent of the last block',
    }),
    {
      name: 'cont_expand',
      locks: 'inode lock, range lock',
      does: 'A range behind i_size first gets a hole extent map for the gap; the tail of the old last block is zeroed.',
      when: expands,
      ready: (state) => isIdle(inode, state, unalignedTail(inode, state).block) && canExpand(inode, state, gap(state)),
      waitsFor: 'the ordered extents of the last block',
      apply: (state) => {
        const { block } = unalignedTail(inode, state);
        if ((gap(state) & ~block) !== 0) contExpand(machine, inode, state, gap(state));
        else if (block !== 0) truncateBlock(inode, state, block);
        return undefined;
      },
    },
    ...flush,
    ...(zeroes ? [checkRangeBoundary()] : []),
    startOrderedExtent(inode, zeroed, { locks: 'inode lock', label: 'start_ordered_extent of partial blocks' }),
    {
      name: 'btrfs_truncate_block',
      locks: 'inode lock',
      does: 'Zeroes the partial blocks at both ends in the page cache, which makes their pages dirty.',
      when: (state) => (zeroed(state) & inode.inside(state)) !== 0,
      ready: (state) => isIdle(inode, state, zeroed(state)),
      waitsFor: 'the ordered extents of those blocks',
      apply: (state) => {
        inode.changeContent(state, zeroed(state) & range(state) & inode.inside(state), true);
        truncateBlock(inode, state, zeroed(state) & segments.wholeBlocks(inode.inside(state)));
        return undefined;
      },
    },
    ...lockRange(inode, wanted, zeroes),
    startTransaction(machine, 'inode lock, range lock'),
    {
      name: 'insert_prealloc_file_extent',
      locks: 'inode lock, range lock',
      does: 'Inserts prealloc items, and prealloc extent maps on the list of modified extents.',
      when: (state) => allocated(state) !== 0,
      apply: (state) => {
        const blocks = allocated(state);
        if (zeroes) inode.changeContent(state, blocks & inode.inside(state), true);
        // The hole that becomes prealloc keeps its version: a mapping may have dirtied newer data over it.
        tree.insertExtent(state, blocks, 'prealloc', zeroes ? inode.content : tree.version);
        inode.hasPrealloc.set(state, inode.hasPrealloc.mask);
        for (const extent of runs(blocks)) {
          extentMaps.drop(state, extent);
          const generation = transaction.generation.get(state);
          extentMaps.insert(state, extent, { kind: 'prealloc', pinned: false, modified: true, generation });
        }
        return undefined;
      },
    },
    {
      name: 'btrfs_update_inode',
      locks: 'inode lock',
      does: 'Moves i_size and disk_i_size unless they are to be kept, updates the inode item, ends the transaction handle and returns.',
      goesTo: [end],
      apply: (state) => {
        if (newSize(state) !== inode.size.get(state)) {
          inode.size.change(state, newSize(state));
          inode.updateDiskSize(state);
        }
        orderedExtents.unlockRange(state, wanted(state));
        return updateInodeAndUnlock(machine, inode, state);
      },
    },
  ];

  function checkRangeBoundary(): Step {
    return {
      name: 'btrfs_zero_range_check_range_boundary',
      locks: 'inode lock',
      does: 'Looks at the blocks that the range covers in part: a hole is allocated as a whole, written data is to be zeroed, a prealloc extent stays as it is.',
      when: (state) => partial(state) !== 0,
      apply: (state) => {
        kept.set(state, partial(state) & (tree.data.get(state) | tree.prealloc.get(state)));
        return undefined;
      },
    };
  }
}
