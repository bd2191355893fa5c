import { below, highest, lowest, runFrom, runs } from '../state/bits.ts';
import type { Field, Layout, State } from '../state/layout.ts';

/** Types of file-extent items. A log tree has hole items even with NO_HOLES. */
export type ExtentItemType = 'regular' | 'prealloc' | 'hole';

/** One file-extent item: the segments that it describes. */
export interface ExtentItem {
  readonly extent: number;
  readonly type: ExtentItemType;
}

/**
 * The file-extent items of one file in one tree, each where the kernel has it begin and end. Which bytes a
 * crash leaves does not depend on where an item ends, so a search does without them (no field takes a bit then);
 * predictions for recordings compare them one by one.
 */
export class ExtentItems {
  /** Are they kept at all? */
  readonly tracked: boolean;
  /** Segments described by items of each type. */
  readonly #regular: Field;
  readonly #prealloc: Field;
  readonly #hole: Field;
  /** Segments that an item begins at. */
  readonly #starts: Field;
  /** Segments that follow the one before them on disk, too: both are of one allocation. */
  readonly #continues: Field;
  /** Segments of items with the generation of the running transaction. */
  readonly #fresh: Field;
  readonly #sets: readonly Field[];
  /** The leaf that has the items was changed in the running transaction. */
  readonly changed: Field;

  constructor(layout: Layout, segments: number, tracked: boolean) {
    this.tracked = tracked;
    this.changed = layout.field(tracked ? 1 : 0);
    const set = () => layout.set(tracked ? segments : 0);
    this.#regular = set();
    this.#prealloc = set();
    this.#hole = set();
    this.#starts = set();
    this.#continues = set();
    this.#fresh = set();
    this.#sets = [this.#regular, this.#prealloc, this.#hole, this.#starts, this.#continues, this.#fresh];
  }

  copyFrom(state: State, other: ExtentItems): void {
    if (!this.tracked) return;
    this.changed.set(state, other.changed.get(state));
    for (const [i, field] of this.#sets.entries()) field.set(state, other.#sets[i]!.get(state));
  }

  clear(state: State): void {
    this.changed.set(state, 0);
    for (const field of this.#sets) field.set(state, 0);
  }

  /** Segments that some item describes. */
  covered(state: State): number {
    return this.#regular.get(state) | this.#prealloc.get(state) | this.#hole.get(state);
  }

  /** The items that begin in `range`, in order. */
  beginningIn(state: State, range: number): ExtentItem[] {
    const items: ExtentItem[] = [];
    for (let rest = this.#starts.get(state) & range; rest !== 0; rest &= rest - 1) {
      items.push(this.#from(state, lowest(rest)));
    }
    return items;
  }

  /** The item that describes `segment`. */
  at(state: State, segment: number): ExtentItem | undefined {
    if ((this.covered(state) & (1 << segment)) === 0) return undefined;
    return this.#from(state, highest(this.#starts.get(state) & below(segment + 1)));
  }

  /** The runs of `segments`, cut where an item begins; where items are not kept, neighbours are taken as one. */
  splitRuns(state: State, segments: number): number[] {
    return runs(segments).flatMap((run) => {
      const pieces: number[] = [];
      for (let rest = run; rest !== 0; rest &= ~pieces.at(-1)!) pieces.push(this.firstPiece(state, rest));
      return pieces;
    });
  }

  /** The part of a run that its first item describes; where items are not kept, all of it. */
  firstPiece(state: State, run: number): number {
    const start = lowest(run);
    return runFrom(run & ~(this.#starts.get(state) & ~(1 << start)), start);
  }

  /** Were the items of `extent` changed in the running transaction? */
  isFresh(state: State, extent: number): boolean {
    return (this.#fresh.get(state) & extent) !== 0;
  }

  /** The transaction is committed: its generation is no longer that of the running one. */
  commit(state: State): void {
    this.#fresh.set(state, 0);
    this.changed.set(state, 0);
  }

  /** The leaf was looked up for a change, which makes it a leaf of the running transaction. */
  touch(state: State): void {
    this.changed.set(state, 1 & this.changed.mask);
  }

  /** btrfs_drop_extents: deletes the items of a range; of one that sticks out, the rest stays, its generation, too. */
  drop(state: State, range: number): void {
    if (!this.tracked || range === 0) return;
    this.changed.set(state, 1);
    for (const run of runs(range)) {
      const behind = (1 << (highest(run) + 1)) & this.covered(state);
      for (const field of this.#sets) field.set(state, field.get(state) & ~run);
      this.#starts.set(state, this.#starts.get(state) | behind);
      this.#continues.set(state, this.#continues.get(state) & ~behind);
    }
  }

  /** Inserts an item for each run of `segments`, a new allocation, in place of what described them. */
  insert(state: State, segments: number, type: ExtentItemType): void {
    if (!this.tracked) return;
    this.drop(state, segments);
    for (const run of runs(segments)) {
      this.#setType(state, run, type);
      this.#set(this.#starts, state, run & -run, true);
      this.#set(this.#continues, state, run & (run - 1), true);
      this.#set(this.#fresh, state, run, true);
    }
  }

  /** fill_holes: the item that begins at `start` becomes a part of the hole before it; of which generation, `isFresh` says. */
  join(state: State, start: number, isFresh: boolean): void {
    if (!this.tracked) return;
    this.#set(this.#starts, state, 1 << start, false);
    this.#set(this.#fresh, state, this.at(state, start)!.extent, isFresh);
  }

  /**
   * btrfs_mark_extent_written: a part of a prealloc item is written. The item is split, and what is written
   * becomes one item with written neighbours of the same allocation. All of them get the new generation.
   */
  markWritten(state: State, extent: number): void {
    if (!this.tracked) return;
    this.changed.set(state, 1);
    const prealloc = this.at(state, lowest(extent))!.extent;
    this.#setType(state, extent, 'regular');
    const bounds = (extent & -extent) | (1 << (highest(extent) + 1));
    const regular = this.#regular.get(state);
    const joined = this.#continues.get(state) & regular & (regular << 1);
    this.#set(this.#starts, state, bounds & this.covered(state), true);
    this.#set(this.#starts, state, bounds & joined, false);
    const written = this.at(state, lowest(extent))!.extent;
    this.#set(this.#fresh, state, prealloc | written, true);
  }

  #from(state: State, start: number): ExtentItem {
    const bit = 1 << start;
    const others = this.#starts.get(state) & ~bit;
    const item = (type: ExtentItemType, field: Field) => ({ extent: runFrom(field.get(state) & ~others, start), type });
    if ((this.#regular.get(state) & bit) !== 0) return item('regular', this.#regular);
    if ((this.#prealloc.get(state) & bit) !== 0) return item('prealloc', this.#prealloc);
    return item('hole', this.#hole);
  }

  #setType(state: State, segments: number, type: ExtentItemType): void {
    this.#set(this.#regular, state, segments, type === 'regular');
    this.#set(this.#prealloc, state, segments, type === 'prealloc');
    this.#set(this.#hole, state, segments, type === 'hole');
  }

  #set(field: Field, state: State, segments: number, on: boolean): void {
    const mask = field.get(state);
    field.set(state, on ? mask | segments : mask & ~segments);
  }
}
