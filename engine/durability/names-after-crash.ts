import type { Machine } from '../model/machine.ts';
import { type Namespace, nobody } from '../model/namespace.ts';
import type { State } from '../state/layout.ts';

/**
 * Which node each name links to after a power failure and the next mount: the last commit, with the log on disk
 * replayed over it in the stages of btrfs_recover_log_trees. `nobody` for a name that is not there.
 */
export function namesAfterCrash(machine: Machine, names: Namespace, state: State): Int8Array {
  const found = new Int8Array(names.count);
  for (let name = 0; name < names.count; name++) found[name] = names.committedAt(state, name);
  if (machine.log.onDisk.get(state) === 1) new Replay(names, state, found).run();
  return found;
}

class Replay {
  readonly #names: Namespace;
  readonly #state: State;
  readonly #found: Int8Array;
  /** Per node: it has an inode item once the inode items of the log are replayed. */
  readonly #exists: readonly boolean[];

  constructor(names: Namespace, state: State, found: Int8Array) {
    this.#names = names;
    this.#state = state;
    this.#found = found;
    const nodes = names.inodes.length + names.directories.length;
    this.#exists = Array.from({ length: nodes }, (_, node) => this.#isCommitted(node) || this.#isLogged(node));
  }

  run(): void {
    this.#deleteEntries();
    for (let name = 0; name < this.#names.count; name++) this.#replayEntry(name);
    for (let name = 0; name < this.#names.count; name++) this.#replayReference(name);
    while (this.#emptyDeletedDirectories());
  }

  #isCommitted(node: number): boolean {
    return node === this.#names.root || this.#found.includes(node);
  }

  #isLogged(node: number): boolean {
    const { inodes, root, diskLog } = this.#names;
    if (!this.#names.isDirectory(node)) return inodes[node]!.diskLog.present.get(this.#state) === 1;
    return (diskLog.directories.get(this.#state) & (1 << (node - root))) !== 0;
  }

  /** replay_dir_deletes: entries in a logged range that the log does not have. */
  #deleteEntries(): void {
    const deleted = this.#names.diskLog.deleted.get(this.#state);
    for (let name = 0; name < this.#names.count; name++) if ((deleted & (1 << name)) !== 0) this.#found[name] = nobody;
  }

  /** replay_one_name: an entry is added for an inode that exists; one that refers to it itself is left to its reference. */
  #replayEntry(name: number): void {
    const { diskLog, directoryOf } = this.#names;
    const node = diskLog.entryAt(this.#state, name);
    if (node === nobody || !this.#exists[node] || !this.#exists[directoryOf[name]!]) return;
    if (this.#found[name] === node) return;
    this.#found[name] = diskLog.referenceAt(this.#state, name) === node ? nobody : node;
  }

  /** add_inode_ref: the inode gets the name, whoever had it, and loses those in the same directory that the log does not have. */
  #replayReference(name: number): void {
    const { diskLog, directoryOf } = this.#names;
    const node = diskLog.referenceAt(this.#state, name);
    const directory = directoryOf[name]!;
    if (node === nobody || !this.#exists[node] || !this.#exists[directory]) return;
    for (let other = 0; other < this.#names.count; other++) {
      if (directoryOf[other] !== directory || this.#found[other] !== node) continue;
      if (diskLog.referenceAt(this.#state, other) !== node) this.#found[other] = nobody;
    }
    this.#found[name] = node;
  }

  /** fixup_inode_link_count: a directory that has lost its name loses its entries. True when there was one. */
  #emptyDeletedDirectories(): boolean {
    const { directoryOf, root } = this.#names;
    let emptied = false;
    for (let name = 0; name < this.#names.count; name++) {
      const directory = directoryOf[name]!;
      if (this.#found[name] === nobody || directory === root || this.#found.includes(directory)) continue;
      this.#found[name] = nobody;
      emptied = true;
    }
    return emptied;
  }
}
