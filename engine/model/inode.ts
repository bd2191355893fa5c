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

import { WriteErrors } from './write-errors.ts';

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
  /** last_reflink_trans, as an offset like last_trans; kept with the items, for it matters to nothing else. */
  readonly #lastReflinkTrans: Field;
  readonly writeErrors: WriteErrors;

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
    this.#lastReflinkTrans = layout.field(limits.tracksItems ? limits.transactions : 0);
    this.writeErrors = new WriteErrors(layout, count, limits.tasks, limits.writeErrors);
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
    const { blocks } = this.writeErrors;
    blocks.set(state, blocks.get(state) & ~segments);
    for (let rest = segments; rest !== 0; rest &= rest - 1) {
      const field = this.content[lowest(rest)]!;
      field.set(state, nextVersion(field.get(state), zero));
    }
  }

  /** The version of a segment that operations which have returned have made. */
  returnedVersion(state: State, segment: number): number {
    // A direct write begins when everything before it is in the subvolume tree.
    const inFlight = (this.orderedExtents.directInFlight.get(state) & (1 << segment)) !== 0;
    return (inFlight ? this.tree.version : this.content)[segment]!.get(state);
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

  /** The device has not written the blocks of an ordered extent; those that changed since hold something newer. */
  failWrite(state: State, blocks: number): void {
    let unchanged = 0;
    for (let rest = blocks; rest !== 0; rest &= rest - 1) {
      const segment = lowest(rest);
      if (this.submitted[segment]!.get(state) === this.content[segment]!.get(state)) unchanged |= rest & -rest;
    }
    this.writeErrors.note(state, unchanged);
  }

  /** The blocks are on the device: log items that point to them are good from now on. */
  blocksWritten(state: State, blocks: number): void {
    for (const image of [this.log, this.syncingLog, this.diskLog]) image.markUnwritten(state, blocks, false);
  }

  /**
   * btrfs_set_inode_full_sync by an inode that was last changed in transaction `lastTrans`: for all that is known, it was
   * cloned into then (23e3337faf73, 5.18), so that the next log has the items of older generations, too.
   */
  setFullSync(state: State, lastTrans: number): void {
    this.needsFullSync.set(state, 1);
    this.noteReflink(state, lastTrans);
  }

  /** last_reflink_trans: the transaction in which the inode was cloned into last, or may have been. */
  noteReflink(state: State, transaction: number): void {
    this.#lastReflinkTrans.set(state, transaction & this.#lastReflinkTrans.mask);
  }

  /** May the inode have been cloned into in the transaction, or later? */
  mayBeCloned(state: State, transaction: number): boolean {
    return this.#lastReflinkTrans.get(state) >= transaction;
  }
}
