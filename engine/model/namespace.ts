import type { ScenarioNamespace } from '../scenario.ts';
import { lowest } from '../state/bits.ts';
import type { Field, Layout, State } from '../state/layout.ts';
import type { Inode } from './inode.ts';
import { type InodeLimits, LoggedInode } from './logged-inode.ts';
import { LoggedNames } from './logged-names.ts';

/** Stands for no node. */
export const nobody = -1;

/**
 * The names of a scenario: which node (file or directory) each of them links to, in every tree. A name is a place in a
 * directory; at most one entry is there at a time. `fresh` tells the entries of the running transaction from those
 * that the last commit has, which is all that logging asks of dir index numbers and transaction ids.
 */
export class Namespace {
  readonly inodes: readonly Inode[];
  /** Directories by number, the root first. */
  readonly directories: readonly LoggedInode[];
  /** Per name, the node number of its directory. */
  readonly directoryOf: readonly number[];
  /** Names that the running transaction added to the subvolume tree. */
  readonly fresh: Field;
  readonly log: LoggedNames;
  readonly syncingLog: LoggedNames;
  readonly diskLog: LoggedNames;
  /** Per name, the node that it links to, plus 1: in the subvolume tree in memory, the one being committed, the one on disk. */
  readonly #tree: readonly Field[];
  /** Per file, sets of names that grow with it, see `follow`. */
  readonly #followers: Field[][];
  readonly #committing: readonly Field[];
  readonly #committed: readonly Field[];

  constructor(layout: Layout, namespace: ScenarioNamespace, inodes: readonly Inode[], limits: InodeLimits) {
    const { directories, names } = namespace;
    const nodes = inodes.length + 1 + directories.length;
    const judged = layout.as('judged');
    const entries = (of: Layout) => of.fields(names.length, nodes);
    this.inodes = inodes;
    this.#followers = inodes.map(() => []);
    this.directories = Array.from({ length: 1 + directories.length }, () => new LoggedInode(layout, limits));
    this.directoryOf = names.map(({ directory }) => directory);
    this.#tree = entries(judged);
    this.fresh = layout.set(names.length);
    this.#committing = entries(layout);
    this.#committed = entries(judged);
    this.log = new LoggedNames(layout, names.length, nodes, this.directories.length);
    this.syncingLog = new LoggedNames(layout, names.length, nodes, this.directories.length);
    this.diskLog = new LoggedNames(judged, names.length, nodes, this.directories.length);
  }

  initialize(state: State, { links }: ScenarioNamespace): void {
    for (const { name, node } of links) {
      this.#tree[name]!.set(state, node + 1);
      this.#committed[name]!.set(state, node + 1);
    }
    for (const directory of this.directories) directory.setLastLogCommit(state, 0);
  }

  /** Nobody holds the log_mutex of a file: every file can be logged as existing. */
  canLogFiles(state: State): boolean {
    return this.inodes.every(({ logMutex }) => logMutex.get(state) === 0);
  }

  get count(): number {
    return this.directoryOf.length;
  }

  /** Node number of the root directory, the first after the files. */
  get root(): number {
    return this.inodes.length;
  }

  isDirectory(node: number): boolean {
    return node >= this.inodes.length;
  }

  inode(node: number): LoggedInode {
    return this.inodes[node] ?? this.directories[node - this.inodes.length]!;
  }

  /** The node that a name links to in memory, or `nobody`. */
  at(state: State, name: number): number {
    return this.#tree[name]!.get(state) - 1;
  }

  /** The node that a name links to in the last commit, or `nobody`. */
  committedAt(state: State, name: number): number {
    return this.#committed[name]!.get(state) - 1;
  }

  /** The node that a name links to in the commit root, which is that of the transaction before the running one. */
  commitRootAt(state: State, name: number, committing: boolean): number {
    return committing ? this.#committing[name]!.get(state) - 1 : this.committedAt(state, name);
  }

  /** The names that link to a node in memory. */
  namesOf(state: State, node: number): number {
    let names = 0;
    for (let name = 0; name < this.count; name++) if (this.at(state, name) === node) names |= 1 << name;
    return names;
  }

  /** The names in a directory that link to something in memory. */
  entriesOf(state: State, directory: number): number {
    let names = 0;
    for (let name = 0; name < this.count; name++) {
      if (this.directoryOf[name] === directory && this.at(state, name) !== nobody) names |= 1 << name;
    }
    return names;
  }

  /** A node without a name is being deleted, or was never made. */
  isLinked(state: State, node: number): boolean {
    return node === this.root || this.namesOf(state, node) !== 0;
  }

  /** Is `node` the directory `ancestor`, or somewhere below it? */
  isBelow(state: State, node: number, ancestor: number): boolean {
    for (let at = node; ; at = this.parentOf(state, at)) {
      if (at === ancestor) return true;
      if (at === this.root || at === nobody) return false;
    }
  }

  /** The directory that a directory is in, or `nobody`. */
  parentOf(state: State, directory: number): number {
    const names = this.namesOf(state, directory);
    return names === 0 ? nobody : this.directoryOf[lowest(names)]!;
  }

  /** From now on every new name of the file is added to the set, unless that is empty. */
  follow(file: number, set: Field): void {
    this.#followers[file]!.push(set);
  }

  /** A new entry of the running transaction. */
  add(state: State, name: number, node: number): void {
    for (const set of this.#followers[node] ?? []) if (set.get(state) !== 0) set.include(state, 1 << name);
    this.#tree[name]!.set(state, node + 1);
    this.fresh.include(state, 1 << name);
  }

  remove(state: State, name: number): void {
    this.#tree[name]!.set(state, 0);
    this.fresh.exclude(state, 1 << name);
  }

  isFresh(state: State, name: number): boolean {
    return (this.fresh.get(state) & (1 << name)) !== 0;
  }

  /** commit_fs_roots: the tree is frozen as it is, and the log is freed. */
  freeze(state: State): void {
    copy(state, this.#tree, this.#committing);
    this.fresh.set(state, 0);
    this.log.clear(state);
  }

  /** The commit has failed. */
  dropCommitting(state: State): void {
    for (const field of this.#committing) field.set(state, 0);
  }

  /** The super block of the commit is written. */
  publish(state: State): void {
    copy(state, this.#committing, this.#committed);
    this.dropCommitting(state);
    this.diskLog.clear(state);
  }
}

function copy(state: State, from: readonly Field[], to: readonly Field[]): void {
  for (let i = 0; i < from.length; i++) to[i]!.set(state, from[i]!.get(state));
}
