import type { Inode } from '../model/inode.ts';
import type { Machine } from '../model/machine.ts';
import type { State } from '../state/layout.ts';

/**
 * btrfs_drop_extent_map_range. Where memory for the parts that stick out is wanting (`fails`), the whole extent map goes;
 * since cef7820d6abf the next fsync is a full one if it was listed.
 */
export function dropExtentMaps({ guards }: Machine, inode: Inode, state: State, range: number, fails: boolean): void {
  const unlisted = inode.extentMaps.drop(state, range, fails);
  if (unlisted && guards['drop-extent-maps.full-sync-flag']) inode.setFullSync(state, inode.lastTrans.get(state));
}

/**
 * Replaces the extent maps of a range by what `insert` adds. Memory can be wanting for the parts that stick out, or,
 * where none does, for the new one: then the next fsync is a full one.
 */
export function replaceExtentMaps(
  machine: Machine,
  inode: Inode,
  state: State,
  { range, fails, insert }: { readonly range: number; readonly fails: boolean; readonly insert: () => void },
): void {
  const splits = inode.extentMaps.sticksOut(state, range);
  dropExtentMaps(machine, inode, state, range, fails);
  if (!fails || splits) insert();
  else inode.setFullSync(state, inode.lastTrans.get(state));
}
