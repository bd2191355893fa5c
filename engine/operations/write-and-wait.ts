import type { Inode } from '../model/inode.ts';
import type { State } from '../state/layout.ts';
import { pagesAreUnlocked, unsubmittedOf, writeRange } from './delalloc.ts';
import type { Step } from './step.ts';

/** btrfs_wait_ordered_range: writes what is dirty in `written`, and waits for the ordered extents of `awaited`. */
export function writeAndWait(
  inode: Inode,
  written: (state: State) => number,
  awaited: (state: State) => number,
  { what, locks, needed = () => true }: { what: string; locks: string; needed?: (state: State) => boolean },
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
        writeRange(inode, state, pages.dirty.get(state) & written(state));
        inode.submit(state, unsubmittedOf(inode, state, awaited(state)));
        return undefined;
      },
    },
    {
      name: 'wait_ordered_range',
      label: `wait_ordered_range of ${what}`,
      locks,
      does: `Waits for the ordered extents in ${what}.`,
      when: needed,
      ready: (state) => (orderedExtents.covered.get(state) & awaited(state)) === 0,
      waitsFor: `the ordered extents in ${what} to complete`,
      apply: () => undefined,
    },
  ];
}
