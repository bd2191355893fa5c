import type { ByteRange, ViolationKind } from './scenario.ts';
import type { Violation, WitnessStep } from './verdict.ts';

/** One run, step by step, for people to look at. Plain data. */
export interface Trace {
  readonly version: 1;
  readonly scenario: string;
  /** Release whose rules were used, for example `5.8`. */
  readonly kernel: string;
  readonly tasks: readonly string[];
  readonly initial: StateView;
  readonly steps: readonly TraceStep[];
}

export interface TraceStep extends WitnessStep {
  /** Name of the task, or `endio`. */
  readonly task: string;
  /** The operation as written, for example `fsync I`; for endio `endio I 0..4K`. */
  readonly operation: string;
  /** What this step found and changed, one short line each, in the kernel's terms. */
  readonly changes: readonly string[];
  /** State after the step. */
  readonly state: StateView;
}

/** A state as the replay view shows it. */
export interface StateView {
  readonly transaction: TransactionView;
  readonly log: LogView;
  readonly files: readonly FileView[];
  /** Empty where names do not change. */
  readonly names: readonly NameView[];
  /** What is found after a power failure right here and log replay at the next mount. */
  readonly crash: CrashView;
}

/** One name, and the file or directory that it links to in each tree; null for none. */
export interface NameView {
  /** `F`, `D/F`; directories are called as they were declared. */
  readonly name: string;
  readonly linksTo: string | null;
  readonly committed: string | null;
  /** What the log tree in memory, and the log on disk, say of the name: `entry for A`, `reference of A`, `deleted`. */
  readonly logged: readonly string[];
  readonly loggedOnDisk: readonly string[];
  readonly afterCrash: string | null;
}

export interface TransactionView {
  /** fs_info->generation: id of the transaction created last. */
  readonly generation: number;
  /** State of that transaction, or `none` when none runs. */
  readonly state: 'none' | 'running' | 'commit_start' | 'commit_doing';
  /** Id of the transaction whose trees are being written, or null. */
  readonly committing: number | null;
  readonly lastCommitted: number;
  /** A transaction was aborted, and the file system is read-only; absent where not. */
  readonly aborted?: true;
}

export interface LogView {
  /** The subvolume has a log tree in memory. */
  readonly exists: boolean;
  readonly transid: number;
  readonly lastLogCommit: number;
  readonly writers: number;
  /** The super block on disk points to a log tree. */
  readonly onDisk: boolean;
}

export interface FileView {
  readonly name: string;
  readonly size: number;
  /** i_size that the subvolume tree holds. */
  readonly diskSize: number;
  readonly needsFullSync: boolean;
  /** Name of the task that holds the inode lock. */
  readonly lockedBy: string | null;
  /** 0 for never in this mount. */
  readonly loggedTrans: number;
  readonly lastTrans: number;
  readonly pages: readonly PageView[];
  readonly extentMaps: readonly ExtentMapView[];
  readonly orderedExtents: readonly OrderedExtentView[];
  /** File-extent items of the subvolume tree in memory, of the last commit, of the log tree in memory, and of the log on disk. */
  readonly tree: readonly ItemView[];
  readonly committed: readonly ItemView[];
  readonly logged: readonly ItemView[];
  readonly loggedOnDisk: readonly ItemView[];
}

export interface PageView {
  readonly range: ByteRange;
  readonly state: 'clean' | 'dirty' | 'writeback';
  /** Whose data the page holds, for example `app: write` or `initial`. */
  readonly version: string;
}

export interface ExtentMapView {
  readonly range: ByteRange;
  readonly kind: 'data' | 'hole' | 'prealloc';
  /** Generation; null while the IO is in flight ((u64)-1 in the kernel). */
  readonly generation: number | null;
  /** On the inode's list of modified extents. */
  readonly modified: boolean;
  readonly pinned: boolean;
  readonly logging: boolean;
  /** False for one that an fsync collected and that page release has dropped from the tree since. */
  readonly inTree: boolean;
}

export interface OrderedExtentView {
  readonly range: ByteRange;
  /** Bytes not yet submitted. */
  readonly unsubmitted: readonly ByteRange[];
  /** Step of its completion that comes next. */
  readonly next: string;
}

export interface ItemView {
  readonly range: ByteRange;
  readonly kind: 'data' | 'hole' | 'prealloc';
  readonly version: string;
}

export interface CrashView {
  readonly files: readonly CrashFileView[];
  readonly violations: readonly Omit<Violation, 'witness'>[];
}

export interface CrashFileView {
  readonly name: string;
  readonly size: number;
  /** Content found, with the content that was promised. */
  readonly content: readonly CrashContentView[];
}

export interface CrashContentView {
  readonly range: ByteRange;
  readonly found: string;
  readonly promised: string;
  readonly verdict: 'kept' | ViolationKind;
}
