import type { Inode } from '../model/inode.ts';
import type { Machine } from '../model/machine.ts';
import { below, highest } from '../state/bits.ts';
import type { State } from '../state/layout.ts';

/** Which file-extent items btrfs_log_inode copies, where they are kept one by one; see `ExtentItems`. */

/**
 * copy_inode_items_to_log, of a range: names, extents but those that the log can do without, and all behind i_size. There
 * is one leaf, which has the items of all files here; it is looked at only if it was changed in the transaction.
 */
export function copyItems(machine: Machine, inode: Inode, state: State, range: number): void {
  const { transaction, rules, inodes } = machine;
  const { tree, log } = inode;
  const changed = inodes.some((other) => other.tree.items.changed.get(state) === 1);
  if (changed || !rules.fullSyncLeavesDelayedInode) {
    const cloned = inode.mayBeCloned(state, transaction.generation.get(state));
    log.names.set(state, log.names.mask);
    for (const item of tree.items.beginningIn(state, inode.inside(state))) {
      const skipped = rules.fullSyncSkipsOldExtents && !cloned && !tree.items.isFresh(state, item.extent);
      if (!skipped) log.items.insert(state, item.extent & range, item.type);
    }
  }
  copyItemsBehindEof(inode, state);
}

/**
 * btrfs_log_prealloc_extents: where the subvolume tree has items that begin behind i_size, what the log has there is
 * deleted first, from the end of a prealloc extent across i_size on (f135cea30de5).
 */
export function copyItemsBehindEof(inode: Inode, state: State): void {
  const { tree, log, segments } = inode;
  const behind = below(segments.count) & ~segments.wholeBlocks(inode.inside(state));
  const items = tree.items.beginningIn(state, behind);
  if (items.length === 0) return;
  const size = inode.size.get(state);
  const last = size === 0 ? undefined : tree.items.at(state, size - 1);
  const kept = last?.type === 'prealloc' ? last.extent : 0;
  log.items.drop(state, behind & ~kept);
  for (const { extent, type } of items) log.items.insert(state, extent, type);
}

/**
 * btrfs_log_holes: one hole item for each gap between two items, which may end behind i_size, and one from the last item to
 * i_size (a89ca6f24ffe).
 */
export function logGaps({ guards }: Machine, inode: Inode, state: State, range: number): void {
  const { tree, log, segments, size } = inode;
  if (size.get(state) === 0) return;
  const covered = tree.items.covered(state);
  const last = covered === 0 ? 0 : highest(covered) + 1;
  const end = guards['full-fsync.trailing-hole'] ? Math.max(size.get(state), last) : last;
  log.items.insert(state, segments.wholeBlocks(below(end)) & ~covered & range, 'hole');
}
