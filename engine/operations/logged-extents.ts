import type { Inode } from '../model/inode.ts';
import type { Machine } from '../model/machine.ts';
import { below } from '../state/bits.ts';
import type { Field, State } from '../state/layout.ts';
import { pagesAreUnlocked, unsubmitted } from './delalloc.ts';
import type { FsyncScope } from './fsync-scope.ts';
import type { Step } from './step.ts';

/**
 * Ordered extents that a log needs, until b5e6c3e170b7 (4.19): an fsync takes them along when it begins to log, its log
 * items wait for their IO and copy their checksums, and who syncs the log waits for the IO of all of them.
 */

/** The step that takes them along. */
export function getLoggedExtents({ machine, inode, blocks }: FsyncScope): Step {
  const all = below(inode.segments.count);
  return {
    name: 'btrfs_get_logged_extents',
    locks: 'inode lock, inode log_mutex',
    does: `Takes along the ordered extents ${machine.rules.takesOrderedExtentsOfRange ? 'of the range' : 'of the file'} that no fsync has taken.`,
    apply: (state) => {
      inode.logMutex.set(state, inode.logMutex.mask);
      inode.orderedExtents.take(state, machine.rules.takesOrderedExtentsOfRange ? blocks(state) : all);
      return undefined;
    },
  };
}

/** The part of btrfs_sync_log that waits for those of a log transaction, in all files. */
export function waitLoggedExtents({ inodes, transaction, guards }: Machine, transid: Field): Step[] {
  const becomePending = guards['commit.logged-ordered-extents'] === true;
  const blocks = ({ orderedExtents }: Inode, state: State) =>
    orderedExtents.union(state, orderedExtents.loggedInto(state, transid.get(state)));
  return [
    {
      name: 'start_ordered_extent',
      label: 'start_ordered_extent of logged extents',
      locks: 'log root log_mutex',
      does: 'Writes the rest of the ordered extents that were logged, in order to wait for it.',
      when: (state) => inodes.some((inode) => (unsubmitted(inode, state) & blocks(inode, state)) !== 0),
      ready: (state) => inodes.every((inode) => pagesAreUnlocked(inode, state)),
      waitsFor: 'the page locks that a writeback holds',
      apply: (state) => {
        for (const inode of inodes) inode.submit(state, unsubmitted(inode, state) & blocks(inode, state));
        return undefined;
      },
    },
    {
      name: 'btrfs_wait_logged_extents',
      locks: 'log root log_mutex',
      does: `Waits for the IO of the ordered extents that were logged, not for their completion${becomePending ? '; the commit waits for that' : ''}.`,
      ready: (state) => inodes.every((inode) => (inode.inFlight(state) & blocks(inode, state)) === 0),
      waitsFor: 'the data of the logged extents to be written',
      apply: (state) => {
        for (const { orderedExtents } of inodes) {
          const pending = orderedExtents.finishWait(state, transid.get(state), becomePending);
          transaction.pendingOrdered.add(state, pending);
        }
        return undefined;
      },
    },
  ];
}
