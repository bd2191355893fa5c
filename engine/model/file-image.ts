import { lowest } from '../state/bits.ts';
import type { Field, Layout, State } from '../state/layout.ts';
import { DiskBlocks } from './disk-blocks.ts';
import { ExtentItems } from './extent-items.ts';
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
  /** The inode item of a log says only that the inode exists (generation 0, LOG_INODE_EXISTS). */
  readonly existsOnly: Field;
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
  /**
   * Segments whose item points to blocks that are not the file's: their write has failed, and they were given back; or
   * another file that they were shared with has been overwritten in place.
   */
  readonly foreign: Field;
  /** Segments whose item points to blocks without checksums: reads fail. Kept only where that can be. */
  readonly withoutChecksums: Field;
  /** Which version of each segment the item refers to; a segment without an item has the version of its hole. */
  readonly version: readonly Field[];
  /** The blocks that items point to; kept only where others may overwrite them. */
  readonly blocks: DiskBlocks;
  /** The file-extent items one by one; kept only where they are asked for. */
  readonly items: ExtentItems;
  /** The tree has the INODE_REF items of the file; kept with the items. */
  readonly names: Field;

  constructor(layout: Layout, segments: number, limits: Limits) {
    this.present = layout.field(1);
    this.existsOnly = layout.field(limits.named ? 1 : 0);
    this.size = VersionedSize.create(layout, segments, limits.sizeChanges);
    this.data = layout.set(segments);
    this.prealloc = layout.set(limits.allocates ? segments : 0);
    this.hole = layout.set(segments);
    this.inline = layout.field(limits.inline ? 1 : 0);
    this.unwritten = layout.set(limits.logsUnfinished ? segments : 0);
    this.withoutChecksums = layout.set(limits.logsUnfinished ? segments : 0);
    this.foreign = layout.set(limits.writeErrors || limits.diskBlocks > 0 ? segments : 0);
    this.version = layout.fields(segments, largestVersion(limits.versions));
    this.blocks = new DiskBlocks(layout, segments, limits.diskBlocks);
    this.items = new ExtentItems(layout, segments, limits.tracksItems);
    this.names = layout.field(limits.tracksItems ? 1 : 0);
  }

  copyFrom(state: State, other: FileImage): void {
    this.present.set(state, other.present.get(state));
    this.existsOnly.set(state, other.existsOnly.get(state));
    this.size.copyFrom(state, other.size);
    this.data.set(state, other.data.get(state));
    this.prealloc.set(state, other.prealloc.get(state));
    this.hole.set(state, other.hole.get(state));
    this.inline.set(state, other.inline.get(state));
    this.unwritten.set(state, other.unwritten.get(state));
    this.foreign.set(state, other.foreign.get(state));
    this.withoutChecksums.set(state, other.withoutChecksums.get(state));
    for (let i = 0; i < this.version.length; i++) this.version[i]!.set(state, other.version[i]!.get(state));
    this.blocks.copyFrom(state, other.blocks);
    this.items.copyFrom(state, other.items);
    this.names.set(state, other.names.get(state));
  }

  clear(state: State): void {
    this.present.set(state, 0);
    this.existsOnly.set(state, 0);
    this.size.clear(state);
    this.data.set(state, 0);
    this.prealloc.set(state, 0);
    this.hole.set(state, 0);
    this.inline.set(state, 0);
    this.unwritten.set(state, 0);
    this.foreign.set(state, 0);
    this.withoutChecksums.set(state, 0);
    for (const version of this.version) version.set(state, 0);
    this.blocks.forget(state, this.data.mask);
    this.items.clear(state);
    this.names.set(state, 0);
  }

  /**
   * What the file is found to be in the tree, or after the log's replay: segments of one kind, of the given versions. Which
   * items say so is another matter.
   */
  describe(state: State, segments: number, kind: ExtentKind, versions: readonly Field[]): void {
    this.data.mark(state, segments, kind === 'data');
    this.prealloc.mark(state, segments, kind === 'prealloc');
    this.hole.mark(state, segments, kind === 'hole');
    this.markUnwritten(state, segments, false);
    this.markWithoutChecksums(state, segments, false);
    if ((segments & 1) !== 0) this.inline.set(state, 0);
    this.foreign.mark(state, segments, false);
    this.blocks.forget(state, segments);
    for (let rest = segments; rest !== 0; rest &= rest - 1) {
      const segment = lowest(rest);
      this.version[segment]!.set(state, versions[segment]!.get(state));
    }
  }

  /** Drops the items of `extent`, then inserts one of the given kind, as btrfs_drop_extents does before an insert. */
  insertExtent(state: State, extent: number, kind: Exclude<ExtentKind, 'none'>, versions: readonly Field[]): void {
    this.describe(state, extent, kind, versions);
    this.items.insert(state, extent, kind === 'data' ? 'regular' : kind);
  }

  /** btrfs_mark_extent_written: the prealloc item, or a part of it, is a regular one from now on. */
  markWritten(state: State, extent: number, versions: readonly Field[]): void {
    this.describe(state, extent, 'data', versions);
    this.items.markWritten(state, extent);
  }

  /**
   * btrfs_drop_extents: no item describes the segments any more; they read as zeros of the given versions. From disk_i_size
   * on it first looks whether there are items at all.
   */
  dropExtents(state: State, extent: number, versions: readonly Field[]): void {
    this.describe(state, extent, 'none', versions);
    const findsSome = (this.items.covered(state) & extent) !== 0;
    if (findsSome || lowest(extent) < this.size.get(state)) this.items.drop(state, extent);
  }

  /** All segments that some item describes. */
  described(state: State): number {
    return this.data.get(state) | this.prealloc.get(state) | this.hole.get(state);
  }

  /** Takes note that the items of `extent` point to blocks that are, or are not, still to be written. */
  markUnwritten(state: State, extent: number, unwritten: boolean): void {
    this.unwritten.mark(state, extent & this.unwritten.mask, unwritten);
  }

  /** Takes note that the items of `extent` point to blocks that do not belong to the file. */
  markForeign(state: State, extent: number): void {
    this.foreign.mark(state, extent & this.foreign.mask, true);
  }

  /** Takes note that the blocks that the items of `extent` point to lack, or have, checksums. */
  markWithoutChecksums(state: State, extent: number, without: boolean): void {
    this.withoutChecksums.mark(state, extent & this.withoutChecksums.mask, without);
  }
}
