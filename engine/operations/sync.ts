import type { State } from '../state/layout.ts';
import { commitAndWait } from './commit-and-wait.ts';
import type { OperationContext } from './context.ts';
import { pagesAreUnlocked, unsubmitted, writeRange } from './delalloc.ts';
import { end, following, type Step } from './step.ts';

/** What a sync says that is told of an error. */
const tellsError = 'returns -EIO: data or the log tree could not be written';

/** What a sync of a read-only file system says. */
const syncsNothing = 'the file system has gone read-only: returns 0, and writes nothing';

/** `sync`: syncfs. Writes all dirty data, waits for it, and commits the running transaction. */
export function sync(context: OperationContext): Step[] {
  const { machine, task, promise, fails } = context;
  const { inodes, rules, superErrors, transaction } = machine;
  const inFlight = (state: State) => inodes.some((inode) => inode.orderedExtents.covered.get(state) !== 0);
  const open = (state: State) => inodes.some((inode) => unsubmitted(inode, state) !== 0);
  const unlocked = (state: State) => inodes.every((inode) => pagesAreUnlocked(inode, state));

  return [
    {
      name: 'sync_inodes_sb',
      locks: '',
      does: 'Starts writeback of all dirty pages of all files.',
      ready: unlocked,
      waitsFor: 'the page locks that a writeback holds',
      ...(transaction.mayAbort ? { goesTo: [following, end] } : {}),
      says: (state) => (transaction.isAborted(state) ? (outcome(state) ?? syncsNothing) : undefined),
      apply: (state) => {
        promise.call(state);
        if (transaction.isAborted(state)) {
          // sync_filesystem: no point in syncing a read-only file system.
          finish(state);
          return end;
        }
        const failing = fails(state, 'io', 'sync_inodes_sb');
        for (const inode of inodes) writeRange(inode, state, inode.pages.dirty.get(state), failing);
        return undefined;
      },
    },
    {
      name: 'start_ordered_extent',
      locks: '',
      does: 'Writes the rest of ordered extents that were begun since, in order to wait for them.',
      when: open,
      goesTo: ['start_ordered_extent'],
      ready: unlocked,
      waitsFor: 'the page locks that a writeback holds',
      apply: (state) => {
        for (const inode of inodes) inode.submit(state, unsubmitted(inode, state));
        return 'start_ordered_extent';
      },
    },
    {
      name: 'wait_ordered_roots',
      locks: '',
      does: 'Waits for the completion of every ordered extent.',
      ready: (state) => !inFlight(state),
      waitsFor: 'the ordered extents of all files to complete',
      apply: () => undefined,
    },
    ...commitAndWait(context, { finish, fail: tell, outcome }),
  ];

  /** An error of the super block that this task has not been told of. */
  function isUntold(state: State): boolean {
    return rules.syncfsTellsErrors && superErrors.isUntold(state, task);
  }

  function outcome(state: State): string | undefined {
    return isUntold(state) ? tellsError : undefined;
  }

  function finish(state: State): void {
    if (!isUntold(state)) promise.fulfil(state);
    tell(state);
  }

  function tell(state: State): void {
    superErrors.tell(state, task);
  }
}
