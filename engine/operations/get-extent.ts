import type { Inode } from '../model/inode.ts';
import { lowest, runFrom } from '../state/bits.ts';
import type { State } from '../state/layout.ts';

/**
 * btrfs_get_extent, where it finds a hole: all of the hole extent map at the beginning of a contiguous `range`, or 0 for no
 * hole. One that is not cached is loaded, up to the next item, the next cached extent map or the end of the range, and
 * merged with hole extent maps beside it that are on no list (btrfs_add_extent_mapping, try_merge_map).
 */
export function getHole({ extentMaps, tree }: Inode, state: State, range: number): number {
  if (range === 0) return 0;
  const first = lowest(range);
  if (extentMaps.startAt(state, first) < 0) {
    const described = tree.data.get(state) | tree.prealloc.get(state) | extentMaps.covered.get(state);
    const hole = runFrom(range & ~described, first);
    if (hole === 0) return 0;
    extentMaps.loadHole(state, hole);
  }
  const start = extentMaps.startAt(state, first);
  return extentMaps.kind(state, start) === 'hole' ? extentMaps.from(state, start) : 0;
}
