import { mayBeInline } from './inline-files.ts';
import { mountOptions, storageOf } from './model/storage.ts';
import type { FileOperation, Operation, Scenario } from './scenario.ts';

/** Most changes that a block of a file, and its size, can go through; the widths of fields follow from them. */
export interface ChangeLimits {
  readonly versions: number;
  readonly sizeChanges: number;
  /** Blocks may change while an ordered extent of older data is open: a truncate does not wait for it first. */
  readonly changesUnderIo: boolean;
  /** The file can have prealloc extents. */
  readonly allocates: boolean;
  /** The file can be one inline extent. */
  readonly inline: boolean;
  /** Some of the file's blocks are overwritten in place (BTRFS_INODE_NODATACOW). */
  readonly nodatacow: boolean;
  /** Holes have items. */
  readonly holes: boolean;
  /** It matters whether the file has had prealloc extents (BTRFS_INODE_PREALLOC). */
  readonly remembersPrealloc: boolean;
  /** The file is written through a mapping, which the inode lock does not stop. */
  readonly mapped: boolean;
  /** The file is written by direct IO. */
  readonly direct: boolean;
  /** Some fsync of the file is of a range only. */
  readonly ranged: boolean;
}

/** The limits of one file: each operation changes a block, and the size, once at most. */
export function changeLimits(scenario: Scenario, file: number): ChangeLimits {
  const { files, tasks } = scenario;
  const operations = tasks
    .flatMap((task) => task.operations)
    .filter((operation) => 'file' in operation && operation.file === file);
  const { size, prealloc = [] } = files[file]!;
  const truncated = operations.some(({ kind }) => kind === 'truncate');
  const storage = storageOf(scenario, file);
  const inline = mayBeInline(scenario, file);
  const allocates = prealloc.length > 0 || operations.some(({ kind }) => kind === 'fallocate' || kind === 'zero-range');
  return {
    versions: operations.filter(changesContent).length,
    changesUnderIo: truncated || operations.some(({ kind }) => kind === 'mmap-write' || kind === 'direct-write'),
    allocates,
    inline,
    nodatacow: !storage.cow,
    holes: mountOptions(scenario).holes,
    remembersPrealloc: allocates && (inline || storage.compress),
    mapped: operations.some(({ kind }) => kind === 'mmap-write'),
    direct: operations.some(({ kind }) => kind === 'direct-write'),
    ranged: operations.some(isRangedSync),
    sizeChanges: operations.filter((operation) => mayChangeSize(operation, size, truncated)).length,
  };
}

const changing: readonly Operation['kind'][] = [
  'write',
  'mmap-write',
  'direct-write',
  'truncate',
  'punch',
  'zero-range',
];

/** `fsync F R`: msync, or a write with O_SYNC. */
export function isRangedSync(operation: Operation): operation is FileOperation {
  return (operation.kind === 'fsync' || operation.kind === 'fdatasync') && operation.range !== 'all';
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
