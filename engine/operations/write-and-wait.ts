import type { Inode } from '../model/inode.ts';
import type { State } from '../state/layout.ts';
import type { OperationContext } from './context.ts';
import { pagesAreUnlocked, unsubmittedOf, writeRange } from './delalloc.ts';
import { following, type Step } from './step.ts';
import { tellsError } from './write-failure.ts';

/**
 * btrfs_wait_ordered_range: writes what is dirty in `written`, and waits for the ordered extents of `awaited`. An error of
 * writeback, which it takes, makes the clone go on at `failed`.
 */
export function writeAndWait(
  { fails }: OperationContext,
  inode: Inode,
  written: (state: State) => number,
  awaited: (state: State) => number,
  {
    what,
    locks,
    needed,
    failed = 'inode_unlock',
  }: { what: string; locks: string; needed?: (state: State) => boolean; failed?: string },
): Step[] {
  const { pages, orderedExtents } = inode;
  return [
    {
      name: 'start_ordered_ops',
      label: `start_ordered_ops of ${what}`,
      locks,
      does: `Writes what is dirty in ${what}, in order to wait for it.`,
      when: (state) =>
        (pages.dirty.get(state) & written(state)) !== 0 || unsubmittedOf(inode, state, awaited(state)) !== 0,
      ready: (state) => pagesAreUnlocked(inode, state),
      waitsFor: 'the page locks that a writeback holds',
      apply: (state) => {
        writeRange(inode, state, pages.dirty.get(state) & written(state), fails(state, 'io', 'start_ordered_ops'));
        inode.submit(state, unsubmittedOf(inode, state, awaited(state)));
        return undefined;
      },
    },
    {
      name: 'wait_ordered_range',
      label: `wait_ordered_range of ${what}`,
      locks,
      does: `Waits for the ordered extents in ${what}.`,
      ...(needed && { when: needed }),
      ready: (state) => (orderedExtents.covered.get(state) & awaited(state)) === 0,
      waitsFor: `the ordered extents in ${what} to complete`,
      ...(inode.writeErrors.possible ? { goesTo: [following, failed] } : {}),
      says: (state) => (inode.writeErrors.inMapping(state) ? tellsError : undefined),
      apply: (state) => {
        if (!inode.writeErrors.inMapping(state)) return undefined;
        inode.writeErrors.takeFromMapping(state);
        return failed;
      },
    },
  ];
}
