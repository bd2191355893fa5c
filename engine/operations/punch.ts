import type { FileOperation } from '../scenario.ts';
import type { State } from '../state/layout.ts';
import { lockAndFlush, lockRange, splitBlocks, startTransaction, updateInodeAndUnlock } from './change-range.ts';
import { truncateBlock } from './cont-expand.ts';
import type { OperationContext } from './context.ts';
import { isIdle, startOrderedExtent } from './delalloc.ts';
import { end, type Step } from './step.ts';

/** `punch F R`: btrfs_punch_hole. */
export function punch(context: OperationContext, operation: FileOperation): Step[] {
  const { machine } = context;
  const { transaction, guards } = machine;
  const inode = machine.inodes[operation.file]!;
  const { segments, tree, extentMaps, orderedExtents } = inode;
  const range = (state: State) => segments.maskAt(operation.range, inode.size.get(state));
  const whole = (state: State) => splitBlocks(inode, range(state)).whole;
  const partial = (state: State) => splitBlocks(inode, range(state)).partial;
  const described = (state: State) => tree.data.get(state) | tree.prealloc.get(state);

  return [
    ...lockAndFlush(context, inode, range),
    {
      name: 'find_first_non_hole',
      locks: 'inode lock',
      does: 'There is nothing to do when the whole range is a hole already.',
      says: (state) => ((described(state) & range(state)) === 0 ? 'the range is a hole already' : undefined),
      goesTo: ['start_ordered_extent of partial blocks', end],
      apply: (state) => {
        if ((described(state) & range(state)) !== 0) return 'start_ordered_extent of partial blocks';
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
      does: 'Drops the file-extent items of the whole blocks and adds a hole extent map, on the list of modified extents.',
      apply: (state) => {
        inode.changeContent(state, whole(state) & inode.inside(state), true);
        tree.dropExtents(state, whole(state), inode.content);
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
