import { lowest } from '../state/bits.ts';
import type { Field, Layout, State } from '../state/layout.ts';

/**
 * Extents of one file that do not overlap, as two masks: which segments are covered, and which of
 * those an extent begins at. What an extent is otherwise is kept in fields of the derived classes, by
 * the segment it begins at.
 */
export class ExtentSet {
  readonly covered: Field;
  readonly starts: Field;

  constructor(layout: Layout, segments: number) {
    this.covered = layout.set(segments);
    this.starts = layout.set(segments);
  }

  /** The extent that begins at `start`. */
  from(state: State, start: number): number {
    if (this.covered.within(state, 1 << start) === 0) return 0;
    let bit = 2 << start;
    while (this.covered.within(state, bit) !== 0 && this.starts.within(state, bit) === 0) bit <<= 1;
    return bit - (1 << start);
  }

  /** Where the extent that covers `segment` begins; -1 when none does. */
  startAt(state: State, segment: number): number {
    if (this.covered.within(state, 1 << segment) === 0) return -1;
    let start = segment;
    while (this.starts.within(state, 1 << start) === 0) start--;
    return start;
  }

  /** Starts of the extents that overlap `range`. */
  overlapping(state: State, range: number): number {
    const inside = this.starts.within(state, range);
    const first = range === 0 ? -1 : this.startAt(state, lowest(range));
    return first < 0 ? inside : inside | (1 << first);
  }

  /** All segments of the extents that begin at `starts`. */
  union(state: State, starts: number): number {
    let covered = 0;
    for (let rest = starts; rest !== 0; rest &= rest - 1) covered |= this.from(state, lowest(rest));
    return covered;
  }

  protected add(state: State, extent: number): void {
    this.covered.include(state, extent);
    this.starts.include(state, 1 << lowest(extent));
  }

  protected remove(state: State, extent: number): void {
    this.covered.exclude(state, extent);
    this.starts.exclude(state, extent);
  }
}
