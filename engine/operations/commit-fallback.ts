import type { Inode } from '../model/inode.ts';
import type { Machine } from '../model/machine.ts';
import { below } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import { commitAndWait, readOnly, type SyncEnd } from './commit-and-wait.ts';
import type { OperationContext } from './context.ts';
import { pagesAreUnlocked, startOrderedExtent, writeRange } from './delalloc.ts';
import { following, type Step } from './step.ts';

/** Label of the first step of `commitFallback`. */
export const fallBackToCommit = 'inode_unlock to commit';

/** Label of the step of `commitFallback` for who has given the inode lock back already. */
export const toCommit = 'btrfs_end_transaction to commit';

/** Can it happen that the log does not do, so that an fsync has to commit the transaction? */
export function mayFallBack({ log, mount }: Machine): boolean {
  return log.mayBeGivenUp || mount.notreelog;
}

/** What an fsync does at its end, whichever way it takes. */
export interface FsyncEnd extends SyncEnd {
  /** Gives the inode lock back. */
  readonly unlock: (state: State) => undefined;
}

/**
 * How btrfs_sync_file ends when the log cannot be used (BTRFS_LOG_FORCE_COMMIT): the transaction that the fsync has
 * started is committed, with all that others have in it. `file`: what is to be complete first, if it is no directory.
 */
export function commitFallback(context: OperationContext, end: FsyncEnd, file?: Inode): Step[] {
  const { machine } = context;
  if (!mayFallBack(machine)) return [];
  const { transaction, rules } = machine;
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
      label: toCommit,
      locks: '',
      does: 'Gives the transaction handle back: what still has to be waited for may need the transaction.',
      ...(transaction.mayAbort ? { goesTo: [following, readOnly] } : {}),
      apply: (state) => {
        transaction.endStarted(state);
        return transaction.isAborted(state) ? readOnly : undefined;
      },
    },
    // From b5e6c3e170b7 to 487781796d30 every fsync has waited already; before and since, a full one has.
    ...(file !== undefined && (rules.fastFsyncLogsRunningExtents || rules.fastFsyncWaitsForWritebackOnly)
      ? waitOrderedRange(file)
      : []),
    ...commitAndWait(context, end, ' of fsync'),
  ];
}

function waitOrderedRange(inode: Inode): Step[] {
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
      does: 'Waits for the completion of every ordered extent: only complete ones are part of the transaction.',
      ready: (state) => orderedExtents.covered.get(state) === 0,
      waitsFor: 'the ordered extents of the file to complete',
      apply: () => undefined,
    },
  ];
}
