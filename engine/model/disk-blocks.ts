import { lowest } from '../state/bits.ts';
import type { Field, Layout, State } from '../state/layout.ts';

/**
 * For each segment of one file in one tree, the blocks on disk that its file-extent item points to, as a number; 0 for
 * none. Kept only where files without COW are cloned: what is overwritten in place changes all that points to it.
 */
export class DiskBlocks {
  readonly #numbers: readonly Field[];

  constructor(layout: Layout, segments: number, largest: number) {
    this.#numbers = largest === 0 ? [] : layout.fields(segments, largest);
  }

  /** The numbers, per segment; none where they are not kept. */
  get fields(): readonly Field[] {
    return this.#numbers;
  }

  get(state: State, segment: number): number {
    return this.#numbers[segment]?.get(state) ?? 0;
  }

  set(state: State, segment: number, number: number): void {
    this.#numbers[segment]?.set(state, number);
  }

  copyFrom(state: State, other: DiskBlocks): void {
    for (const [i, number] of this.#numbers.entries()) number.set(state, other.#numbers[i]!.get(state));
  }

  /** The items of `segments` point to the same blocks as those of the other file that many segments before. */
  share(state: State, segments: number, other: DiskBlocks, distance = 0): void {
    if (this.#numbers.length === 0) return;
    for (let rest = segments; rest !== 0; rest &= rest - 1) {
      const segment = lowest(rest);
      this.set(state, segment, other.get(state, segment - distance));
    }
  }

  /** Those of `segments` whose item points to blocks. */
  known(state: State, segments: number): number {
    let known = 0;
    for (const [i, number] of this.#numbers.entries()) if (number.get(state) > 0) known |= 1 << i;
    return known & segments;
  }

  /** No item of `segments` points to blocks. */
  forget(state: State, segments: number): void {
    if (this.#numbers.length === 0) return;
    for (let rest = segments; rest !== 0; rest &= rest - 1) this.set(state, lowest(rest), 0);
  }
}
