import type { Inode } from '../model/inode.ts';
import type { LogRoot } from '../model/log-root.ts';
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

/** i_size found, as an index into the file's cuts: the log's inode item wins. */
export function sizeAfterCrash(inode: Inode, log: LogRoot, state: State): number {
  return (isReplayed(inode, log, state) ? inode.diskLog : inode.committed).size.get(state);
}

/** Segments whose content comes from the log: replay_one_extent replaces what the committed tree has there. */
export function replayed(inode: Inode, log: LogRoot, state: State): number {
  return isReplayed(inode, log, state) ? inode.diskLog.data.get(state) | inode.diskLog.hole.get(state) : 0;
}

/** The version found of one segment; -1 behind i_size, where replay drops all extents and reads find nothing. */
export function versionAfterCrash(inode: Inode, log: LogRoot, state: State, segment: number): number {
  if (segment >= sizeAfterCrash(inode, log, state)) return -1;
  const fromLog = (replayed(inode, log, state) & (1 << segment)) !== 0;
  return (fromLog ? inode.diskLog : inode.committed).version[segment]!.get(state);
}

/** Segments with an extent of data after the mount. */
export function dataAfterCrash(inode: Inode, log: LogRoot, state: State): number {
  const fromLog = replayed(inode, log, state);
  const data = (fromLog & inode.diskLog.data.get(state)) | (inode.committed.data.get(state) & ~fromLog);
  return data & below(sizeAfterCrash(inode, log, state));
}
