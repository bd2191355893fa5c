import type { Inode } from '../model/inode.ts';
import type { Machine } from '../model/machine.ts';
import type { State } from '../state/layout.ts';
import { releaseExtentMap } from './release-extent-map.ts';

/**
 * truncate_inode_pages for whole blocks: what was dirty is forgotten, and what was never submitted leaves its ordered
 * extent. Each page goes the way of page release (btrfs_invalidatepage), which can take an extent map with it.
 */
export function dropPages(machine: Machine, inode: Inode, state: State, blocks: number): void {
  const { pages, orderedExtents, extentMaps, segments } = inode;
  const unsubmitted = blocks & pages.dirty.get(state) & orderedExtents.covered.get(state);
  const cut = orderedExtents.truncate(state, unsubmitted);
  if (cut !== 0) extentMaps.drop(state, cut);
  inode.blocks.forget(state, cut);
  pages.dirty.exclude(state, blocks);
  for (let rest = blocks & pages.cached.get(state); rest !== 0; ) {
    const page = segments.wholeBlocks(rest & -rest);
    releaseExtentMap(machine, inode, state, page);
    rest &= ~page;
  }
  pages.drop(state, blocks);
}
