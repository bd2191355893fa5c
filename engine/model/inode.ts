import type { Segments } from '../segments.ts';
import { below, lowest } from '../state/bits.ts';
import type { Field, Layout, State } from '../state/layout.ts';
import { ExtentMapTree } from './extent-map-tree.ts';
import { FileImage } from './file-image.ts';
import type { FileSystem } from './file-system.ts';
import { InodeBlocks } from './inode-blocks.ts';
import type { Limits } from './limits.ts';
import { LoggedInode } from './logged-inode.ts';
import { OrderedExtents } from './ordered-extent.ts';
import { PageCache } from './page-cache.ts';
import type { SharedExtents } from './shared-extents.ts';
import type { Storage } from './storage.ts';
import { UnreturnedChange } from './unreturned-change.ts';
import { largestVersion, nextVersion } from './version.ts';
import { VersionedSize } from './versioned-size.ts';

import { WriteErrors } from './write-errors.ts';

/** What is fixed about a file. */
interface InodeDescription {
  readonly fs: FileSystem;
  readonly index: number;
  readonly name: string;
  readonly segments: Segments;
  readonly storage: Storage;
  /** Where the file may share what is overwritten in place. */
  readonly extents: SharedExtents | undefined;
}

/** A regular file (struct btrfs_inode) with everything that memory and disk hold about it. */
export class Inode extends LoggedInode {
  readonly fs: FileSystem;
  readonly index: number;
  readonly name: string;
  readonly segments: Segments;
  readonly storage: Storage;
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
  /** BTRFS_INODE_PREALLOC: has had prealloc extents; kept only where that decides how it is written. */
  readonly hasPrealloc: Field;
  /** The file has been changed: within one tick of the clock its times are the same for the next change. Kept only where that matters. */
  readonly timesUpdated: Field;
  readonly unreturned: UnreturnedChange;
  /** BTRFS_INODE_NEEDS_FULL_SYNC. */
  readonly needsFullSync: Field;
  /** last_reflink_trans, as an offset like last_trans; kept with the items, for it matters to nothing else. */
  readonly #lastReflinkTrans: Field;
  /** Where the inline extent of the subvolume tree ends, as an index of a cut; kept only where it may be cloned. */
  readonly inlineEnd: Field;
  readonly writeErrors: WriteErrors;

  /** Segments whose hole item is of the running transaction; kept only where others may describe new holes. */
  readonly freshHoles: Field;
  /** The subvolume tree in memory, the one being committed, and the one on disk. */
  readonly tree: FileImage;
  readonly committing: FileImage;
  readonly committed: FileImage;
  /** The log tree in memory, the one being written, and the one on disk. */
  readonly log: FileImage;
  readonly syncingLog: FileImage;
  readonly diskLog: FileImage;
  readonly blocks: InodeBlocks;

  constructor(layout: Layout, file: InodeDescription, limits: Limits) {
    super(layout, limits);
    const { fs, index, name, segments, storage } = file;
    const count = segments.count;
    this.fs = fs;
    this.index = index;
    this.name = name;
    this.storage = storage;
    this.segments = segments;
    this.pages = new PageCache(layout, count);
    this.extentMaps = new ExtentMapTree(layout, count, limits);
    this.orderedExtents = new OrderedExtents(layout, count, limits);
    this.content = layout.fields(count, largestVersion(limits.versions), 'judged');
    this.submitted = limits.changesUnderIo ? layout.fields(count, largestVersion(limits.versions)) : this.content;
    this.size = VersionedSize.create(layout, count, limits.sizeChanges);
    this.mmapLocked = layout.field(limits.mapped ? 1 : 0, 'control');
    this.flushOnClose = layout.field(limits.flushesOnClose ? 1 : 0);
    this.hasPrealloc = layout.field(limits.remembersPrealloc ? 1 : 0);
    this.timesUpdated = layout.field(limits.keepsTimes ? 1 : 0);
    this.unreturned = new UnreturnedChange(layout, count, limits);
    this.needsFullSync = layout.field(1);
    this.#lastReflinkTrans = layout.field(limits.tracksItems ? limits.transactions : 0);
    this.inlineEnd = layout.field(limits.clonesInline ? lowest(~segments.wholeBlocks(1)) : 0);
    this.freshHoles = layout.set(limits.staleHoles ? count : 0);
    this.writeErrors = new WriteErrors(layout, fs.superErrors, count, limits.tasks, limits.writeErrors);
    const image = (of = layout) => new FileImage(of, count, limits);
    const judged = layout.as('judged');
    this.tree = image();
    this.committing = image();
    this.committed = image(judged);
    this.log = image();
    this.syncingLog = image();
    this.diskLog = image(judged);
    this.blocks = new InodeBlocks(layout, count, this, file.extents);
    const { tree, committing, committed, log, syncingLog, diskLog } = this;
    file.extents?.add(index, {
      segments,
      images: [tree, committing, committed, log, syncingLog, diskLog],
      allocated: this.blocks.allocated,
      counted: (state) =>
        fs.guards['nocow.references-after-crash']
          ? [tree, committing, committed, log, syncingLog, diskLog]
          : [tree, committing.present.get(state) === 1 ? committing : committed],
    });
  }

  /** The segments before i_size. */
  inside(state: State): number {
    return below(this.size.get(state));
  }

  /** The segments get a new version each, of data or of zeros, by an operation that returns with this. */
  changeContent(state: State, segments: number, zero: boolean): void {
    this.unreturned.supersede(state, segments);
    this.#change(state, segments, zero);
  }

  /** The same by an operation that holds the inode lock and returns later, with `changeReturned`. */
  beginChange(state: State, segments: number, zero: boolean): void {
    this.unreturned.begin(state, segments, this.content);
    this.#change(state, segments, zero);
  }

  /** A new size by an operation that holds the inode lock and returns later. */
  beginResize(state: State, size: number): void {
    if (size !== this.size.get(state)) this.unreturned.beginResize(state, this.size);
    this.size.change(state, size);
    this.timesUpdated.set(state, this.timesUpdated.mask);
  }

  #change(state: State, segments: number, zero: boolean): void {
    this.timesUpdated.set(state, this.timesUpdated.mask);
    const { blocks } = this.writeErrors;
    blocks.exclude(state, segments);
    for (let rest = segments; rest !== 0; rest &= rest - 1) {
      const field = this.content[lowest(rest)]!;
      field.set(state, nextVersion(field.get(state), zero));
    }
  }

  /** The version of a segment that operations which have returned have made. */
  returnedVersion(state: State, segment: number): number {
    // A direct write begins when everything before it is in the subvolume tree.
    const inFlight = (this.orderedExtents.directInFlight.get(state) & (1 << segment)) !== 0;
    if (inFlight) return this.tree.version[segment]!.get(state);
    return this.unreturned.versionBefore(state, segment) ?? this.content[segment]!.get(state);
  }

  /** The size that operations which have returned have made. */
  returnedSize(state: State): VersionedSize {
    return this.unreturned.sizeBefore(state) ?? this.size;
  }

  /** The block that the size ends in could not be written, or a direct write of it may still fail: it was to bring the size with it. */
  isSizeUncertain(state: State): boolean {
    if (!this.writeErrors.possible) return false;
    const size = this.returnedSize(state).get(state);
    const uncertain = this.writeErrors.blocks.get(state) | this.orderedExtents.directInFlight.get(state);
    return size > 0 && (uncertain & (1 << (size - 1))) !== 0;
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

  /** Blocks that are still to be written, by an ordered extent that is there or about to be. */
  inFlight(state: State): number {
    const { directPending, directIo } = this.orderedExtents;
    const toCome = this.pages.dirty.get(state) | this.pages.writeback.get(state);
    const ordered = this.orderedExtents.covered.get(state);
    return (ordered & (toCome | directPending.get(state) | directIo.get(state))) | this.unordered(state);
  }

  /** Of these, blocks that are allocated: a log item for them points to what the device had there before. */
  unwritten(state: State): number {
    return this.inFlight(state) & ~this.orderedExtents.overwritten(state);
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
    this.writeErrors.note(state, this.#unchanged(state, blocks));
  }

  /** The same for direct IO, of which the write itself tells. */
  failDirectWrite(state: State, blocks: number): void {
    this.writeErrors.undefine(state, this.#unchanged(state, blocks));
  }

  /** Of `blocks`, those that hold what was submitted last. */
  #unchanged(state: State, blocks: number): number {
    let unchanged = 0;
    for (let rest = blocks; rest !== 0; rest &= rest - 1) {
      const segment = lowest(rest);
      if (this.submitted[segment]!.get(state) === this.content[segment]!.get(state)) unchanged |= rest & -rest;
    }
    return unchanged;
  }

  /** The blocks are on the device: log items that point to them are good from now on. */
  blocksWritten(state: State, blocks: number): void {
    for (const image of [this.log, this.syncingLog, this.diskLog]) image.markUnwritten(state, blocks, false);
  }

  /** The hole items of `holes` are of the running transaction, or older. */
  markHoles(state: State, holes: number, fresh: boolean): void {
    this.freshHoles.mark(state, holes, fresh);
  }

  /** can_cow_file_range_inline: the whole file fits into its metadata. */
  fitsInline(state: State): boolean {
    const bytes = this.segments.cuts[this.size.get(state)]!;
    // An image without room for the mark is of a file that is never that small.
    return this.tree.inline.mask === 1 && bytes <= this.storage.maximumInline && this.hasPrealloc.get(state) === 0;
  }

  /** The inline item takes the place of what describes the first block; `end` is an index of a cut. */
  insertInlineItem(state: State, end: number): void {
    this.tree.insertExtent(state, this.segments.wholeBlocks(1), 'data', this.content);
    this.tree.inline.set(state, 1);
    this.inlineEnd.set(state, end & this.inlineEnd.mask);
  }

  /** should_nocow sends a file that has had prealloc extents through run_delalloc_nocow: no compression, no inline extent. */
  compresses(state: State): boolean {
    return this.storage.compress && this.hasPrealloc.get(state) === 0;
  }

  /** btrfs_inode_safe_disk_i_size_write: i_size, but without NO_HOLES no more than items describe without a gap. */
  updateDiskSize(state: State): void {
    this.tree.size.copyFrom(state, this.size);
    if (this.fs.mount.holes) this.tree.size.limit(state, lowest(~this.tree.described(state)));
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
