import { lowest } from '../state/bits.ts';
import type { Field, Layout, State } from '../state/layout.ts';
import type { Limits } from './limits.ts';
import { largestVersion } from './version.ts';
import { VersionedSize } from './versioned-size.ts';

/**
 * The change of one file by an operation that has not returned, as a truncate between moving i_size and its end: a
 * sync that is called meanwhile does not promise it, but what was there before. Such operations hold the inode lock, so
 * that there is one at a time. Kept only where somebody may call a sync meanwhile.
 */
export class UnreturnedChange {
  /** Segments that the operation has changed, and what they were before. */
  readonly #segments: Field;
  readonly #before: readonly Field[];
  readonly #resized: Field;
  readonly #sizeBefore: VersionedSize;

  constructor(layout: Layout, segments: number, limits: Limits) {
    const kept = limits.changesUnreturned;
    this.#segments = layout.set(kept ? segments : 0);
    this.#before = layout.fields(kept ? segments : 0, largestVersion(limits.versions));
    this.#resized = layout.field(kept ? 1 : 0);
    this.#sizeBefore = VersionedSize.create(layout, kept ? segments : 0, kept ? limits.sizeChanges : 0);
  }

  /** The operation is about to change segments, which have the versions `content`. */
  begin(state: State, segments: number, content: readonly Field[]): void {
    const noted = this.#segments.get(state);
    for (let rest = segments & ~noted & this.#segments.mask; rest !== 0; rest &= rest - 1) {
      const segment = lowest(rest);
      this.#before[segment]!.set(state, content[segment]!.get(state));
    }
    this.#segments.set(state, noted | (segments & this.#segments.mask));
  }

  /** The operation is about to change the size. */
  beginResize(state: State, size: VersionedSize): void {
    if (this.#resized.mask === 0 || this.#resized.get(state) === 1) return;
    this.#resized.set(state, 1);
    this.#sizeBefore.copyFrom(state, size);
  }

  /** A store through a mapping, which returns at once, has changed segments once more. */
  supersede(state: State, segments: number): void {
    for (let rest = segments & this.#segments.get(state); rest !== 0; rest &= rest - 1) {
      this.#before[lowest(rest)]!.set(state, 0);
    }
    this.#segments.exclude(state, segments);
  }

  /** The operation returns. */
  end(state: State): void {
    this.supersede(state, this.#segments.get(state));
    this.#resized.set(state, 0);
    this.#sizeBefore.clear(state);
  }

  /** The version that a segment had before; undefined where the operation has not changed it. */
  versionBefore(state: State, segment: number): number | undefined {
    if ((this.#segments.get(state) & (1 << segment)) === 0) return undefined;
    return this.#before[segment]!.get(state);
  }

  /** The size before; undefined while the operation has not changed it. */
  sizeBefore(state: State): VersionedSize | undefined {
    return this.#resized.get(state) === 1 ? this.#sizeBefore : undefined;
  }
}
