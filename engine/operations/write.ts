import type { Inode } from '../model/inode.ts';
import type { Machine } from '../model/machine.ts';
import type { FileOperation } from '../scenario.ts';
import { below, lowest } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import { canExpand, contExpand, unalignedTail } from './cont-expand.ts';
import type { OperationContext } from './context.ts';
import { isIdle, pagesAreUnlocked, startOrderedExtent, unsubmittedOf } from './delalloc.ts';
import type { Step } from './step.ts';

/** `write F R`: btrfs_buffered_write. Nothing but the page cache and i_size changes. */
export function write(context: OperationContext, operation: FileOperation): Step[] {
  const { machine, task, fails } = context;
  const inode = machine.inodes[operation.file]!;
  const { pages, orderedExtents } = inode;
  const target = (state: State) => inode.segments.maskAt(operation.range, inode.size.get(state));
  const blocks = (state: State) => inode.segments.wholeBlocks(target(state));
  const startsInside = (state: State) => (blocks(state) & inode.inside(state)) !== 0;
  /** lock_and_cleanup_extent_if_need: only a write that begins inside i_size looks for ordered extents. */
  const ordered = (state: State) => (startsInside(state) ? orderedExtents.overlapping(state, blocks(state)) : 0);
  const canLock = (state: State) => !inode.isLockedByOther(state, task);

  /** What expanding touches: the gap, and the last block, whose tail is zeroed. */
  const expanded = (state: State) => gap(inode, state, blocks(state)) | unalignedTail(inode, state).block;

  return [
    startOrderedExtent(inode, (state) => (gap(inode, state, blocks(state)) === 0 ? 0 : expanded(state)), {
      label: 'start_ordered_extent to expand',
    }),
    {
      name: 'cont_expand',
      locks: 'inode lock',
      does: 'A write behind i_size first adds a hole extent map for the gap, on the list of modified extents.',
      when: (state) => gap(inode, state, blocks(state)) !== 0,
      ready: (state) =>
        canLock(state) && isIdle(inode, state, expanded(state)) && canExpand(inode, state, blocks(state)),
      waitsFor: 'the inode lock and the ordered extents in the gap',
      apply: (state) => {
        inode.lock.set(state, task + 1);
        contExpand(machine, inode, state, blocks(state), fails(state, 'enomem', 'cont_expand'));
        return undefined;
      },
    },
    {
      name: 'start_ordered_extent',
      locks: 'inode lock',
      does: 'An open ordered extent is in the way: writes the rest of it, in order to wait for its completion.',
      when: (state) => startsInside(state) && unsubmittedOf(inode, state, blocks(state)) !== 0,
      ready: (state) => canLock(state) && pagesAreUnlocked(inode, state),
      waitsFor: 'the inode lock',
      // Somebody may begin another one meanwhile.
      goesTo: ['start_ordered_extent'],
      apply: (state) => {
        inode.lock.set(state, task + 1);
        inode.submit(state, unsubmittedOf(inode, state, blocks(state)));
        return 'start_ordered_extent';
      },
    },
    {
      name: 'dirty_pages',
      locks: 'inode lock, page locks, range lock',
      does: 'Copies the data into the page cache, marks the pages dirty and moves i_size. No transaction is joined.',
      ready: (state) =>
        canLock(state) &&
        ordered(state) === 0 &&
        (blocks(state) & orderedExtents.rangeLocked.get(state) & ~orderedExtents.covered.get(state)) === 0 &&
        (blocks(state) & (pages.writeback.get(state) | pages.locked.get(state))) === 0,
      waitsFor: 'the inode lock, and the ordered extents that overlap the range',
      apply: (state) => {
        const mask = target(state);
        const touched = blocks(state);
        inode.changeContent(state, mask, false);
        pages.makeDirty(state, touched);
        const endIndex = 32 - Math.clz32(mask);
        inode.size.change(state, Math.max(inode.size.get(state), endIndex));
        noteWrite(machine, inode, state);
        inode.lock.set(state, 0);
        return undefined;
      },
    },
  ];
}

/** What write(2) leaves in the inode for the next fsync to see: no transaction is joined. */
export function noteWrite({ transaction, log, rules, guards }: Machine, inode: Inode, state: State): void {
  inode.lastSubTrans.set(state, log.transid.get(state));
  const guesses = rules.fastFsyncLogsRunningExtents && !guards['skip-fsync.ordered-extents'];
  if (guesses) inode.lastTrans.set(state, transaction.generation.get(state) + 1);
}

/** The segments between i_size and the beginning of `mask`. */
function gap(inode: Inode, state: State, mask: number): number {
  return mask === 0 ? 0 : below(lowest(mask)) & ~inode.inside(state);
}
