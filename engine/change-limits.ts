import { writesCanFail } from './faults.ts';
import { concerns, mayBeInline } from './inline-files.ts';
import { mountOptions, storageOf } from './model/storage.ts';
import type { CloneOperation, FileOperation, Operation, Scenario } from './scenario.ts';
import { clonedBytes, cutOffsets } from './segments.ts';

/** Most changes that a block of a file, and its size, can go through; the widths of fields follow from them. */
export interface ChangeLimits {
  readonly versions: number;
  readonly sizeChanges: number;
  /** Blocks may change while an ordered extent of older data is open: a truncate does not wait for it first. */
  readonly changesUnderIo: boolean;
  /** A sync may be called while an operation is changing the file that has not returned. */
  readonly changesUnreturned: boolean;
  /** The file can be truncated to nothing. */
  readonly flushesOnClose: boolean;
  /** The file can have prealloc extents. */
  readonly allocates: boolean;
  /** The file can be one inline extent. */
  readonly inline: boolean;
  /** An inline extent of the file can be cloned, or come from a clone. */
  readonly clonesInline: boolean;
  /** Some of the file's blocks are overwritten in place (BTRFS_INODE_NODATACOW). */
  readonly nodatacow: boolean;
  /** Holes have items. */
  readonly holes: boolean;
  /** It matters whether the file has had prealloc extents (BTRFS_INODE_PREALLOC). */
  readonly remembersPrealloc: boolean;
  /** The file is written through a mapping, which the inode lock does not stop. */
  readonly mapped: boolean;
  /** Pages that have an ordered extent may be dropped before they are submitted. */
  readonly cutsOrderedExtents: boolean;
  /** Times that were updated a moment ago may stay as they are. */
  readonly keepsTimes: boolean;
  /** The file is written by direct IO. */
  readonly direct: boolean;
  /** The scenario has a namespace: the file can be logged for its names only. */
  readonly named: boolean;
  /** A write of blocks of the file can fail. */
  readonly writeErrors: boolean;
  /** Some fsync of the file is of a range only. */
  readonly ranged: boolean;
}

/** The limits of one file: each operation changes a block, and the size, once at most; a clone the size once per extent. */
export function changeLimits(scenario: Scenario, file: number): ChangeLimits {
  const all = scenario.tasks.flatMap((task) => task.operations);
  const operations = all.filter((operation) => changedFile(operation) === file);
  const clones = operations.filter((operation) => operation.kind === 'clone');
  const { size, flushOnClose = false } = scenario.files[file]!;
  const storage = storageOf(scenario, file);
  const inline = mayBeInline(scenario, file);
  const sources = clones.length === 0 ? [scenario.files[file]!] : scenario.files;
  const allocates =
    (clones.length === 0 ? operations : all).some(({ kind }) => allocating.includes(kind)) ||
    sources.some(({ prealloc = [] }) => prealloc.length > 0);
  const truncated = operations.some(({ kind }) => kind === 'truncate');
  const cuts = clones.length === 0 ? [] : cutOffsets(scenario);
  return {
    versions: operations.filter(changesContent).length,
    cutsOrderedExtents: operations.some(({ kind }) => !keepingPages.includes(kind)),
    keepsTimes: operations.some(updatesTimes) && operations.filter(changesFile).length > 1,
    flushesOnClose: truncated || flushOnClose,
    changesUnderIo: truncated || operations.some(({ kind }) => kind === 'mmap-write' || kind === 'direct-write'),
    changesUnreturned: scenario.tasks.some(
      (task) =>
        task.operations.some((operation) => changedFile(operation) === file && changesBeforeReturn(operation)) &&
        scenario.tasks.some((other) => other !== task && other.operations.some((operation) => syncs(operation, file))),
    ),
    allocates,
    inline,
    clonesInline: inline && all.some((operation) => operation.kind === 'clone' && concerns(operation, file)),
    nodatacow: !storage.cow,
    holes: mountOptions(scenario).holes,
    remembersPrealloc: allocates && (inline || storage.compress),
    mapped: operations.some(({ kind }) => kind === 'mmap-write'),
    direct: operations.some(({ kind }) => kind === 'direct-write'),
    named: scenario.namespace !== undefined,
    ranged: operations.some(isRangedSync),
    writeErrors: writesCanFail(scenario, file),
    sizeChanges:
      operations.filter((operation) => mayChangeSize(operation, size, truncated)).length +
      clones.reduce((sum, clone) => sum + mostExtents(clone, cuts[clone.file]!), 0),
  };
}

/** The file whose content and size the operation changes, if any. */
function changedFile(operation: Operation): number | undefined {
  if (operation.kind === 'clone') return operation.target;
  return 'file' in operation ? operation.file : undefined;
}

/** Operations whose change is there before they return, see `UnreturnedChange`. */
function changesBeforeReturn({ kind }: Operation): boolean {
  return kind === 'truncate' || kind === 'punch' || kind === 'zero-range' || kind === 'clone';
}

/** Does the operation promise content of the file? */
function syncs(operation: Operation, file: number): boolean {
  if (operation.kind === 'sync') return true;
  return (operation.kind === 'fsync' || operation.kind === 'fdatasync') && changedFile(operation) === file;
}

const allocating: readonly Operation['kind'][] = ['fallocate', 'zero-range'];

const changing: readonly Operation['kind'][] = [
  'write',
  'mmap-write',
  'direct-write',
  'truncate',
  'punch',
  'zero-range',
  'clone',
];

/** Operations that drop no dirty page. */
const keepingPages: readonly Operation['kind'][] = [
  'write',
  'mmap-write',
  'read',
  'writeback',
  'releasepage',
  'fsync',
  'fdatasync',
  'close',
];

/** Changes the file, and with it its times. */
function changesFile(operation: Operation): boolean {
  return changesContent(operation) || operation.kind === 'truncate' || operation.kind === 'fallocate';
}

/** Updates the times in a transaction of its own (`updateTimes`), in some release. */
function updatesTimes({ kind }: Operation): boolean {
  return kind === 'mmap-write' || kind === 'punch' || kind === 'fallocate' || kind === 'zero-range';
}

/** `fsync F R`: msync, or a write with O_SYNC. */
export function isRangedSync(operation: Operation): operation is FileOperation {
  const syncs = operation.kind === 'fsync' || operation.kind === 'fdatasync';
  return syncs && 'range' in operation && operation.range !== 'all';
}

function changesContent({ kind }: Operation): boolean {
  return changing.includes(kind);
}

/** Writes and allocations behind the initial size do, and after a truncate all of them may. */
function mayChangeSize(operation: Operation, initialSize: number, truncated: boolean): boolean {
  switch (operation.kind) {
    case 'truncate':
      return true;
    case 'write':
    case 'direct-write':
    case 'fallocate':
    case 'zero-range':
      return operation.range !== 'all' && (truncated || operation.range.end > initialSize);
    default:
      return false;
  }
}

/** Into so many extents, and a hole behind them, the segments of a clone's source can be divided. */
function mostExtents(clone: CloneOperation, cuts: readonly number[]): number {
  const { start, end } = clonedBytes(clone, cuts.at(-1)!).source;
  return cuts.filter((cut) => cut > start && cut <= end).length;
}
