import type { Inode } from '../model/inode.ts';
import type { FileOperation } from '../scenario.ts';
import type { State } from '../state/layout.ts';
import { truncateBlock } from './cont-expand.ts';
import type { OperationContext } from './context.ts';
import { pagesAreUnlocked, writeRange } from './delalloc.ts';
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
      when: (state) => (pages.dirty.get(state) & blocks(state)) !== 0,
      ready: (state) => pagesAreUnlocked(inode, state),
      waitsFor: 'the page locks that a writeback holds',
      apply: (state) => {
        writeRange(inode, state, pages.dirty.get(state) & blocks(state));
        inode.submit(
          state,
          orderedExtents.union(state, orderedExtents.overlapping(state, blocks(state))) & pages.dirty.get(state),
        );
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

/** `punch F R`: btrfs_punch_hole. */
export function punch(context: OperationContext, operation: FileOperation): Step[] {
  const { machine } = context;
  const { transaction, log, rules } = machine;
  const inode = machine.inodes[operation.file]!;
  const { segments, tree, extentMaps, pages } = inode;
  const range = (state: State) => segments.maskAt(operation.range, inode.size.get(state));
  const described = (state: State) => tree.data.get(state) | tree.prealloc.get(state);

  return [
    ...lockAndFlush(context, inode, range),
    {
      name: 'find_first_non_hole',
      locks: 'inode lock',
      does: 'There is nothing to do when the whole range is a hole already.',
      says: (state) => ((described(state) & range(state)) === 0 ? 'the range is a hole already' : undefined),
      goesTo: ['btrfs_truncate_block', end],
      apply: (state) => {
        if ((described(state) & range(state)) !== 0) return 'btrfs_truncate_block';
        inode.lock.set(state, 0);
        return end;
      },
    },
    {
      name: 'btrfs_truncate_block',
      locks: 'inode lock',
      does: 'Zeroes the partial blocks at both ends in the page cache, which makes their pages dirty.',
      when: (state) => splitBlocks(inode, range(state)).partial !== 0,
      ready: (state) => (pages.writeback.get(state) & segments.wholeBlocks(range(state))) === 0,
      waitsFor: 'the writeback of the pages',
      apply: (state) => {
        const { partial } = splitBlocks(inode, range(state));
        inode.changeContent(state, partial & range(state) & inode.inside(state), true);
        truncateBlock(inode, state, partial & segments.wholeBlocks(inode.inside(state)));
        return undefined;
      },
    },
    {
      name: 'start_transaction',
      locks: 'inode lock, range lock',
      does: 'Drops the pages of the whole blocks and starts a transaction handle.',
      ready: (state) => transaction.canStart(state),
      waitsFor: 'the transaction commit to let the next transaction start',
      apply: (state) => {
        dropPages(inode, state, splitBlocks(inode, range(state)).whole);
        transaction.start(state);
        return undefined;
      },
    },
    {
      name: 'btrfs_replace_file_extents',
      locks: 'inode lock, range lock',
      does: 'Drops the file-extent items of the whole blocks and adds a hole extent map, on the list of modified extents.',
      apply: (state) => {
        const { whole } = splitBlocks(inode, range(state));
        inode.changeContent(state, whole & inode.inside(state), true);
        tree.dropExtents(state, whole, inode.content);
        extentMaps.insertHoles(state, whole, transaction.generation.get(state));
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
        inode.lock.set(state, 0);
        return end;
      },
    },
  ];
}
