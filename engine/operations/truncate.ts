import { setLastLogCommit } from '../model/machine.ts';
import type { TruncateOperation } from '../scenario.ts';
import { below } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import { endAndUnlock, updateInodeAndUnlock } from './change-range.ts';
import { canExpand, contExpand, truncateBlock, unalignedTail } from './cont-expand.ts';
import type { OperationContext } from './context.ts';
import { isIdle, pagesAreUnlocked, startOrderedExtent, unsubmittedOf, writeRange } from './delalloc.ts';
import { dropExtentMaps } from './drop-extent-maps.ts';
import { dropPages } from './drop-pages.ts';
import { refusal } from './read-only.ts';
import { end, type Step } from './step.ts';
import { startTransaction } from './transaction-handle.ts';

/** `truncate F S`: btrfs_setsize, which holds the inode lock throughout. */
export function truncate(context: OperationContext, operation: TruncateOperation): Step[] {
  const { machine, task, fails } = context;
  const { transaction, rules, guards, log } = machine;
  const inode = machine.inodes[operation.file]!;
  const { segments, orderedExtents, pages, tree } = inode;
  const newSize = segments.indexOf(operation.size);
  const all = below(segments.count);
  /** Blocks that stay, the last of them perhaps cut; and those that go as a whole. */
  const kept = newSize === 0 ? 0 : segments.wholeBlocks(below(newSize));
  const gone = all & ~kept;
  const first = segments.wholeBlocks(1);
  /** What truncate waits for: ordered extents from the new last block on. */
  const affected = segments.wholeBlocks(all & ~below(newSize));
  const gap = (state: State) => below(newSize) & ~inode.inside(state) & ~unalignedTail(inode, state).block;
  const expanded = (state: State) => gap(state) | unalignedTail(inode, state).block;

  const startToShrink = startTransaction(context, 'inode lock', 'start_transaction to shrink');

  return [
    {
      name: 'inode_lock',
      locks: '',
      does: 'Takes the inode lock.',
      ready: (state) => inode.lock.get(state) === 0,
      heldBy: (state) => inode.lockHolder(state),
      waitsFor: 'the inode lock',
      goesTo: ['start_ordered_extent to grow', 'truncate_setsize'],
      apply: (state) => {
        inode.lock.set(state, task + 1);
        return newSize > inode.size.get(state) ? 'start_ordered_extent to grow' : 'truncate_setsize';
      },
    },
    startOrderedExtent(inode, expanded, { locks: 'inode lock', label: 'start_ordered_extent to grow' }),
    {
      name: 'cont_expand',
      locks: 'inode lock, range lock',
      does: 'Growing: zeroes the tail of the old last block in the page cache and adds a hole extent map for the gap, on the list of modified extents.',
      ready: (state) =>
        isIdle(inode, state, expanded(state)) && canExpand(inode, state, segments.wholeBlocks(below(newSize))),
      waitsFor: 'the ordered extents in the gap',
      apply: (state) => {
        contExpand(machine, inode, state, segments.wholeBlocks(below(newSize)), fails(state, 'enomem', 'cont_expand'));
        return undefined;
      },
    },
    startTransaction(context, 'inode lock', 'start_transaction to grow'),
    {
      name: 'i_size_write',
      locks: 'inode lock',
      does: 'Growing: moves i_size and disk_i_size, updates the inode item, ends the transaction handle and returns.',
      goesTo: [end],
      apply: (state) => {
        inode.size.change(state, newSize);
        inode.updateDiskSize(state);
        return updateInodeAndUnlock(context, inode, state);
      },
    },
    {
      name: 'truncate_setsize',
      locks: 'inode lock',
      does: 'Shrinking: moves i_size and drops the pages behind it, dirty or not. Ordered extents end before the first page that was never submitted.',
      ready: (state) =>
        (affected &
          (pages.writeback.get(state) | pages.locked.get(state) | orderedExtents.directInFlight.get(state))) ===
        0,
      waitsFor: 'the writeback of the pages behind the new size, and direct writes',
      apply: (state) => {
        inode.beginChange(state, inode.inside(state) & ~below(newSize), true);
        inode.beginResize(state, newSize);
        dropPages(machine, inode, state, gone);
        if (newSize === 0) inode.flushOnClose.set(state, 1);
        return undefined;
      },
    },
    {
      name: 'start_ordered_ops',
      locks: 'inode lock',
      does: 'Shrinking: writes what is dirty in the new last block, in order to wait for it.',
      when: (state) => (pages.dirty.get(state) & affected) !== 0 || unsubmittedOf(inode, state, affected) !== 0,
      ready: (state) => pagesAreUnlocked(inode, state),
      waitsFor: 'the page locks that a writeback holds',
      apply: (state) => {
        writeRange(inode, state, pages.dirty.get(state) & affected);
        inode.submit(state, unsubmittedOf(inode, state, affected));
        return undefined;
      },
    },
    {
      name: 'wait_ordered_range',
      locks: 'inode lock',
      does: 'Shrinking: waits for the ordered extents from the new end on.',
      ready: (state) => (orderedExtents.covered.get(state) & affected) === 0,
      waitsFor: 'the ordered extents from the new end on to complete',
      apply: () => undefined,
    },
    {
      ...startToShrink,
      apply: (state) => {
        const target = startToShrink.apply(state);
        if (target === undefined && !rules.truncateSetsFullSyncWhenTouched) inode.needsFullSync.set(state, 1);
        return target;
      },
    },
    {
      name: 'truncate_inode_items',
      locks: 'inode lock, range lock',
      does: 'Shrinking: drops the extent maps behind the new size, and deletes or trims their file-extent items.',
      apply: (state) => {
        const touched = tree.described(state) & affected;
        dropExtentMaps(machine, inode, state, gone, fails(state, 'enomem', 'truncate_inode_items'));
        tree.dropExtents(state, gone, inode.content);
        tree.items.touch(state);
        if (tree.inline.get(state) === 1 && (touched & kept & first) !== 0) trimInlineExtent(state);
        // The flag is set when the inode item has been updated, which is before the inode lock is given back.
        if (touched !== 0) inode.setFullSync(state, transaction.generation.get(state));
        return undefined;
      },
    },
    ...(guards['inode-update.last-log-commit'] ? [updateInode()] : updateInodeInTwo()),
    ...refusal(machine, 'inode lock', (state) => inode.lock.set(state, 0)),
  ];

  /** An inline item is cut at the new size; a compressed one cannot be, and its page is zeroed instead (BTRFS_NEED_TRUNCATE_BLOCK). */
  function trimInlineExtent(state: State): void {
    if (inode.storage.compress) truncateBlock(inode, state, kept);
    else {
      // An fallocate can have left it shorter than the file.
      const { inlineEnd } = inode;
      inode.insertInlineItem(state, inlineEnd.mask === 0 ? newSize : Math.min(inlineEnd.get(state), newSize));
    }
  }

  function updateInode(): Step {
    return {
      name: 'btrfs_update_inode',
      locks: 'inode lock',
      does: 'Shrinking: moves disk_i_size, updates the inode item, ends the transaction handle and returns.',
      goesTo: [end],
      apply: (state) => {
        inode.updateDiskSize(state);
        return updateInodeAndUnlock(context, inode, state);
      },
    };
  }

  /** Until bc0939fcfab0: the root is read twice, and a log sync may end in between. */
  function updateInodeInTwo(): Step[] {
    return [
      {
        name: 'btrfs_set_inode_last_trans',
        locks: 'inode lock',
        does: "Shrinking: sets last_trans, and last_sub_trans to the root's log_transid.",
        apply: (state) => {
          inode.setLastTrans(state, transaction.generation.get(state), log);
          return undefined;
        },
      },
      {
        name: 'btrfs_update_inode',
        locks: 'inode lock',
        does: "Shrinking: sets last_log_commit to the root's, moves disk_i_size, updates the inode item, ends the transaction handle and returns.",
        goesTo: [end],
        apply: (state) => {
          setLastLogCommit(machine, inode, state);
          inode.updateDiskSize(state);
          return endAndUnlock(context, inode, state);
        },
      },
    ];
  }
}
