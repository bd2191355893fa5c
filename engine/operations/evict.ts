import type { FileOperation } from '../scenario.ts';
import { below } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import type { OperationContext } from './context.ts';
import type { Step } from './step.ts';

/**
 * `evict F`: the inode leaves memory and comes back from the subvolume tree at the next access. An inode with
 * dirty pages or ordered extents, or one that a task holds the lock of, stays.
 */
export function evict({ machine }: OperationContext, operation: FileOperation): Step[] {
  const { transaction } = machine;
  const inode = machine.inodes[operation.file]!;
  const { pages, orderedExtents, extentMaps } = inode;
  const canGo = (state: State) =>
    (pages.dirty.get(state) | pages.writeback.get(state) | orderedExtents.covered.get(state)) === 0 &&
    inode.lock.get(state) === 0;

  return [
    {
      name: 'btrfs_evict_inode',
      locks: '',
      does: 'Drops all pages and all extent maps, listed or not. What memory knew of the log is lost; an inode that changed in the running transaction comes back with the full-sync flag.',
      says: (state) => (canGo(state) ? undefined : 'the inode is in use'),
      apply: (state) => {
        if (!canGo(state)) return undefined;
        pages.drop(state, below(inode.segments.count));
        extentMaps.drop(state, below(inode.segments.count));
        const generation = transaction.generation.get(state);
        // Before there is another transaction, an inode with the flag may well be of the last one.
        if (generation > 0) inode.needsFullSync.set(state, inode.lastTrans.get(state) === generation ? 1 : 0);
        // Pessimistic: it is not known whether the inode was cloned into.
        inode.noteReflink(state, inode.lastTrans.get(state));
        // So is last_unlink_trans: it is not known whether names were added or removed.
        inode.lastUnlinkTrans.set(state, inode.lastTrans.get(state) & inode.lastUnlinkTrans.mask);
        inode.copyEverything.set(state, 0);
        inode.loggedTrans.set(state, 0);
        inode.loggedTransid.set(state, 0);
        inode.lastSubTrans.set(state, 0);
        inode.setLastLogCommit(state, 0);
        inode.flushOnClose.set(state, 0);
        inode.writeErrors.forget(state);
        return undefined;
      },
    },
  ];
}
