import type { State } from '../state/layout.ts';
import type { FileSystem } from './file-system.ts';
import { Inode } from './inode.ts';
import type { LoggedInode } from './logged-inode.ts';
import type { Namespace } from './namespace.ts';

/** Everything an operation of a scenario acts on: one mounted file system with one subvolume. */
export interface Machine extends FileSystem {
  readonly inodes: readonly Inode[];
  /** Absent where every file has its one name for good. */
  readonly names: Namespace | undefined;
}

/**
 * btrfs_inode_in_log: the inode was logged in transaction `generation` and has not changed since the
 * last log sync. As the kernel has it, the log transaction of the last change counts, not the one that the inode was
 * logged in: an inode that changed in the first one (0) passes before any log sync has finished, for last_log_commit starts
 * at 0 too (btrfs_add_log_tree).
 */
export function inodeInLog(machine: Machine, inode: LoggedInode, state: State, generation: number): boolean {
  const { log, rules, guards } = machine;
  const lastSubTrans = inode.lastSubTrans.get(state);
  const needsEmptyList = rules.inLogNeedsEmptyList && guards['full-fsync.list-outside-range'];
  return (
    generation > 0 &&
    inode.loggedTrans.get(state) === generation &&
    lastSubTrans <= inode.getLastLogCommit(state) &&
    lastSubTrans <= log.lastLogCommit.get(state) &&
    (!needsEmptyList || !(inode instanceof Inode) || inode.extentMaps.modified.get(state) === 0) &&
    (!guards['in-log.first-log-transaction'] || log.isDurable(state, inode.loggedTransid.get(state)))
  );
}

/** btrfs_set_inode_last_trans: the inode has changed in the running transaction, and is not in the log as it is. */
export function setInodeLastTrans(fs: FileSystem, inode: LoggedInode, state: State): void {
  inode.setLastTrans(state, fs.transaction.generation.get(state), fs.log);
  setLastLogCommit(fs, inode, state);
}

/** The second half of btrfs_set_inode_last_trans. */
export function setLastLogCommit({ log, guards }: FileSystem, inode: LoggedInode, state: State): void {
  const resets = guards['inode-update.last-log-commit'] === true;
  inode.setLastLogCommit(state, resets ? inode.lastSubTrans.get(state) - 1 : log.lastLogCommit.get(state));
}

/** The transaction on disk is replaced: what was committed is durable, and the super block has no log. */
export function publishCommit({ inodes, names, log, transaction }: Machine, state: State): void {
  for (const inode of inodes) {
    inode.committed.copyFrom(state, inode.committing);
    inode.committing.clear(state);
    inode.diskLog.clear(state);
  }
  names?.publish(state);
  log.onDisk.set(state, 0);
  transaction.treeLogMutex.set(state, 0);
}

/** The super block of a commit could not be written: on disk is what was there, and so it stays. */
export function dropCommit({ inodes, names, transaction }: Machine, state: State): void {
  for (const { committing } of inodes) committing.clear(state);
  names?.dropCommitting(state);
  transaction.cleanUpCommitting(state);
}
