import type { Inode } from '../model/inode.ts';
import type { State } from '../state/layout.ts';

/** truncate_inode_pages for whole blocks: what was dirty is forgotten, and what was never submitted leaves its ordered extent. */
export function dropPages(inode: Inode, state: State, blocks: number): void {
  const { pages, orderedExtents, extentMaps } = inode;
  const unsubmitted = blocks & pages.dirty.get(state) & orderedExtents.covered.get(state);
  const cut = orderedExtents.truncate(state, unsubmitted);
  if (cut !== 0) extentMaps.drop(state, cut);
  pages.dirty.set(state, pages.dirty.get(state) & ~blocks);
  pages.drop(state, blocks);
}
