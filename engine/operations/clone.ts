import { setInodeLastTrans } from '../model/machine.ts';
import type { CloneOperation } from '../scenario.ts';
import { below } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import { cloneExtents } from './clone-extents.ts';
import { cloneCopyInlineExtent, copyInlineToPage } from './clone-inline.ts';
import { type CloneRange, cloneRange } from './clone-range.ts';
import { contExpand } from './cont-expand.ts';
import type { OperationContext } from './context.ts';
import { isIdle, startOrderedExtent } from './delalloc.ts';
import { dropPages } from './drop-pages.ts';
import { refusal } from './read-only.ts';
import { end, type Step } from './step.ts';
import { startTransaction } from './transaction-handle.ts';
import { writeAndWait } from './write-and-wait.ts';

/**
 * `clone F R to G AT`: btrfs_remap_file_range for FICLONERANGE. The destination's items come to point to the blocks
 * of the source, which are on disk by then.
 */
export function clone(context: OperationContext, operation: CloneOperation): Step[] {
  const range = cloneRange(context, operation);
  const { source, target } = range;
  const held = source === target ? 'inode lock' : 'inode locks';
  const [lock, unlock] = inodeLocks(context, range, held);
  const refused = refusal(context.machine, held, (state) => {
    target.orderedExtents.unlockRange(state, range.targetBlocks(state));
    giveLocksBack(range, state);
  });
  return source.storage.checksums === target.storage.checksums
    ? [lock, ...prepare(context, range, held), ...replaceExtents(context, range, held), unlock, ...refused]
    : [lock, refuse(held), unlock];
}

/** Takes and gives back the locks of both files. */
function inodeLocks({ machine, task }: OperationContext, range: CloneRange, held: string): [Step, Step] {
  const { source, target } = range;
  const both = source === target ? [source] : [source, target];
  return [
    {
      name: source === target ? 'inode_lock' : 'lock_two_nondirectories',
      locks: '',
      does:
        source === target
          ? 'A clone within one file takes its inode lock; since 5.13 also i_mmap_lock.'
          : 'Takes the inode locks of both files; since 5.13 also i_mmap_lock.',
      ready: (state) => both.every((inode) => inode.lock.get(state) === 0),
      waitsFor: 'the inode lock',
      apply: (state) => {
        for (const inode of both) {
          inode.lock.set(state, task + 1);
          // The mask is 1 where something is mapped at all, else 0.
          if (machine.rules.cloneLocksMmap) inode.mmapLocked.set(state, inode.mmapLocked.mask);
        }
        return undefined;
      },
    },
    {
      name: 'inode_unlock',
      locks: held,
      does: 'Gives the locks back and returns.',
      apply: (state) => {
        for (const inode of both) inode.unreturned.end(state);
        giveLocksBack(range, state);
        return end;
      },
      goesTo: [end],
    },
  ];
}

function giveLocksBack({ source, target }: CloneRange, state: State): void {
  for (const inode of [source, target]) {
    inode.lock.set(state, 0);
    inode.mmapLocked.set(state, 0);
  }
}

/** BTRFS_INODE_NODATASUM of both files must agree: none is to have checksums for a part of its data only. */
function refuse(locks: string): Step {
  return {
    name: 'btrfs_remap_file_range_prep',
    locks,
    does: 'Only one of the files has checksums (BTRFS_INODE_NODATASUM): the clone returns -EINVAL.',
    says: () => 'returns -EINVAL: only one of the files has checksums',
    apply: () => undefined,
  };
}

/** btrfs_remap_file_range_prep, and the expansion of the destination. */
function prepare(context: OperationContext, range: CloneRange, held: string): Step[] {
  const { machine } = context;
  const { source, target, expanded } = range;
  const flushesSource = machine.rules.cloneFlushesSource;
  return [
    ...writeAndWait(
      context,
      source,
      (state) => (flushesSource ? below(source.segments.count) : range.sourceFlush(state)),
      range.sourceFlush,
      { what: 'the source', locks: held },
    ),
    ...writeAndWait(context, target, range.targetFlush, range.targetFlush, { what: 'the destination', locks: held }),
    {
      name: 'generic_remap_file_range_prep',
      locks: held,
      does: 'Checks the range: it lies within the source, ends at a block or at the end of the source, and that last block is not to lie inside the destination. Else the clone returns -EINVAL.',
      goesTo: ['start_ordered_extent to expand', 'inode_unlock'],
      says: range.refusal,
      apply: (state) => {
        if (range.refusal(state) !== undefined) return 'inode_unlock';
        range.begin(state);
        return 'start_ordered_extent to expand';
      },
    },
    startOrderedExtent(target, expanded, { locks: held, label: 'start_ordered_extent to expand' }),
    {
      name: 'cont_expand',
      locks: held,
      does: 'A clone to behind i_size first adds a hole extent map for the gap; the tail of the old last block is zeroed.',
      when: range.expands,
      ready: (state) => isIdle(target, state, expanded(state)),
      waitsFor: 'the ordered extents in the gap',
      apply: (state) => {
        contExpand(machine, target, state, range.before, context.fails(state, 'enomem', 'cont_expand'));
        return undefined;
      },
    },
    ...writeAndWait(context, target, expanded, expanded, { what: 'the gap', locks: held, needed: range.expands }),
  ];
}

/** btrfs_clone, one extent of the source after the other, under the range lock of the destination. */
function replaceExtents(context: OperationContext, range: CloneRange, held: string): Step[] {
  const { machine } = context;
  const { source, target, targetBlocks, nextPiece } = range;
  const mayBeInline = source.tree.inline.mask === 1;
  const locks = `${held}, range lock`;
  const done = mayBeInline ? 'unlock_extent' : 'truncate_inode_pages_range';
  const unlockExtent = (state: State) => target.orderedExtents.unlockRange(state, targetBlocks(state));
  return [
    startOrderedExtent(target, targetBlocks, { locks: held, label: 'start_ordered_extent' }),
    {
      name: 'lock_extent',
      locks: held,
      does: 'Locks the range of the destination.',
      ready: (state) => isIdle(target, state, targetBlocks(state)),
      waitsFor: 'the ordered extents in the range',
      apply: (state) => {
        target.orderedExtents.lockRange(state, targetBlocks(state));
        return undefined;
      },
    },
    ...(mayBeInline && machine.rules.cloneCopiesInlineToPage ? [copyInlineToPage(machine, range, locks)] : []),
    startTransaction(context, locks),
    ...(mayBeInline ? [cloneCopyInlineExtent(context, range, locks, done)] : []),
    {
      name: 'btrfs_replace_file_extents',
      locks,
      does: 'Drops the items and the extent maps of the destination up to the end of the next extent of the source, and inserts an item that points to its blocks; moves i_size and disk_i_size. From 3.16 to 5.3 extent maps on the list of modified extents tell fsync of it, since 5.4 the full-sync flag.',
      apply: (state) => {
        const fails = context.fails(state, 'enomem', 'btrfs_replace_file_extents');
        cloneExtents(machine, range, state, nextPiece(state), fails);
        return undefined;
      },
    },
    {
      name: 'clone_finish_inode_update',
      locks,
      does: 'Updates the inode item, ends the transaction handle, and goes on with the next extent.',
      goesTo: ['start_transaction', done],
      apply: (state) => {
        setInodeLastTrans(machine, target, state);
        machine.transaction.end(state, context.task);
        if (!range.advance(state, nextPiece(state))) return done;
        return 'start_transaction';
      },
    },
    ...(mayBeInline ? writeCopied() : []),
    {
      name: 'truncate_inode_pages_range',
      locks: held,
      does: 'Unlocks the range, unless that is done, and drops its pages, so that reads see what was cloned. With a page, page release can drop the extent map that begins there.',
      apply: (state) => {
        if (!mayBeInline) unlockExtent(state);
        dropPages(machine, target, state, targetBlocks(state));
        return undefined;
      },
    },
  ];

  /** What was copied into a page of the destination must not be dropped with it. */
  function writeCopied(): Step[] {
    return [
      {
        name: 'unlock_extent',
        locks: held,
        does: 'Unlocks the range.',
        apply: (state) => {
          unlockExtent(state);
          return undefined;
        },
      },
      ...(machine.rules.cloneCopiesInlineToPage
        ? writeAndWait(context, target, targetBlocks, targetBlocks, {
            what: 'what was copied',
            locks: held,
            failed: 'truncate_inode_pages_range',
          })
        : []),
    ];
  }
}
