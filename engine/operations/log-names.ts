import { inodeInLog, type Machine } from '../model/machine.ts';
import { type Namespace, nobody } from '../model/namespace.ts';
import { below, lowest } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import { logExistsItem } from './log-exists-item.ts';

/** What a step waits for that logs other inodes than its own. */
export const waitsForLogMutex = 'the fsync that is logging the file (log_mutex)';

/**
 * Logging of names, after fs/btrfs/tree-log.c of 6.x. A directory is logged with its new entries, and with ranges of dir
 * indexes that delete at replay what is in the commit root and not in the directory any more; a file that is logged
 * because of its names is logged as existing (LOG_INODE_EXISTS): with its names and without data.
 */
export class NameLog {
  readonly #machine: Machine;
  readonly #names: Namespace;

  constructor(machine: Machine, names: Namespace) {
    this.#machine = machine;
    this.#names = names;
  }

  /** What starts with the logging of `node`, and everything that this leads to. */
  begin(state: State, node: number, loggingNewName = false): NameLogging {
    return new NameLogging(this.#machine, this.#names, state, node, loggingNewName);
  }

  /** inode_logged: the inode was logged in the running transaction; after an eviction only the log itself tells. */
  isLogged(state: State, node: number): boolean {
    const { log, transaction } = this.#machine;
    const loggedTrans = this.#names.inode(node).loggedTrans.get(state);
    if (loggedTrans !== 0) return loggedTrans === transaction.generation.get(state);
    return log.exists.get(state) === 1 && this.#isInLog(state, node);
  }

  /**
   * btrfs_log_new_name, after a link or, with the name that is gone, a rename. Nothing has to be done when neither the
   * inode nor the directory that it comes from is in the log. Whether logging succeeds does not matter: a later sync of
   * the log finds out.
   */
  newName(state: State, node: number, old?: { readonly name: number; readonly isFresh: boolean }): void {
    const names = this.#names;
    const inode = names.inode(node);
    const generation = this.#machine.transaction.generation.get(state);
    if (!names.isDirectory(node)) inode.lastUnlinkTrans.set(state, generation);
    inode.copyEverything.set(state, 1);
    const oldDirectory = old === undefined ? undefined : names.directoryOf[old.name]!;
    const fromLogged = oldDirectory !== undefined && this.isLogged(state, oldDirectory);
    if (!this.isLogged(state, node) && !fromLogged) return;
    if (old !== undefined && fromLogged) {
      names.log.entries[old.name]!.set(state, 0);
      if (!old.isFresh) names.log.delete(state, old.name);
    }
    if (inodeInLog(this.#machine, inode, state, generation)) return;
    const logging = this.begin(state, node, true);
    if (!logging.logExists(node)) return;
    const unlinked = inode.lastUnlinkTrans.get(state) === generation;
    if (!unlinked || logging.logAllParents(node)) logging.logNewAncestors(node);
  }

  #isInLog(state: State, node: number): boolean {
    const { inodes, root, log } = this.#names;
    if (!this.#names.isDirectory(node)) return inodes[node]!.log.present.get(state) === 1;
    return (log.directories.get(state) & (1 << (node - root))) !== 0;
  }
}

/** The logging of one inode, and of those that have to be logged along with it (struct btrfs_log_ctx). */
class NameLogging {
  readonly #machine: Machine;
  readonly #names: Namespace;
  readonly #log: NameLog;
  readonly #state: State;
  /** The transaction that logs. */
  readonly #transid: number;
  /** ctx->inode, which never conflicts with itself. */
  readonly #node: number;
  /** ctx->logging_new_name. */
  readonly #loggingNewName: boolean;
  /** ctx->conflict_inodes: each with the directory of the name in conflict. */
  readonly #conflicts: { readonly node: number; readonly directory: number }[] = [];
  #loggingConflicts = false;
  #loggingNewEntries = false;

  constructor(machine: Machine, names: Namespace, state: State, node: number, loggingNewName: boolean) {
    this.#machine = machine;
    this.#names = names;
    this.#log = new NameLog(machine, names);
    this.#state = state;
    this.#transid = machine.transaction.generation.get(state);
    this.#node = node;
    this.#loggingNewName = loggingNewName;
  }

  /** btrfs_log_inode in LOG_INODE_EXISTS mode. False when only a commit of the transaction will do. */
  logExists(node: number): boolean {
    this.#takeOrderedExtents(node);
    this.#logItem(node);
    this.copyReferences(node);
    const inode = this.#names.inode(node);
    inode.setLogged(this.#state, this.#transid, this.#machine.log);
    if (this.#existsMovesLastLogCommit(node)) inode.setLastLogCommit(this.#state, inode.lastSubTrans.get(this.#state));
    return this.logConflictingInodes();
  }

  /**
   * btrfs_log_inode of a directory in LOG_INODE_ALL mode, but for the inodes of its new entries. False when only a commit
   * will do, as for a directory from which something was moved away: nobody could tell where to.
   */
  logDirectory(directory: number): boolean {
    const inode = this.#names.inode(directory);
    if (inode.lastUnlinkTrans.get(this.#state) === this.#transid) return false;
    this.#logItem(directory);
    this.copyReferences(directory);
    this.#logDirectoryChanges(directory);
    inode.setLogged(this.#state, this.#transid, this.#machine.log);
    inode.setLastLogCommit(this.#state, inode.lastSubTrans.get(this.#state));
    return this.logConflictingInodes();
  }

  /** log_new_delayed_dentries and log_new_dir_dentries: logs the inodes of the new entries of a directory that was logged. */
  logNewEntries(directory: number): boolean {
    const nested = this.#loggingNewEntries;
    this.#loggingNewEntries = true;
    try {
      const entries = this.#names.entriesOf(this.#state, directory) & this.#names.fresh.get(this.#state);
      for (let rest = entries; rest !== 0; rest &= rest - 1) {
        const node = this.#names.at(this.#state, lowest(rest));
        if (!this.#needsLog(node)) continue;
        const logged = this.#names.isDirectory(node)
          ? this.logDirectory(node) && (this.#loggingNewName || this.logNewEntries(node))
          : this.logExists(node);
        if (!logged) return false;
      }
      return true;
    } finally {
      this.#loggingNewEntries = nested;
    }
  }

  /** btrfs_log_all_parents: logs the directories in which the commit root has names of the inode. */
  logAllParents(node: number): boolean {
    for (const directory of this.#parentsInCommitRoot(node)) {
      if (!this.#names.isLinked(this.#state, directory)) {
        // The directory is deleted: an error, on which the whole log is given up.
        this.#machine.log.fullCommit.set(this.#state, this.#transid);
        return false;
      }
      if (!this.#needsLog(directory)) continue;
      if (!this.logDirectory(directory)) return false;
      if (!this.#loggingNewEntries && !this.logNewEntries(directory)) return false;
    }
    return true;
  }

  /** log_all_new_ancestors: logs that the directories above the names of the inode exist, those of this transaction. */
  logNewAncestors(node: number): boolean {
    for (let rest = this.#names.namesOf(this.#state, node); rest !== 0; rest &= rest - 1) {
      let directory = this.#names.directoryOf[lowest(rest)]!;
      while (directory !== this.#names.root && directory !== nobody) {
        const isNew = this.#names.inode(directory).generation.get(this.#state) === this.#transid;
        if (isNew && this.#needsLog(directory) && !this.logExists(directory)) return false;
        directory = this.#names.parentOf(this.#state, directory);
      }
    }
    return true;
  }

  /**
   * The INODE_REF items of the inode, in the place of those that the log has. Where the commit root gives a name to another
   * inode, that one conflicts (btrfs_check_ref_name_override): replay must find its new name, too. Since 6.18 this is
   * looked for whenever names are logged.
   */
  copyReferences(node: number): void {
    const { log } = this.#names;
    const names = this.#names.namesOf(this.#state, node);
    for (let name = 0; name < this.#names.count; name++) {
      if (log.referenceAt(this.#state, name) === node) log.references[name]!.set(this.#state, 0);
    }
    const looked = new Set<number>();
    for (let rest = names; rest !== 0; rest &= rest - 1) {
      const name = lowest(rest);
      log.references[name]!.set(this.#state, node + 1);
      const directory = this.#names.directoryOf[name]!;
      const other = this.#inCommitRoot(name);
      // The names in one directory are one item, of which the first name that the commit root knows decides.
      if (other === nobody || looked.has(directory)) continue;
      looked.add(directory);
      if (other !== node && other !== this.#node) this.#addConflict(other, directory);
    }
  }

  /** log_conflicting_inodes, by the outermost btrfs_log_inode only. */
  logConflictingInodes(): boolean {
    if (this.#loggingConflicts) return true;
    this.#loggingConflicts = true;
    let logged = true;
    for (let next = this.#conflicts.shift(); next !== undefined && logged; next = this.#conflicts.shift()) {
      const { node, directory } = next;
      if (!this.#names.isLinked(this.#state, node)) logged = this.logDirectory(directory);
      else if (this.#needsLog(node)) logged = this.logExists(node);
    }
    this.#loggingConflicts = false;
    return logged;
  }

  /** add_conflicting_inode: a deleted file needs nothing, for replay unlinks the name; of a deleted directory the parent is logged. */
  #addConflict(node: number, directory: number): void {
    const exists = this.#names.isLinked(this.#state, node);
    if (exists ? this.#needsLog(node) : this.#names.isDirectory(node)) this.#conflicts.push({ node, directory });
  }

  /** need_log_inode. */
  #needsLog(node: number): boolean {
    const inode = this.#names.inode(node);
    if (this.#names.isDirectory(node) && inode.lastTrans.get(this.#state) < this.#transid) return false;
    return !this.#log.isLogged(this.#state, node) || inode.copyEverything.get(this.#state) === 1;
  }

  /**
   * Until 5e33a2bd7ca7 (4.6) btrfs_get_logged_extents is called in every mode: the ordered extents count as logged from
   * then on, although nothing of them gets into the log.
   */
  #takeOrderedExtents(node: number): void {
    const { rules, guards, log } = this.#machine;
    const file = this.#names.inodes[node];
    if (file === undefined || !rules.fastFsyncLogsRunningExtents || guards['log-exists.ordered-extents']) return;
    file.orderedExtents.take(this.#state, below(file.segments.count));
    file.orderedExtents.submitTaken(this.#state, log.transid.get(this.#state));
  }

  /** The inode item in EXISTS mode; that of a directory in any mode. */
  #logItem(node: number): void {
    const { log, root } = this.#names;
    const file = this.#names.inodes[node];
    if (file === undefined) {
      log.directories.set(this.#state, log.directories.get(this.#state) | (1 << (node - root)));
      this.#names.inode(node).copyEverything.set(this.#state, 0);
      return;
    }
    if (file.needsFullSync.get(this.#state) === 0) file.copyEverything.set(this.#state, 0);
    // Replay ignores an inode item without links, and everything that follows it.
    if (this.#names.namesOf(this.#state, node) === 0) file.log.clear(this.#state);
    else logExistsItem(this.#machine, file, this.#state, this.#log.isLogged(this.#state, node));
  }

  /** log_directory_changes: new entries are logged, and what the commit root has and the directory has not lies in a logged range. */
  #logDirectoryChanges(directory: number): void {
    const { log, directoryOf } = this.#names;
    for (let name = 0; name < this.#names.count; name++) {
      if (directoryOf[name] !== directory) continue;
      const node = this.#names.at(this.#state, name);
      const isFresh = this.#names.isFresh(this.#state, name);
      if (isFresh) log.entries[name]!.set(this.#state, node + 1);
      if ((isFresh || node === nobody) && this.#inCommitRoot(name) !== nobody) log.delete(this.#state, name);
    }
  }

  /** Whether EXISTS logging counts as having logged the inode as it is. */
  #existsMovesLastLogCommit(node: number): boolean {
    const { guards } = this.#machine;
    if (guards['log-exists.last-log-commit']) return false;
    const isFull = this.#names.inodes[node]?.needsFullSync.get(this.#state) === 1;
    return !(isFull && guards['log-exists.full-sync-flag']);
  }

  #inCommitRoot(name: number): number {
    const committing = this.#machine.transaction.committing.get(this.#state) === 1;
    return this.#names.commitRootAt(this.#state, name, committing);
  }

  #parentsInCommitRoot(node: number): ReadonlySet<number> {
    const parents = new Set<number>();
    for (let name = 0; name < this.#names.count; name++) {
      if (this.#inCommitRoot(name) === node) parents.add(this.#names.directoryOf[name]!);
    }
    return parents;
  }
}
