import type { Inode } from '../model/inode.ts';
import type { FileOperation, OperationRange } from '../scenario.ts';
import { blockSize } from '../segments.ts';
import { below, highest } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import { lockAndFlush, lockRange, splitBlocks, startTransaction, updateInodeAndUnlock } from './change-range.ts';
import { truncateBlock } from './cont-expand.ts';
import type { OperationContext } from './context.ts';
import { isIdle, startOrderedExtent } from './delalloc.ts';
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

/** What find_first_non_hole loads has the rounded length of the range from its rounded start on, and may end before it. */
function fallsShort(range: OperationRange): boolean {
  if (range === 'all') return false;
  const start = Math.floor(range.start / blockSize) * blockSize;
  return start + Math.ceil((range.end - range.start) / blockSize) * blockSize < range.end;
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
  /** find_first_non_hole looks at one extent map: the one where the range begins, or what it would load from there on. */
  const isOneHole = (state: State) => {
    const maps = extentMaps.overlapping(state, range(state));
    const first = extentMaps.union(state, maps & -maps);
    const isHole = ((tree.data.get(state) | tree.prealloc.get(state)) & range(state)) === 0;
    return isHole && (maps === 0 ? !fallsShort(operation.range) : (range(state) & ~first) === 0);
  };

  return [
    ...lockAndFlush(context, inode, range),
    {
      name: 'find_first_non_hole',
      locks: 'inode lock',
      does: 'There is nothing to do when one extent map says that the whole range is a hole already.',
      says: (state) => (isOneHole(state) ? 'the range is a hole already' : undefined),
      goesTo: ['start_ordered_extent of partial blocks', end],
      apply: (state) => {
        if (!isOneHole(state)) return 'start_ordered_extent of partial blocks';
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
        inode.changeContent(state, partial(state) & range(state) & inode.inside(state), true);
        truncateBlock(inode, state, partial(state) & segments.wholeBlocks(inode.inside(state)));
        return undefined;
      },
    },
    ...(guards['punch.partial-block-update'] ? [] : [returnWithoutUpdate()]),
    ...lockRange(inode, whole, true),
    startTransaction(machine, 'inode lock, range lock'),
    {
      name: 'btrfs_replace_file_extents',
      locks: 'inode lock, range lock',
      does: 'Drops the file-extent items of the whole blocks and adds a hole extent map, on the list of modified extents. Without NO_HOLES, a hole item takes their place.',
      apply: (state) => {
        inode.changeContent(state, whole(state) & inode.inside(state), true);
        tree.dropExtents(state, whole(state), inode.content);
        if (machine.mount.holes) fillHoles(inode, state, whole(state) & segments.wholeBlocks(inode.inside(state)));
        extentMaps.insertHoles(state, whole(state), transaction.generation.get(state));
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
        inode.lock.set(state, 0);
        return end;
      },
    };
  }
}
