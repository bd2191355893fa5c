import { lowest, runs } from '../state/bits.ts';
import type { Field, Layout, State } from '../state/layout.ts';
import { ExtentSet } from './extent-set.ts';
import type { Limits } from './limits.ts';
import { largestVersion } from './version.ts';

/** Where an extent map points to. */
export type ExtentMapKind = 'data' | 'hole' | 'prealloc';

/** What an extent map says besides its range; generation as the transaction's offset, see `Transaction`. */
interface ExtentMap {
  readonly kind: ExtentMapKind;
  readonly pinned: boolean;
  readonly modified: boolean;
  readonly generation: number;
  /** It points to blocks that were never written and are given back, or will be. */
  readonly unbacked?: boolean;
}

/**
 * struct extent_map_tree of one inode: extent maps by file range, the list of modified extents, and
 * the list of those that an fsync has collected (EXTENT_FLAG_LOGGING). All of it is protected by the
 * tree's rwlock, which every step that touches it takes for writing.
 *
 * Separate allocations are taken as not contiguous on disk, so that of neighbours only holes merge.
 */
export class ExtentMapTree extends ExtentSet {
  /** On the list of modified extents; this mask and the next three are by the segment an extent map begins at. */
  readonly modified: Field;
  /** EXTENT_FLAG_PINNED: the ordered extent has not finished. */
  readonly pinned: Field;
  /** EXTENT_FLAG_LOGGING: on the private list of an fsync. */
  readonly logging: Field;
  /** block_start is EXTENT_MAP_HOLE. */
  readonly hole: Field;
  /** EXTENT_FLAG_PREALLOC: allocated, but unwritten. */
  readonly prealloc: Field;
  /** The blocks could not be written: they are given back, or will be. */
  readonly unbacked: Field;
  readonly generation: readonly Field[];
  readonly collected: CollectedExtents;
  /** Generation of an extent map whose IO is in flight: (u64)-1 in the kernel, newer than any transaction. */
  readonly inFlight: number;

  constructor(layout: Layout, segments: number, limits: Limits) {
    super(layout, segments);
    this.modified = layout.set(segments);
    this.pinned = layout.set(segments);
    this.logging = layout.set(segments);
    this.hole = layout.set(segments);
    this.prealloc = layout.set(limits.allocates ? segments : 0);
    this.unbacked = layout.set(limits.writeErrors ? segments : 0);
    this.generation = layout.fields(segments, limits.transactions + 1);
    this.inFlight = this.generation[0]!.mask;
    this.collected = new CollectedExtents(layout, segments, limits);
  }

  /** add_extent_mapping, after whatever overlapped was dropped. */
  insert(state: State, extent: number, map: ExtentMap): void {
    const start = lowest(extent);
    this.add(state, extent);
    setBit(this.modified, state, start, map.modified);
    setBit(this.pinned, state, start, map.pinned);
    setBit(this.hole, state, start, map.kind === 'hole');
    setBit(this.prealloc, state, start, map.kind === 'prealloc');
    this.generation[start]!.set(state, map.generation);
    setBit(this.unbacked, state, start, map.unbacked ?? false);
  }

  /** Hole extent maps, listed, one for each contiguous run of `segments`; what was there is dropped. */
  insertHoles(state: State, segments: number, generation: number): void {
    for (const hole of runs(segments)) {
      this.drop(state, hole);
      this.insert(state, hole, { kind: 'hole', pinned: false, modified: true, generation });
    }
  }

  /** btrfs_get_extent for a hole that no extent map is cached for: one that is on no list, and may be merged. */
  loadHole(state: State, hole: number): void {
    this.insert(state, hole, { kind: 'hole', pinned: false, modified: false, generation: 0 });
    this.#mergeHoles(state, lowest(hole));
  }

  /** remove_extent_mapping: out of the tree and, unless an fsync has collected it, off the list it is on. */
  removeExtentMapping(state: State, start: number): void {
    this.remove(state, this.from(state, start));
    this.#forget(state, start);
  }

  /**
   * btrfs_drop_extent_cache (btrfs_drop_extent_map_range since 6.1): takes a range out of the tree. The
   * parts of an extent map that stick out stay as maps of their own, listed when the whole was on a list.
   * `fails`: there is no memory for them, and they go as well. True when something listed went so.
   */
  drop(state: State, range: number, fails = false): boolean {
    let unlisted = false;
    for (let rest = this.overlapping(state, range); rest !== 0; rest &= rest - 1) {
      const start = lowest(rest);
      const extent = this.from(state, start);
      const map = this.#read(state, start);
      this.removeExtentMapping(state, start);
      const before = extent & ~range & ((1 << lowest(range)) - 1);
      const after = extent & ~range & ~before;
      if (fails) unlisted ||= map.modified && (before | after) !== 0;
      else {
        if (before !== 0) this.insert(state, before, map);
        if (after !== 0) this.insert(state, after, map);
      }
    }
    return unlisted;
  }

  /** Some extent map reaches into the range and out of it. */
  sticksOut(state: State, range: number): boolean {
    return (this.union(state, this.overlapping(state, range)) & ~range) !== 0;
  }

  kind(state: State, start: number): ExtentMapKind {
    const bit = 1 << start;
    if (this.hole.within(state, bit) !== 0) return 'hole';
    return this.prealloc.within(state, bit) === 0 ? 'data' : 'prealloc';
  }

  /** unpin_extent_cache: the file-extent item is in the tree. List membership is unchanged since a28046956c71. */
  unpin(state: State, start: number, generation: number, listsAgain: boolean): void {
    if (listsAgain && this.logging.within(state, 1 << start) === 0) setBit(this.modified, state, start, true);
    setBit(this.pinned, state, start, false);
    this.generation[start]!.set(state, generation);
  }

  /** The collecting part of btrfs_log_changed_extents: moves listed maps to the fsync's private list. */
  collect(state: State, start: number): void {
    this.collected.take(state, this.from(state, start), this.kind(state, start));
    setBit(this.collected.unbacked, state, start, this.unbacked.within(state, 1 << start) !== 0);
    setBit(this.modified, state, start, false);
    setBit(this.logging, state, start, true);
  }

  /** The blocks of the map that begins at `start` cannot be written; an fsync may hold it already. */
  markUnbacked(state: State, start: number): void {
    const bit = 1 << start;
    if (this.starts.within(state, bit) !== 0) setBit(this.unbacked, state, start, true);
    if (this.collected.starts.within(state, bit) !== 0) setBit(this.collected.unbacked, state, start, true);
  }

  /** clear_em_logging: a map that is still in the tree may be merged again. */
  clearLogging(state: State, start: number): void {
    if (this.logging.within(state, 1 << start) === 0) return;
    setBit(this.logging, state, start, false);
    this.#mergeHoles(state, start);
  }

  #read(state: State, start: number): ExtentMap {
    const bit = 1 << start;
    return {
      kind: this.kind(state, start),
      pinned: this.pinned.within(state, bit) !== 0,
      modified: ((this.modified.get(state) | this.logging.get(state)) & bit) !== 0,
      generation: this.generation[start]!.get(state),
      unbacked: this.unbacked.within(state, bit) !== 0,
    };
  }

  #forget(state: State, start: number): void {
    for (const flag of [this.modified, this.pinned, this.logging, this.hole, this.prealloc, this.unbacked]) {
      if (flag.within(state, 1 << start) !== 0) flag.exclude(state, 1 << start);
    }
    this.generation[start]!.set(state, 0);
  }

  /** try_merge_map: neither side pinned, being logged, or on the list (mergable_maps). */
  #mergeHoles(state: State, start: number): void {
    const loose = this.hole.get(state) & ~(this.pinned.get(state) | this.logging.get(state) | this.modified.get(state));
    if ((loose & (1 << start)) === 0) return;
    const next = this.#following(state, start);
    if ((loose & this.starts.get(state) & (1 << next)) !== 0) this.#join(state, start, next);
    const previous = start > 0 ? this.startAt(state, start - 1) : -1;
    if (previous >= 0 && (loose & (1 << previous)) !== 0) this.#join(state, previous, start);
  }

  /** The segment behind the extent that begins at `start`. */
  #following(state: State, start: number): number {
    return start + 32 - Math.clz32(this.from(state, start) >>> start);
  }

  #join(state: State, first: number, next: number): void {
    const generation = Math.max(this.generation[first]!.get(state), this.generation[next]!.get(state));
    this.#forget(state, next);
    this.starts.exclude(state, 1 << next);
    this.generation[first]!.set(state, generation);
  }
}

/**
 * The private list of the fsync that is logging the inode (there is one at a time: it holds the inode
 * lock). A collected map is logged even if it has left the tree since: the list holds a reference.
 */
class CollectedExtents extends ExtentSet {
  readonly #hole: Field;
  readonly #prealloc: Field;
  /** See the tree's. */
  readonly unbacked: Field;
  /** What the extents hold on disk; kept only where they can be written anew meanwhile. */
  readonly version: readonly Field[];

  constructor(layout: Layout, segments: number, limits: Limits) {
    super(layout, segments);
    this.#hole = layout.set(segments);
    this.#prealloc = layout.set(limits.allocates ? segments : 0);
    this.unbacked = layout.set(limits.writeErrors ? segments : 0);
    this.version = layout.fields(limits.changesUnderLog ? segments : 0, largestVersion(limits.versions));
  }

  take(state: State, extent: number, kind: ExtentMapKind): void {
    this.add(state, extent);
    setBit(this.#hole, state, lowest(extent), kind === 'hole');
    setBit(this.#prealloc, state, lowest(extent), kind === 'prealloc');
  }

  kind(state: State, start: number): ExtentMapKind {
    const bit = 1 << start;
    if (this.#hole.within(state, bit) !== 0) return 'hole';
    return this.#prealloc.within(state, bit) === 0 ? 'data' : 'prealloc';
  }

  /** Takes the extent that begins at `start` off the list. */
  release(state: State, start: number): void {
    this.remove(state, this.from(state, start));
    setBit(this.unbacked, state, start, false);
    setBit(this.#hole, state, start, false);
    setBit(this.#prealloc, state, start, false);
  }
}

function setBit(field: Field, state: State, bit: number, on: boolean): void {
  field.mark(state, 1 << bit, on);
}
