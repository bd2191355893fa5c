import type { Inode } from '../model/inode.ts';
import { below } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import { commitAndWait } from './commit-and-wait.ts';
import type { OperationContext } from './context.ts';
import { pagesAreUnlocked, startOrderedExtent, writeRange } from './delalloc.ts';
import type { Step } from './step.ts';

/** Label of the first step of `commitFallback`. */
export const fallBackToCommit = 'inode_unlock to commit';

/** What an fsync does at its end, whichever way it takes. */
interface FsyncEnd {
  /** Gives the inode lock back. */
  readonly unlock: (state: State) => undefined;
  /** Promises, or tells of a write error. */
  readonly finish: (state: State) => void;
  /** What it returns, in words, if that is an error. */
  readonly outcome: (state: State) => string | undefined;
}

/**
 * How btrfs_sync_file ends when the log cannot be used (BTRFS_LOG_FORCE_COMMIT): the transaction that the fsync has
 * started is committed, with all that others have in it.
 */
export function commitFallback(context: OperationContext, inode: Inode, end: FsyncEnd): Step[] {
  const { transaction, rules } = context.machine;
  const { pages, orderedExtents } = inode;
  // Before 487781796d30 every fsync has waited already; a full one has since.
  const waits = rules.fastFsyncWaitsForWritebackOnly;
  const all = below(inode.segments.count);
  return [
    {
      name: 'inode_unlock',
      label: fallBackToCommit,
      locks: 'inode lock',
      does: 'The log cannot be used: gives the inode lock back in order to commit the transaction.',
      apply: end.unlock,
    },
    {
      name: 'btrfs_end_transaction',
      locks: '',
      does: 'Gives the transaction handle back: what still has to be waited for may need the transaction.',
      apply: (state) => {
        transaction.endStarted(state);
        return undefined;
      },
    },
    ...(waits ? waitOrderedRange() : []),
    ...commitAndWait(context, end.finish, end.outcome),
  ];

  function waitOrderedRange(): Step[] {
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
        does: 'Waits for the completion of every ordered extent: only complete ones are part of the transaction.',
        ready: (state) => orderedExtents.covered.get(state) === 0,
        waitsFor: 'the ordered extents of the file to complete',
        apply: () => undefined,
      },
    ];
  }
}
