import type { Segments } from '../segments.ts';
import { lowest, runs } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import type { DiskBlocks } from './disk-blocks.ts';
import type { FileImage } from './file-image.ts';

/** What of a file points to blocks. */
interface Sharer {
  readonly segments: Segments;
  /** The file in all trees and logs. */
  readonly images: readonly FileImage[];
  /** The blocks that are being written. */
  readonly allocated: DiskBlocks;
  /** The images whose references the extent tree counts: the subvolume tree as it is, and as of the last commit. */
  readonly counted: (state: State) => readonly FileImage[];
  /** Number of the file's first segment among those of all sharers. */
  readonly first: number;
}

/** A reference to an extent from some file: the extent, the file, and where it would lie in the file as a whole. */
interface Reference {
  readonly extent: number;
  readonly file: number;
  readonly offset: number;
}

/**
 * The extents on disk of files that are cloned, some of them without COW: btrfs_cross_ref_exist. A block is an extent and
 * the place where that was allocated, in one number: the extent's, times the number of places, plus the place's, plus 1.
 */
export class SharedExtents {
  /** Number of segments of all files that share. */
  readonly places: number;
  readonly #sharers = new Map<number, Sharer>();

  constructor(places: number) {
    this.places = places;
  }

  /** The largest number of a block: each extent is in one of six images or being allocated, and one more can be needed. */
  get largest(): number {
    return this.places * (this.places * 7 + 1);
  }

  add(file: number, sharer: Omit<Sharer, 'first'>): void {
    const first = [...this.#sharers.values()].reduce((sum, { segments }) => sum + segments.count, 0);
    this.#sharers.set(file, { ...sharer, first });
  }

  /** btrfs_reserve_extent: each run of `extent` is an extent of its own, which the account has from now on. */
  allocate(state: State, file: number, account: DiskBlocks, extent: number): void {
    const { first } = this.#sharers.get(file)!;
    account.forget(state, extent);
    for (const run of runs(extent)) {
      const unused = this.#unused(state);
      for (let rest = run; rest !== 0; rest &= rest - 1) {
        account.set(state, lowest(rest), unused * this.places + first + lowest(rest) + 1);
      }
    }
  }

  /** Of `segments`, those whose extent somebody else points to, be it the same file at another offset. */
  shared(state: State, file: number, tree: DiskBlocks, segments: number): number {
    const references = this.#references(state);
    let found = 0;
    for (let rest = segments; rest !== 0; rest &= rest - 1) {
      const own = this.#reference(file, lowest(rest), tree.get(state, lowest(rest)));
      const isShared = references.some(
        (other) => other.extent === own?.extent && (other.file !== file || other.offset !== own.offset),
      );
      if (isShared) found |= rest & -rest;
    }
    return found;
  }

  /** A block of the file is overwritten in place; any other segment whose item points there now has foreign data. */
  overwrite(
    state: State,
    { file, segment, block }: { readonly file: number; readonly segment: number; readonly block: number },
  ): void {
    for (const [other, { images }] of this.#sharers) {
      for (const image of images) {
        for (const [i, field] of image.blocks.fields.entries()) {
          const isOwn = other === file && i === segment;
          if (!isOwn && field.get(state) === block) image.markForeign(state, image.data.get(state) & (1 << i));
        }
      }
    }
  }

  #unused(state: State): number {
    const used = new Set<number>();
    for (const { images, allocated } of this.#sharers.values()) {
      for (const { fields } of [...images.map(({ blocks }) => blocks), allocated]) {
        for (const field of fields) if (field.get(state) > 0) used.add(this.#extentOf(field.get(state)));
      }
    }
    let extent = 0;
    while (used.has(extent)) extent++;
    return extent;
  }

  #extentOf(block: number): number {
    return Math.floor((block - 1) / this.places);
  }

  #references(state: State): Reference[] {
    return [...this.#sharers].flatMap(([file, { counted }]) =>
      counted(state).flatMap(({ blocks }) =>
        blocks.fields.flatMap((field, segment) => this.#reference(file, segment, field.get(state)) ?? []),
      ),
    );
  }

  #reference(file: number, segment: number, block: number): Reference | undefined {
    if (block === 0) return undefined;
    const place = (block - 1) % this.places;
    const origin = [...this.#sharers.values()].findLast(({ first }) => first <= place)!;
    const { cuts } = this.#sharers.get(file)!.segments;
    return {
      extent: this.#extentOf(block),
      file,
      offset: cuts[segment]! - origin.segments.cuts[place - origin.first]!,
    };
  }
}
