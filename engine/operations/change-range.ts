import type { Inode } from '../model/inode.ts';
import { type Machine, setInodeLastTrans } from '../model/machine.ts';
import type { State } from '../state/layout.ts';
import type { OperationContext } from './context.ts';
import { isIdle, pagesAreUnlocked, startOrderedExtent, unsubmittedOf, writeRange } from './delalloc.ts';
import { dropPages } from './drop-pages.ts';
import { end, following, type Step } from './step.ts';
import { tellsError } from './write-failure.ts';

/** Whole blocks of a range, and the blocks that it covers in part. */
export function splitBlocks(inode: Inode, range: number): { readonly whole: number; readonly partial: number } {
  const outside = inode.segments.wholeBlocks(range) & ~range;
  const partial = outside === 0 ? 0 : inode.segments.wholeBlocks(outside);
  return { whole: range & ~partial, partial };
}

/** Label of the step for an operation to which a wait has told an error of writeback. */
const waitFailed = 'return of an error of writeback';

/**
 * The steps with which punch, zero-range and fallocate begin: the lock, then everything in the range written and complete.
 * An error of writeback, which the wait takes, leads to `failedWait`.
 */
export function lockAndFlush(
  { task, fails }: OperationContext,
  inode: Inode,
  range: (state: State) => number,
): [lock: Step, ...flush: Step[]] {
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
        writeRange(inode, state, pages.dirty.get(state) & blocks(state), fails(state, 'io', 'start_ordered_ops'));
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
      ...(inode.writeErrors.possible ? { goesTo: [following, waitFailed] } : {}),
      apply: (state) => {
        if (!inode.writeErrors.inMapping(state)) return undefined;
        inode.writeErrors.takeFromMapping(state);
        return waitFailed;
      },
    },
  ];
}

/** The end of an operation that `lockAndFlush` lets down; none where no write can fail. */
export function failedWait(inode: Inode): Step[] {
  if (!inode.writeErrors.possible) return [];
  return [
    {
      name: 'return',
      label: waitFailed,
      locks: 'inode lock',
      does: 'Data in the way could not be written: gives the inode lock back and returns -EIO. Nothing is changed.',
      says: () => tellsError,
      goesTo: [end],
      apply: (state) => {
        inode.lock.set(state, 0);
        return end;
      },
    },
  ];
}

/**
 * The steps that keep everybody away from `blocks` until `unlockRange`: btrfs_punch_hole_lock_range, which tries
 * again until no ordered extent and no page is there, or the same by fallocate, which leaves the pages.
 */
export function lockRange(
  machine: Machine,
  inode: Inode,
  blocks: (state: State) => number,
  dropsPages: boolean,
): Step[] {
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
        if (dropsPages) dropPages(machine, inode, state, blocks(state));
        orderedExtents.lockRange(state, blocks(state));
        return undefined;
      },
    },
  ];
}

/** How such an operation ends: the inode item is updated, the handle and the inode lock are given back. */
export function updateInodeAndUnlock(machine: Machine, inode: Inode, state: State): typeof end {
  setInodeLastTrans(machine, inode, state);
  return endAndUnlock(machine, inode, state);
}

/** Gives the handle and the inode lock back. */
export function endAndUnlock({ transaction }: Machine, inode: Inode, state: State): typeof end {
  transaction.endStarted(state);
  inode.unreturned.end(state);
  inode.lock.set(state, 0);
  return end;
}
