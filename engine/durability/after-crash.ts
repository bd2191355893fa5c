import type { FileImage } from '../model/file-image.ts';
import type { Inode } from '../model/inode.ts';
import type { LogRoot } from '../model/log-root.ts';
import type { VersionedSize } from '../model/versioned-size.ts';
import { below } from '../state/bits.ts';
import type { State } from '../state/layout.ts';

/**
 * What is found of a file after a power failure in a state and the next mount: the last committed
 * transaction, with the log on disk replayed over it (btrfs_recover_log_trees).
 */

/** Does log replay touch the file? Only with a log root in the super block and an inode item in the log. */
function isReplayed(inode: Inode, log: LogRoot, state: State): boolean {
  return log.onDisk.get(state) === 1 && inode.diskLog.present.get(state) === 1;
}

/**
 * The i_size found: the log's inode item wins, but for one that says only that the inode exists: of that overwrite_item
 * takes a size that is not 0, unless there is no such inode yet.
 */
export function sizeAfterCrash(inode: Inode, log: LogRoot, state: State): VersionedSize {
  const { committed, diskLog } = inode;
  if (!isReplayed(inode, log, state)) return committed.size;
  const keepsSize = diskLog.existsOnly.get(state) === 1 && diskLog.size.get(state) === 0;
  return (keepsSize && committed.present.get(state) === 1 ? committed : diskLog).size;
}

/**
 * Segments whose content comes from the log: replay_one_extent replaces what the committed tree has there.
 * What lies behind i_size is dropped when the inode item is replayed, before any extent.
 */
export function replayed(inode: Inode, log: LogRoot, state: State): number {
  if (!isReplayed(inode, log, state)) return 0;
  const { data, prealloc, hole } = inode.diskLog;
  return data.get(state) | prealloc.get(state) | hole.get(state);
}

/** The tree that the item of a segment comes from. */
export function imageAfterCrash(inode: Inode, log: LogRoot, state: State, segment: number): FileImage {
  return (replayed(inode, log, state) & (1 << segment)) === 0 ? inode.committed : inode.diskLog;
}

/** The version that one segment has on disk after replay, within i_size or behind it. */
export function versionAfterCrash(inode: Inode, log: LogRoot, state: State, segment: number): number {
  return imageAfterCrash(inode, log, state, segment).version[segment]!.get(state);
}

/** Segments whose extent points to blocks that are not the file's; `fromLog` are those `replayed`. */
export function foreignAfterCrash({ committed, diskLog }: Inode, fromLog: number, state: State): number {
  return (fromLog & diskLog.foreign.get(state)) | (committed.foreign.get(state) & ~fromLog);
}

/** Segments whose extent points to blocks that were not written, that lack checksums, or that are not the file's. */
export function unreadableAfterCrash(inode: Inode, fromLog: number, state: State): number {
  const { unwritten, withoutChecksums } = inode.diskLog;
  return (fromLog & (unwritten.get(state) | withoutChecksums.get(state))) | foreignAfterCrash(inode, fromLog, state);
}

/** Segments with an extent of data after the mount. */
export function dataAfterCrash(inode: Inode, log: LogRoot, state: State): number {
  const fromLog = replayed(inode, log, state);
  const has = (image: FileImage) => image.data.get(state);
  const data = (fromLog & has(inode.diskLog)) | (has(inode.committed) & ~fromLog);
  return data & below(sizeAfterCrash(inode, log, state).get(state));
}
