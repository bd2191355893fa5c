import type { Inode } from '../model/inode.ts';
import type { Machine } from '../model/machine.ts';
import { lowest } from '../state/bits.ts';
import type { State } from '../state/layout.ts';

/** try_release_extent_mapping leaves files of at most this size alone (SZ_16M in the kernel, until 6.10). */
const largeFile = 16 * 1024 * 1024;

/**
 * The critical section of try_release_extent_mapping for the extent map that begins at `page`: of page release by
 * memory reclaim, and of the invalidation of pages by truncate, punch, clone and direct IO.
 */
export function releaseExtentMap({ rules, guards, transaction }: Machine, inode: Inode, state: State, page: number) {
  const { segments, extentMaps, orderedExtents } = inode;
  if (rules.releaseNeedsLargeFile && segments.cuts[inode.size.get(state)]! <= largeFile) return;
  const start = lowest(page);
  const bit = 1 << start;
  if (extentMaps.starts.within(state, bit) === 0) return;
  // 3d6448e63159; fbc2bd7e7aad lets go of those that a commit has made, or will make, durable.
  const isListed = () => extentMaps.modified.within(state, bit) !== 0;
  const isOlder = () => extentMaps.generation[start]!.get(state) < transaction.generation.get(state);
  if (guards['releasepage.modified-list'] && isListed() && !(rules.releaseTakesCommittedExtents && isOlder())) return;
  if (extentMaps.pinned.within(state, bit) !== 0) return;
  if (orderedExtents.rangeLocked.within(state, extentMaps.from(state, start)) !== 0) return;
  // bd3599a0e142, in the same critical section; gone with 5e548b32018d.
  if (guards['releasepage.full-sync-flag'] && rules.releaseMaySetFullSync) inode.needsFullSync.set(state, 1);
  extentMaps.removeExtentMapping(state, start);
}
