import type { Inode } from '../model/inode.ts';
import type { FileOperation } from '../scenario.ts';
import type { State } from '../state/layout.ts';
import { truncateBlock } from './cont-expand.ts';
import type { OperationContext } from './context.ts';
import { isIdle, pagesAreUnlocked, startOrderedExtent, unsubmittedOf, writeRange } from './delalloc.ts';
import { end, type Step } from './step.ts';
import { dropPages } from './truncate.ts';

/** Whole blocks of a range, and the blocks that it covers in part. */
export function splitBlocks(inode: Inode, range: number): { readonly whole: number; readonly partial: number } {
  const outside = inode.segments.wholeBlocks(range) & ~range;
  const partial = outside === 0 ? 0 : inode.segments.wholeBlocks(outside);
  return { whole: range & ~partial, partial };
}

/** The steps with which punch, zero-range and fallocate begin: the lock, then everything in the range written and complete. */
export function lockAndFlush({ task }: OperationContext, inode: Inode, range: (state: State) => number): Step[] {
  const { pages, orderedExtents, segments } = inode;
  const blocks = (state: State) => segments.wholeBlocks(range(state));
  return [
    {
      name: 'inode_lock',
      locks: '',
      does: 'Takes the inode lock.',
      ready: (state) => inode.lock.get(state) === 0,
      waitsFor: 'the inode lock',
      apply: (state) => {
        inode.lock.set(state, task + 1);
        return undefined;
      },
    },
    {
      name: 'start_ordered_ops',
      locks: 'inode lock',
      does: 'Writes what is dirty in the range, and what was allocated together with it, in order to wait for it.',
      when: (state) =>
        (pages.dirty.get(state) & blocks(state)) !== 0 || unsubmittedOf(inode, state, blocks(state)) !== 0,
      ready: (state) => pagesAreUnlocked(inode, state),
      waitsFor: 'the page locks that a writeback holds',
      apply: (state) => {
        writeRange(inode, state, pages.dirty.get(state) & blocks(state));
        inode.submit(state, unsubmittedOf(inode, state, blocks(state)));
        return undefined;
      },
    },
    {
      name: 'wait_ordered_range',
      locks: 'inode lock',
      does: 'Waits for the ordered extents in the range.',
      ready: (state) => (orderedExtents.covered.get(state) & blocks(state)) === 0,
      waitsFor: 'the ordered extents in the range to complete',
      apply: () => undefined,
    },
  ];
}

/**
 * The steps that keep everybody away from `blocks` until `unlockRange`: btrfs_punch_hole_lock_range, which tries
 * again until no ordered extent and no page is there, or the same by fallocate, which leaves the pages.
 */
export function lockRange(inode: Inode, blocks: (state: State) => number, dropsPages: boolean): Step[] {
  const { orderedExtents } = inode;
  return [
    startOrderedExtent(inode, blocks, { locks: 'inode lock' }),
    {
      name: dropsPages ? 'btrfs_punch_hole_lock_range' : 'lock_extent',
      locks: 'inode lock',
      does: `Locks the range${dropsPages ? ', and drops its pages, dirty or not' : ''}.`,
      ready: (state) => isIdle(inode, state, blocks(state)),
      waitsFor: 'the ordered extents in the range',
      apply: (state) => {
        if (dropsPages) dropPages(inode, state, blocks(state));
        orderedExtents.lockRange(state, blocks(state));
        return undefined;
      },
    },
  ];
}

/** `punch F R`: btrfs_punch_hole. */
export function punch(context: OperationContext, operation: FileOperation): Step[] {
  const { machine } = context;
  const { transaction, log, rules } = machine;
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
    ...lockRange(inode, whole, true),
    {
      name: 'start_transaction',
      locks: 'inode lock, range lock',
      does: 'Starts a transaction handle.',
      ready: (state) => transaction.canStart(state),
      waitsFor: 'the transaction commit to let the next transaction start',
      apply: (state) => {
        transaction.start(state);
        return undefined;
      },
    },
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
        inode.setLastTrans(state, transaction.generation.get(state), log, rules.changeResetsLastLogCommit);
        transaction.endStarted(state);
        orderedExtents.unlockRange(state, whole(state));
        inode.lock.set(state, 0);
        return end;
      },
    },
  ];
}
