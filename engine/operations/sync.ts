import type { State } from '../state/layout.ts';
import { commitAndWait } from './commit-and-wait.ts';
import type { OperationContext } from './context.ts';
import { pagesAreUnlocked, unsubmitted, writeRange } from './delalloc.ts';
import type { Step } from './step.ts';
import { tellsError } from './write-failure.ts';

/** `sync`: syncfs. Writes all dirty data, waits for it, and commits the running transaction. */
export function sync(context: OperationContext): Step[] {
  const { machine, task, promise } = context;
  const { inodes, rules } = machine;
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
      apply: (state) => {
        promise.call(state);
        for (const inode of inodes) writeRange(inode, state, inode.pages.dirty.get(state));
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
    ...commitAndWait(context, finish, outcome),
  ];

  /** An error of the super block that this task has not been told of. */
  function fails(state: State): boolean {
    return rules.syncfsTellsErrors && inodes.some(({ writeErrors }) => writeErrors.untoldBySync(state, task));
  }

  function outcome(state: State): string | undefined {
    return fails(state) ? tellsError : undefined;
  }

  function finish(state: State): void {
    if (!fails(state)) promise.fulfil(state);
    for (const { writeErrors } of inodes) writeErrors.tellBySync(state, task);
  }
}
