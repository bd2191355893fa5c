import type { Segments } from '../segments.ts';
import { below, lowest } from '../state/bits.ts';
import type { Field, Layout, State } from '../state/layout.ts';
import { ExtentMapTree } from './extent-map-tree.ts';
import { FileImage } from './file-image.ts';
import type { Limits } from './limits.ts';
import { LoggedInode } from './logged-inode.ts';
import { OrderedExtents } from './ordered-extent.ts';
import { PageCache } from './page-cache.ts';
import { largestVersion, nextVersion } from './version.ts';
import { VersionedSize } from './versioned-size.ts';

/** A regular file (struct btrfs_inode) with everything that memory and disk hold about it. */
export class Inode extends LoggedInode {
  readonly index: number;
  readonly name: string;
  readonly segments: Segments;
  readonly pages: PageCache;
  readonly extentMaps: ExtentMapTree;
  readonly orderedExtents: OrderedExtents;
  /** What a read would return: the version of each segment. */
  readonly content: readonly Field[];
  /** What the blocks of open ordered extents were submitted with. */
  readonly submitted: readonly Field[];
  /** i_size. */
  readonly size: VersionedSize;
  /** i_mmap_lock, which an fsync holds since 885f46d87f29. */
  readonly mmapLocked: Field;
  /** BTRFS_INODE_FLUSH_ON_CLOSE: truncated to nothing. */
  readonly flushOnClose: Field;
  /** BTRFS_INODE_NEEDS_FULL_SYNC. */
  readonly needsFullSync: Field;

  /** The subvolume tree in memory, the one being committed, and the one on disk. */
  readonly tree: FileImage;
  readonly committing: FileImage;
  readonly committed: FileImage;
  /** The log tree in memory, the one being written, and the one on disk. */
  readonly log: FileImage;
  readonly syncingLog: FileImage;
  readonly diskLog: FileImage;

  constructor(layout: Layout, index: number, name: string, segments: Segments, limits: Limits) {
    super(layout, limits);
    const count = segments.count;
    this.index = index;
    this.name = name;
    this.segments = segments;
    this.pages = new PageCache(layout, count);
    this.extentMaps = new ExtentMapTree(layout, count, limits);
    this.orderedExtents = new OrderedExtents(layout, count, limits);
    this.content = layout.fields(count, largestVersion(limits.versions));
    this.submitted = limits.changesUnderIo ? layout.fields(count, largestVersion(limits.versions)) : this.content;
    this.size = VersionedSize.create(layout, count, limits.sizeChanges);
    this.mmapLocked = layout.field(limits.mapped ? 1 : 0, 'control');
    this.flushOnClose = layout.field(limits.changesUnderIo ? 1 : 0);
    this.needsFullSync = layout.field(1);
    const image = () => new FileImage(layout, count, limits);
    this.tree = image();
    this.committing = image();
    this.committed = image();
    this.log = image();
    this.syncingLog = image();
    this.diskLog = image();
  }

  /** The segments before i_size. */
  inside(state: State): number {
    return below(this.size.get(state));
  }

  /** The segments get a new version each, of data or of zeros. */
  changeContent(state: State, segments: number, zero: boolean): void {
    for (let rest = segments; rest !== 0; rest &= rest - 1) {
      const field = this.content[lowest(rest)]!;
      field.set(state, nextVersion(field.get(state), zero));
    }
  }

  /** Submits pages that have an ordered extent: what they hold now is what gets written. */
  submit(state: State, pages: number): void {
    this.pages.submit(state, pages);
    this.noteSubmitted(state, pages);
  }

  /** What the blocks hold now is what their ordered extent writes. */
  noteSubmitted(state: State, blocks: number): void {
    if (this.submitted === this.content) return;
    for (let rest = blocks; rest !== 0; rest &= rest - 1) {
      const segment = lowest(rest);
      this.submitted[segment]!.set(state, this.content[segment]!.get(state));
    }
  }

  /** Blocks that are allocated and still to be written: a log item for them points to what the device had there before. */
  unwritten(state: State): number {
    const { covered, directPending, directIo } = this.orderedExtents;
    const toCome = this.pages.dirty.get(state) | this.pages.writeback.get(state);
    const ordered = covered.get(state) & (toCome | directPending.get(state) | directIo.get(state));
    return ordered | this.unordered(state);
  }

  /** Blocks that have an extent map of their own already, and no ordered extent yet. */
  unordered(state: State): number {
    const { extentMaps } = this;
    return extentMaps.union(state, extentMaps.pinned.get(state)) & ~this.orderedExtents.covered.get(state);
  }

  /** The versions that newly allocated blocks hold once they are written; good for the given segment. */
  allocatedVersions(state: State, segment: number): readonly Field[] {
    const toCome = this.pages.dirty.get(state) | this.unordered(state);
    return (toCome & (1 << segment)) === 0 ? this.submitted : this.content;
  }

  /** The blocks are on the device: log items that point to them are good from now on. */
  blocksWritten(state: State, blocks: number): void {
    for (const image of [this.log, this.syncingLog, this.diskLog]) image.markUnwritten(state, blocks, false);
  }
}
