import type { Inode } from '../model/inode.ts';
import type { AllocateOperation } from '../scenario.ts';
import { below, highest, lowest, runFrom, runs } from '../state/bits.ts';
import type { Field, State } from '../state/layout.ts';
import { failedWait, lockAndFlush, lockRange, splitBlocks, updateInodeAndUnlock } from './change-range.ts';
import { canExpand, contExpand, truncateBlock, unalignedTail } from './cont-expand.ts';
import type { OperationContext } from './context.ts';
import { isIdle, startOrderedExtent } from './delalloc.ts';
import { replaceExtentMaps } from './drop-extent-maps.ts';
import { refusal, refused } from './read-only.ts';
import { end, type Step } from './step.ts';
import { startTransaction, updateTimes } from './transaction-handle.ts';

/** `fallocate F R [keep-size]`: btrfs_fallocate. Holes of the range become prealloc extents, which read as zeros. */
export function fallocate(context: OperationContext, operation: AllocateOperation): Step[] {
  return allocate(context, operation, false);
}

/** `zero-range F R [keep-size]`: btrfs_zero_range. Whole blocks become prealloc, the others are zeroed in the page cache. */
export function zeroRange(context: OperationContext, operation: AllocateOperation): Step[] {
  return allocate(context, operation, true);
}

function allocate(context: OperationContext, operation: AllocateOperation, zeroes: boolean): Step[] {
  const { machine, registers } = context;
  const { transaction } = machine;
  const inode = machine.inodes[operation.file]!;
  const { segments, tree, extentMaps, orderedExtents } = inode;
  const range = (state: State) => segments.maskAt(operation.range, inode.size.get(state));
  /** Blocks that zero-range has decided to allocate anew. */
  const planned = zeroes ? registers.field('planned', below(context.segments)) : undefined;
  const wanted = (state: State) => planned?.get(state) ?? segments.wholeBlocks(range(state));
  const expands = (state: State) => (range(state) & ~inode.inside(state)) !== 0;
  /** Segments between i_size and the range. */
  const gap = (state: State) => {
    const blocks = segments.wholeBlocks(range(state));
    return blocks === 0 ? 0 : below(lowest(blocks)) & ~inode.inside(state);
  };
  /** Blocks that get a new prealloc extent. */
  const allocated = (state: State) =>
    zeroes ? wanted(state) : wanted(state) & ~(tree.data.get(state) | tree.prealloc.get(state));
  const newSize = (state: State) => {
    const last = range(state) === 0 ? 0 : highest(range(state)) + 1;
    return operation.keepSize ? inode.size.get(state) : Math.max(inode.size.get(state), last);
  };

  const [lock, ...flush] = lockAndFlush(context, inode, range);

  return [
    lock,
    ...(machine.rules.fallocateUpdatesTimesFirst
      ? [updateTimes(machine, inode, 'file_modified', { locks: 'inode lock', failing: refused })]
      : []),
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
        if ((gap(state) & ~block) !== 0)
          contExpand(machine, inode, state, gap(state), context.fails(state, 'enomem', 'cont_expand'));
        else if (block !== 0) truncateBlock(inode, state, block);
        return undefined;
      },
    },
    ...flush,
    ...(planned ? planZeroing(inode, range, planned) : []),
    ...lockRange(machine, inode, wanted, zeroes),
    startTransaction(context, 'inode lock, range lock'),
    {
      name: 'insert_prealloc_file_extent',
      locks: 'inode lock, range lock',
      does: 'Inserts prealloc items, and prealloc extent maps on the list of modified extents.',
      when: (state) => allocated(state) !== 0,
      apply: (state) => {
        const blocks = allocated(state);
        if (zeroes) inode.beginChange(state, blocks & inode.inside(state), true);
        // The hole that becomes prealloc keeps its version: a mapping may have dirtied newer data over it.
        tree.insertExtent(state, blocks, 'prealloc', zeroes ? inode.content : tree.version);
        inode.blocks.allocate(state, tree, blocks);
        inode.hasPrealloc.set(state, inode.hasPrealloc.mask);
        for (const extent of runs(blocks)) {
          const generation = transaction.generation.get(state);
          replaceExtentMaps(machine, inode, state, {
            range: extent,
            fails: context.fails(state, 'enomem', 'insert_prealloc_file_extent'),
            insert: () =>
              extentMaps.insert(state, extent, { kind: 'prealloc', pinned: false, modified: true, generation }),
          });
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
        return updateInodeAndUnlock(context, inode, state);
      },
    },
    ...failedWait(inode),
    ...refusal(machine, 'inode lock', (state) => {
      orderedExtents.unlockRange(state, wanted(state));
      inode.lock.set(state, 0);
    }),
  ];
}

/**
 * What btrfs_zero_range does before it allocates: decides for which blocks, and zeroes of the others what is in `range`.
 * `planned` takes those that get a new prealloc extent.
 */
function planZeroing(inode: Inode, range: (state: State) => number, planned: Field): Step[] {
  const { segments, tree } = inode;
  /** Blocks of which only a part is zeroed. */
  const zeroed = (state: State) =>
    splitBlocks(inode, range(state)).partial & tree.data.get(state) & ~planned.get(state);
  return [
    {
      name: 'btrfs_zero_range',
      locks: 'inode lock',
      does: 'Looks at the extent maps at both ends. A prealloc extent at the beginning is left; a partial block at either end is allocated, too, if it is a hole.',
      apply: (state) => {
        planned.set(state, blocksToZero(inode, state, range(state)));
        return undefined;
      },
    },
    startOrderedExtent(inode, zeroed, { locks: 'inode lock', label: 'start_ordered_extent of partial blocks' }),
    {
      name: 'btrfs_truncate_block',
      locks: 'inode lock',
      does: 'Zeroes the partial blocks at both ends in the page cache, which makes their pages dirty.',
      when: (state) => (zeroed(state) & inode.inside(state)) !== 0,
      ready: (state) => isIdle(inode, state, zeroed(state)),
      waitsFor: 'the ordered extents of those blocks',
      apply: (state) => {
        inode.beginChange(state, zeroed(state) & range(state) & inode.inside(state), true);
        truncateBlock(inode, state, zeroed(state) & segments.wholeBlocks(inode.inside(state)));
        return undefined;
      },
    },
  ];
}

/**
 * What btrfs_zero_range makes one new prealloc extent of, behind the prealloc extent that the range may begin with: its
 * whole blocks, and a block at either end that is in the range in part and a hole (RANGE_BOUNDARY_HOLE). A partial
 * block that is prealloc is left.
 */
function blocksToZero(inode: Inode, state: State, range: number): number {
  const { tree, segments } = inode;
  const rest = range & ~leadingPrealloc(inode, state, segments.wholeBlocks(range));
  const { whole, partial } = splitBlocks(inode, rest);
  const prealloc = tree.prealloc.get(state);
  const isOneBlock = segments.wholeBlocks(rest & -rest) === (whole | partial);
  if (isOneBlock && (rest & prealloc) !== 0) return 0;
  return whole | (partial & ~(tree.data.get(state) | prealloc));
}

/** The prealloc extent that `blocks` begin with, as far as its extent map or its item reaches. */
function leadingPrealloc({ tree, extentMaps }: Inode, state: State, blocks: number): number {
  const first = blocks & -blocks;
  if ((first & tree.prealloc.get(state)) === 0) return 0;
  const cached = extentMaps.startAt(state, lowest(first));
  if (cached >= 0) return extentMaps.from(state, cached);
  return tree.items.splitRuns(state, runFrom(tree.prealloc.get(state), lowest(first)))[0]!;
}
