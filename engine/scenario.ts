/**
 * What the engine is asked to check: plain data, without source positions. Files, tasks and
 * operations are referred to by their index, in the order of the text; whoever built the scenario
 * maps an index back to a place in the text.
 */
export interface Scenario {
  readonly name: string;
  /** Mainline release as text (`5.10` is not `5.1`); undefined means the newest known profile. */
  readonly kernel?: string | undefined;
  /** Guards that the author turned on or off, over what the kernel release sets. */
  readonly guards: Readonly<Record<string, boolean>>;
  /** Options of the mount that are set; absent means none. */
  readonly mount?: readonly MountOption[] | undefined;
  readonly files: readonly ScenarioFile[];
  /** Absent: every file has its one name, and nothing changes that. */
  readonly namespace?: ScenarioNamespace | undefined;
  readonly tasks: readonly ScenarioTask[];
  readonly orders: readonly OrderConstraint[];
  readonly schedules: readonly Schedule[];
  /** Empty means `expect safe`. */
  readonly expect: readonly Expectation[];
  /** Absent means none. They change nothing about the verdict. */
  readonly questions?: readonly Question[] | undefined;
  readonly bounds: SearchBounds;
}

/** Half-open range of bytes. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * What a file system can be mounted with, beyond the defaults. `holes` is an option of mkfs in fact: a file
 * system without NO_HOLES, whose holes have items of their own.
 */
export type MountOption = 'holes' | 'nodatasum' | 'nodatacow' | 'notreelog' | 'flushoncommit' | 'compress';

/** A file that exists, committed, before the scenario starts. */
export interface ScenarioFile {
  readonly name: string;
  /** i_size in bytes. */
  readonly size: number;
  /** Each range is one written extent; what no range covers is a hole. */
  readonly data: readonly ByteRange[];
  /** Each range, of whole blocks, is one prealloc extent; it may lie behind `size`. Absent means none. */
  readonly prealloc?: readonly ByteRange[] | undefined;
  /** FS_NOCOW_FL: as on a file system mounted with `nodatacow`. */
  readonly nodatacow?: boolean | undefined;
  /** The inode's first fsync is a full one (BTRFS_INODE_NEEDS_FULL_SYNC is set at the start). */
  readonly needsFullSync: boolean;
  /** The next close writes its dirty pages, for it was truncated to nothing (BTRFS_INODE_FLUSH_ON_CLOSE). */
  readonly flushOnClose?: boolean | undefined;
}

/**
 * The names that a scenario is about. Nodes are numbered: files first, then the root directory, then the others. A node
 * that no name links to at the start does not exist yet.
 */
export interface ScenarioNamespace {
  /** Names of the directories other than the root, for messages. */
  readonly directories: readonly string[];
  /** Places for an entry: a name in a directory. Operations refer to them by index. */
  readonly names: readonly ScenarioName[];
  /** The entries at the start, committed. */
  readonly links: readonly { readonly name: number; readonly node: number }[];
}

export interface ScenarioName {
  /** Node number of the directory. */
  readonly directory: number;
  readonly name: string;
}

export interface ScenarioTask {
  readonly name: string;
  readonly operations: readonly Operation[];
}

/** `all` is the whole file as it is at the moment of the operation. */
export type OperationRange = ByteRange | 'all';

/** Operations that the engine models; the language knows more, and says so where one is used. */
export type Operation =
  | FileOperation
  | AllocateOperation
  | TruncateOperation
  | CloneOperation
  | FaultOperation
  | FileSystemOperation
  | DirectoryOperation
  | CreateOperation
  | RenameOperation
  | UnlinkOperation;

export interface FileOperation {
  readonly kind:
    | 'write'
    | 'mmap-write'
    | 'direct-write'
    | 'read'
    | 'writeback'
    | 'releasepage'
    | 'fsync'
    | 'fdatasync'
    | 'punch'
    | 'close'
    | 'evict';
  readonly file: number;
  /** `close` and `evict` take `all` only; a range of an `fsync` or `fdatasync` is that of an msync. */
  readonly range: OperationRange;
}

export interface AllocateOperation {
  readonly kind: 'fallocate' | 'zero-range';
  readonly file: number;
  readonly range: OperationRange;
  /** FALLOC_FL_KEEP_SIZE. */
  readonly keepSize: boolean;
}

export interface TruncateOperation {
  readonly kind: 'truncate';
  readonly file: number;
  /** The new i_size in bytes. */
  readonly size: number;
}

export interface CloneOperation {
  readonly kind: 'clone';
  /** The source; `range` is of it, and begins at a block. */
  readonly file: number;
  readonly range: OperationRange;
  /** The destination, which can be the source itself. */
  readonly target: number;
  /** Where the range begins in the destination: a multiple of the block size, in bytes. */
  readonly offset: number;
}

/** Want of memory, or a device that does not write. */
export type FailureKind = 'enomem' | 'io';

/** From its step on, a step of another operation fails. */
export interface FaultOperation {
  readonly kind: 'fault';
  readonly failure: FailureKind;
  /** Without a step: the first one of the operation that can fail so. */
  readonly on: StepReference;
}

export interface FileSystemOperation {
  readonly kind: 'sync' | 'commit';
}

export interface DirectoryOperation {
  readonly kind: 'fsync' | 'fdatasync';
  /** Node number. */
  readonly directory: number;
}

/** Makes a node that does not exist, once; nothing happens when the name is taken. */
export interface CreateOperation {
  readonly kind: 'create' | 'mkdir';
  readonly node: number;
  readonly name: number;
}

/** Acts on the node that has `name` at that moment; nothing happens when none has. */
export interface RenameOperation {
  readonly kind: 'link' | 'rename';
  readonly name: number;
  readonly to: number;
}

/** unlink of a file, rmdir of an empty directory. */
export interface UnlinkOperation {
  readonly kind: 'unlink';
  readonly name: number;
}

export type OperationKind = Operation['kind'];

/** A place in a run: a whole operation (its end, or its beginning), or one step of it. */
export interface StepReference {
  readonly task: number;
  readonly operation: number;
  /**
   * Name of a step of the operation, or of a step of the completion of the ordered extents that a
   * writeback started (`finish_ordered_io` is the last of those). Absent: the whole operation.
   */
  readonly step?: string | undefined;
}

/** Only interleavings in which `after` begins when `before` has ended are looked at. */
export interface OrderConstraint {
  readonly before: StepReference;
  readonly after: StepReference;
}

/** One interleaving that the author spelled out. */
export interface Schedule {
  readonly name?: string | undefined;
  readonly entries: readonly ScheduleEntry[];
}

export type ScheduleEntry =
  | {
      readonly kind: 'task';
      readonly task: number;
      /** The keyword written in the entry; checked against the task's next operation. */
      readonly operation: OperationKind;
      /** Stop after the next occurrence of this step. */
      readonly until?: string | undefined;
    }
  | {
      readonly kind: 'endio';
      readonly file: number;
      readonly range: OperationRange;
      readonly until?: string | undefined;
    }
  | { readonly kind: 'crash' };

/** What the author says is true. */
export type Expectation =
  | { readonly kind: 'safe' }
  | { readonly kind: ViolationKind; readonly file: number; readonly range: ByteRange };

export type ViolationKind = 'lost' | 'corrupt' | 'resurrected';

/** Does some interleaving come to a state in which the condition holds? */
export interface Question {
  readonly name?: string | undefined;
  readonly condition: Condition;
}

/** What can be said of one state. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Condition[] }
  | { readonly kind: 'not'; readonly operand: Condition }
  | OperationCondition
  | { readonly kind: 'task-at'; readonly task: number /** A step of that name may come next. */; readonly step: string }
  | RangeCondition
  | { readonly kind: 'needs-full-sync'; readonly file: number };

export interface OperationCondition {
  readonly kind: 'operation';
  readonly task: number;
  readonly operation: number;
  /**
   * `returned`: with success or without. `fast` and `full` are said of the fsync of a file from its `log_inode` on, also
   * when it has returned; of one that does not log, neither.
   */
  readonly is: 'returned' | 'fast' | 'full';
}

export interface RangeCondition {
  readonly kind: 'range';
  readonly file: number;
  /** `all` is the file as it is in that state. */
  readonly range: OperationRange;
  /**
   * `modified`: an extent map that overlaps the range is on the list of modified extents. `logged`: all of the range has
   * file-extent items in the log tree in memory. `durable`: all of the range lies in the file, and is found as it is now
   * after a power failure right here; of `all`, also the size.
   */
  readonly is: 'modified' | 'logged' | 'durable';
}

/** Limits of one search; an absent one takes the engine's default. */
export interface SearchBounds {
  readonly states?: number | undefined;
  /** Longest interleaving looked at, in steps. */
  readonly steps?: number | undefined;
}
