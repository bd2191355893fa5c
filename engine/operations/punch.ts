import type { Inode } from '../model/inode.ts';
import type { FileOperation } from '../scenario.ts';
import { below, highest, lowest, runFrom } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import { lockAndFlush, lockRange, splitBlocks, startTransaction, updateInodeAndUnlock } from './change-range.ts';
import { truncateBlock } from './cont-expand.ts';
import type { OperationContext } from './context.ts';
import { isIdle, startOrderedExtent } from './delalloc.ts';
import { replaceExtentMaps } from './drop-extent-maps.ts';
import { end, type Step } from './step.ts';

/**
 * fill_holes without NO_HOLES: the hole item before the new hole, or else the one behind it, takes it in, and is of
 * this transaction from e6e3dec6c3c2 on; if there is neither, a new item does.
 */
function fillHoles(inode: Inode, state: State, hole: number): void {
  if (hole === 0) return;
  const { fs, freshHoles, tree } = inode;
  const neighbours = [(hole & -hole) >>> 1, below(highest(hole) + 2) & ~below(highest(hole) + 1)];
  const merged = neighbours.find((segment) => (segment & tree.hole.get(state)) !== 0) ?? 0;
  const takesGeneration = merged === 0 || fs.guards['punch.hole-generation'] === true;
  tree.insertExtent(state, hole, 'hole', tree.version);
  inode.markHoles(state, hole, takesGeneration || (merged & freshHoles.get(state)) !== 0);
}

/** `punch F R`: btrfs_punch_hole. */
export function punch(context: OperationContext, operation: FileOperation): Step[] {
  const { machine } = context;
  const { transaction, guards } = machine;
  const inode = machine.inodes[operation.file]!;
  const { segments, tree, extentMaps, orderedExtents } = inode;
  const range = (state: State) => segments.maskAt(operation.range, inode.size.get(state));
  const whole = (state: State) => splitBlocks(inode, range(state)).whole;
  const partial = (state: State) => splitBlocks(inode, range(state)).partial;
  /** The hole extent map that the punch leaves: behind a hole that the range begins with, and none that begins behind i_size. */
  const punched = (state: State) => {
    const hole = whole(state) & ~leadingHole(inode, state, whole(state));
    return (hole & -hole & segments.wholeBlocks(inode.inside(state))) === 0 ? 0 : hole;
  };
  const blocks = (state: State) => segments.wholeBlocks(range(state));
  const isHole = (state: State) => (blocks(state) & ~leadingHole(inode, state, blocks(state))) === 0;

  return [
    ...lockAndFlush(context, inode, range),
    {
      name: 'find_first_non_hole',
      locks: 'inode lock',
      does: 'Looks up the extent map at the beginning of the range. There is nothing to do when it says that all of it is a hole.',
      says: (state) => (isHole(state) ? 'the range is a hole already' : undefined),
      goesTo: ['start_ordered_extent of partial blocks', end],
      apply: (state) => {
        const nothingToDo = isHole(state);
        const unmapped = leadingHole(inode, state, blocks(state)) & ~extentMaps.covered.get(state);
        if (unmapped !== 0) extentMaps.loadHole(state, unmapped);
        if (!nothingToDo) return 'start_ordered_extent of partial blocks';
        inode.lock.set(state, 0);
        return end;
      },
    },
    startOrderedExtent(inode, partial, { locks: 'inode lock', label: 'start_ordered_extent of partial blocks' }),
    {
      name: 'btrfs_truncate_block',
      locks: 'inode lock',
      does: 'Zeroes the partial blocks at both ends in the page cache, which makes their pages dirty.',
      when: (state) => partial(state) !== 0,
      ready: (state) => isIdle(inode, state, partial(state)),
      waitsFor: 'the ordered extents of those blocks',
      apply: (state) => {
        inode.beginChange(state, partial(state) & range(state) & inode.inside(state), true);
        truncateBlock(inode, state, partial(state) & segments.wholeBlocks(inode.inside(state)));
        return undefined;
      },
    },
    ...(guards['punch.partial-block-update'] ? [] : [returnWithoutUpdate()]),
    ...lockRange(machine, inode, whole, true),
    startTransaction(machine, 'inode lock, range lock'),
    {
      name: 'btrfs_replace_file_extents',
      locks: 'inode lock, range lock',
      does: 'Drops the file-extent items of the whole blocks and adds a hole extent map, on the list of modified extents. Without NO_HOLES, a hole item takes their place.',
      apply: (state) => {
        const hole = punched(state);
        inode.beginChange(state, whole(state) & inode.inside(state), true);
        tree.dropExtents(state, whole(state), inode.content);
        if (machine.mount.holes) fillHoles(inode, state, whole(state) & segments.wholeBlocks(inode.inside(state)));
        replaceExtentMaps(machine, inode, state, {
          range: hole,
          fails: context.fails(state, 'enomem', 'btrfs_replace_file_extents'),
          insert: () => extentMaps.insertHoles(state, hole, transaction.generation.get(state)),
        });
        return undefined;
      },
    },
    {
      name: 'btrfs_update_inode',
      locks: 'inode lock',
      does: 'Updates the inode item, ends the transaction handle and returns.',
      goesTo: [end],
      apply: (state) => {
        orderedExtents.unlockRange(state, whole(state));
        return updateInodeAndUnlock(machine, inode, state);
      },
    },
  ];

  /** Until e8c1c76e804b. */
  function returnWithoutUpdate(): Step {
    return {
      name: 'inode_unlock',
      locks: 'inode lock',
      does: 'Only parts of blocks were zeroed: gives the inode lock back and returns. The inode is not updated.',
      when: (state) => whole(state) === 0,
      goesTo: [end],
      apply: (state) => {
        inode.unreturned.end(state);
        inode.lock.set(state, 0);
        return end;
      },
    };
  }
}

/**
 * find_first_non_hole: what of `range` the extent map at its beginning says is a hole. Where none is cached
 * btrfs_get_extent makes one, up to the next item or cached extent map.
 */
function leadingHole({ extentMaps, tree }: Inode, state: State, range: number): number {
  if (range === 0) return 0;
  const first = lowest(range);
  const cached = extentMaps.startAt(state, first);
  if (cached >= 0) return extentMaps.kind(state, cached) === 'hole' ? range & extentMaps.from(state, cached) : 0;
  const described = tree.data.get(state) | tree.prealloc.get(state) | extentMaps.covered.get(state);
  return runFrom(range & ~described, first);
}
