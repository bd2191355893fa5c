import type { Field, Layout, State } from '../state/layout.ts';

/**
 * What one log tree says about names. Nodes are kept plus 1; 0 is none. Of each name at most one entry and one reference
 * are logged, for every change of a logged name is made in the log, too.
 */
export class LoggedNames {
  /** INODE_REF items: the inode that says it has this name. */
  readonly references: readonly Field[];
  /** DIR_INDEX items: the entry of the directory. */
  readonly entries: readonly Field[];
  /** Names whose entry in the commit root lies in a logged range of dir indexes (DIR_LOG_INDEX) without an entry there: replay deletes it. */
  readonly deleted: Field;
  /** Directories, by number, that have an inode item. */
  readonly directories: Field;

  constructor(layout: Layout, names: number, nodes: number, directories: number) {
    this.references = layout.fields(names, nodes);
    this.entries = layout.fields(names, nodes);
    this.deleted = layout.set(names);
    this.directories = layout.set(directories);
  }

  /** The node that says it has the name; -1 when none does. */
  referenceAt(state: State, name: number): number {
    return this.references[name]!.get(state) - 1;
  }

  /** The node that the logged entry links to; -1 when none is logged. */
  entryAt(state: State, name: number): number {
    return this.entries[name]!.get(state) - 1;
  }

  delete(state: State, name: number): void {
    this.deleted.include(state, 1 << name);
  }

  copyFrom(state: State, other: LoggedNames): void {
    for (let i = 0; i < this.entries.length; i++) {
      this.references[i]!.set(state, other.references[i]!.get(state));
      this.entries[i]!.set(state, other.entries[i]!.get(state));
    }
    this.deleted.set(state, other.deleted.get(state));
    this.directories.set(state, other.directories.get(state));
  }

  clear(state: State): void {
    for (let i = 0; i < this.entries.length; i++) {
      this.references[i]!.set(state, 0);
      this.entries[i]!.set(state, 0);
    }
    this.deleted.set(state, 0);
    this.directories.set(state, 0);
  }
}
