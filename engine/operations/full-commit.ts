import type { Inode } from '../model/inode.ts';
import { below } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import { commitAndWait } from './commit-and-wait.ts';
import type { OperationContext } from './context.ts';
import { pagesAreUnlocked, startOrderedExtent, writeRange } from './delalloc.ts';
import type { Step } from './step.ts';

/** Label of the first of the steps of `fullCommit`. */
export const toCommit = 'end_transaction to commit';

/** What an fsync does at its end, whichever way it takes. */
export interface FsyncEnd {
  /** Gives the inode lock back. */
  readonly unlock: (state: State) => undefined;
  /** Promises, or tells of a write error. */
  readonly finish: (state: State) => void;
  /** What it returns, in words, if that is an error. */
  readonly outcome?: (state: State) => string | undefined;
}

/**
 * How an fsync ends that cannot be done by the log (BTRFS_LOG_FORCE_COMMIT): the whole transaction is committed, and
 * with it everything of the other files that is complete. `waits`: the steps that wait for what is on its way to the tree.
 */
export function fullCommit(context: OperationContext, { finish, outcome }: FsyncEnd, waits: readonly Step[]): Step[] {
  const { transaction } = context.machine;
  return [
    {
      name: 'end_transaction',
      label: toCommit,
      locks: '',
      does: 'Ends the transaction handle, in order to wait for ordered extents without it.',
      apply: (state) => {
        transaction.endStarted(state);
        return undefined;
      },
    },
    ...waits,
    ...commitAndWait(context, finish, outcome, ' of fsync'),
  ];
}

/** btrfs_wait_ordered_range of a whole file. */
export function writeAndWait(inode: Inode): Step[] {
  const { pages, orderedExtents } = inode;
  const all = below(inode.segments.count);
  return [
    {
      name: 'btrfs_fdatawrite_range',
      locks: '',
      does: 'Writes what is dirty by now.',
      when: (state) => pages.dirty.get(state) !== 0,
      ready: (state) => pagesAreUnlocked(inode, state),
      waitsFor: 'the page locks that a writeback holds',
      apply: (state) => {
        writeRange(inode, state, pages.dirty.get(state));
        return undefined;
      },
    },
    startOrderedExtent(inode, () => all, { label: 'start_ordered_extent to commit' }),
    {
      name: 'wait_ordered_range',
      label: 'wait_ordered_range to commit',
      locks: '',
      does: 'Waits for the completion of the ordered extents of the file: a commit has only what is complete.',
      ready: (state) => orderedExtents.covered.get(state) === 0,
      waitsFor: 'the ordered extents of the file to complete',
      apply: () => undefined,
    },
  ];
}
