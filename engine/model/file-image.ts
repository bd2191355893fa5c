import { lowest } from '../state/bits.ts';
import type { Field, Layout, State } from '../state/layout.ts';
import type { Limits } from './limits.ts';
import { largestVersion } from './version.ts';
import { VersionedSize } from './versioned-size.ts';

/** What a file-extent item describes; `none` is no item. */
type ExtentKind = 'data' | 'prealloc' | 'hole' | 'none';

/**
 * One tree's account of a file: its inode item and file-extent items. The subvolume tree in memory and
 * on disk, and the log tree in memory and on disk, are each such an account.
 */
export class FileImage {
  /** The tree has an inode item of the file. */
  readonly present: Field;
  /** Size in the inode item. */
  readonly size: VersionedSize;
  /** Segments described by a regular file-extent item. */
  readonly data: Field;
  /** Segments described by a prealloc item: allocated, unwritten, reads as zeros. */
  readonly prealloc: Field;
  /** Segments described by an explicit hole item: log trees have those even with NO_HOLES, subvolume trees without it. */
  readonly hole: Field;
  /** The data of the first block is an inline item; kept only where there can be one. */
  readonly inline: Field;
  /** Segments whose item points to blocks that have not been written yet; kept only where that can be. */
  readonly unwritten: Field;
  /** Segments whose item points to blocks without checksums: reads fail. Kept only where that can be. */
  readonly withoutChecksums: Field;
  /** Which version of each segment the item refers to; a segment without an item has the version of its hole. */
  readonly version: readonly Field[];

  constructor(layout: Layout, segments: number, limits: Limits) {
    this.present = layout.field(1);
    this.size = VersionedSize.create(layout, segments, limits.sizeChanges);
    this.data = layout.set(segments);
    this.prealloc = layout.set(limits.allocates ? segments : 0);
    this.hole = layout.set(segments);
    this.inline = layout.field(limits.inline ? 1 : 0);
    this.unwritten = layout.set(limits.logsUnfinished ? segments : 0);
    this.withoutChecksums = layout.set(limits.logsUnfinished ? segments : 0);
    this.version = layout.fields(segments, largestVersion(limits.versions));
  }

  copyFrom(state: State, other: FileImage): void {
    this.present.set(state, other.present.get(state));
    this.size.copyFrom(state, other.size);
    this.data.set(state, other.data.get(state));
    this.prealloc.set(state, other.prealloc.get(state));
    this.hole.set(state, other.hole.get(state));
    this.inline.set(state, other.inline.get(state));
    this.unwritten.set(state, other.unwritten.get(state));
    this.withoutChecksums.set(state, other.withoutChecksums.get(state));
    for (let i = 0; i < this.version.length; i++) this.version[i]!.set(state, other.version[i]!.get(state));
  }

  clear(state: State): void {
    this.present.set(state, 0);
    this.size.clear(state);
    this.data.set(state, 0);
    this.prealloc.set(state, 0);
    this.hole.set(state, 0);
    this.inline.set(state, 0);
    this.unwritten.set(state, 0);
    this.withoutChecksums.set(state, 0);
    for (const version of this.version) version.set(state, 0);
  }

  /** Drops the items of `extent`, then inserts one of the given kind, as btrfs_drop_extents does before an insert. */
  insertExtent(state: State, extent: number, kind: ExtentKind, versions: readonly Field[]): void {
    this.#mark(this.data, state, extent, kind === 'data');
    this.#mark(this.prealloc, state, extent, kind === 'prealloc');
    this.#mark(this.hole, state, extent, kind === 'hole');
    this.markUnwritten(state, extent, false);
    this.markWithoutChecksums(state, extent, false);
    if ((extent & 1) !== 0) this.inline.set(state, 0);
    for (let rest = extent; rest !== 0; rest &= rest - 1) {
      const segment = lowest(rest);
      this.version[segment]!.set(state, versions[segment]!.get(state));
    }
  }

  /** btrfs_drop_extents: no item describes the segments any more; they read as zeros of the given versions. */
  dropExtents(state: State, extent: number, versions: readonly Field[]): void {
    this.insertExtent(state, extent, 'none', versions);
  }

  /** All segments that some item describes. */
  described(state: State): number {
    return this.data.get(state) | this.prealloc.get(state) | this.hole.get(state);
  }

  /** Takes note that the items of `extent` point to blocks that are, or are not, still to be written. */
  markUnwritten(state: State, extent: number, unwritten: boolean): void {
    this.#mark(this.unwritten, state, extent & this.unwritten.mask, unwritten);
  }

  /** Takes note that the blocks that the items of `extent` point to lack, or have, checksums. */
  markWithoutChecksums(state: State, extent: number, without: boolean): void {
    this.#mark(this.withoutChecksums, state, extent & this.withoutChecksums.mask, without);
  }

  #mark(field: Field, state: State, extent: number, on: boolean): void {
    const mask = field.get(state);
    field.set(state, on ? mask | extent : mask & ~extent);
  }
}
