import {
  type ByteRange,
  blockSize,
  type MountOption,
  type Operation,
  type OperationKind,
  type OperationRange,
  type Scenario,
} from '../../engine/index.ts';
import type { CorpusRecord, RecordedOperation, RecordedOutcome } from './record.ts';

/** A recording as a scenario with one task, and which of its operations end each recorded one. */
export interface LoweredRecord {
  readonly scenario: Scenario;
  /** Per recorded operation, the index of the last operation of the task that belongs to it. */
  readonly lastOperation: readonly number[];
  /** Tag that each operation of the task writes; undefined for those that write nothing. */
  readonly tags: readonly (number | undefined)[];
}

/** Mount options without effect on what is predicted, and those that the language has. */
const mountOptions: Readonly<Record<string, readonly MountOption[]>> = {
  'commit=300': [],
  nodiscard: [],
  nodatasum: ['nodatasum'],
  nodatacow: ['nodatacow'],
  notreelog: ['notreelog'],
  flushoncommit: ['flushoncommit'],
  'compress=zlib': ['compress'],
};

/** The same for arguments of mkfs, written as one. */
const mkfsOptions: Readonly<Record<string, readonly MountOption[]>> = {
  '': [],
  '-O ^no-holes': ['holes'],
  '-O ^no-holes -m single': ['holes'],
};

/** Why a recording is beyond the model, or undefined when it is not. */
export function whySkipped(record: CorpusRecord): string | undefined {
  if (mkfsOptions[record.mkfs.join(' ')] === undefined) return `mkfs ${record.mkfs.join(' ')}`;
  if (record.mount.split(',').some((option) => mountOptions[option] === undefined)) return `mount ${record.mount}`;
  if ((record.dirs ?? []).length > 0 || (record.links ?? []).length > 0) return 'directories or links';
  const names = new Set(record.files.map(({ name }) => name));
  for (const operation of record.ops) {
    if (!(operation.op in lowerings)) return operation.op;
    if (operation.file !== undefined && !names.has(operation.file)) return `${operation.op} of another name`;
  }
  if (record.outcomes.some(({ evicted }) => evicted === null)) return 'evict without a trace';
  return undefined;
}

type Lowering = (
  file: number,
  range: OperationRange,
  recorded: RecordedOperation,
  context: { readonly files: number; readonly outcome: RecordedOutcome },
) => Operation[];

/** What each recorded operation is in the language. */
const lowerings: Readonly<Record<string, Lowering>> = {
  write: (file, range) => [{ kind: 'write', file, range }],
  mwrite: (file, range) => [{ kind: 'mmap-write', file, range }],
  read: (file, range) => [{ kind: 'read', file, range }],
  writeback: (file, range) => [{ kind: 'writeback', file, range }],
  // fadvise(DONTNEED) starts writeback of what is dirty and releases what was clean when it began: a release
  // before the writeback tries just those pages.
  release: (file, range) => [
    { kind: 'releasepage', file, range },
    { kind: 'writeback', file, range },
  ],
  fsync: (file) => [{ kind: 'fsync', file, range: 'all' }],
  fdatasync: (file) => [{ kind: 'fdatasync', file, range: 'all' }],
  // msync(MS_SYNC) of a range has been an fdatasync of the whole file since 5.10.
  rfsync: (file) => [{ kind: 'fdatasync', file, range: 'all' }],
  truncate: (file, _, { size = 0 }) => [{ kind: 'truncate', file, size }],
  punch: (file, range) => [{ kind: 'punch', file, range }],
  falloc: (file, range, { keep_size: keepSize = false }) => [{ kind: 'fallocate', file, range, keepSize }],
  zero_range: (file, range, { keep_size: keepSize = false }) => [{ kind: 'zero-range', file, range, keepSize }],
  dwrite: (file, range) => [{ kind: 'direct-write', file, range }],
  // The page cache is released, the file closed, and unused inodes are dropped: was this one?
  evict: (file, _range, _recorded, { outcome }) => [
    { kind: 'releasepage', file, range: 'all' },
    { kind: 'writeback', file, range: 'all' },
    { kind: 'close', file, range: 'all' },
    ...(outcome.evicted ? [{ kind: 'evict', file, range: 'all' } as const] : []),
  ],
  drop_caches: (_file, _range, _recorded, { files }) =>
    Array.from({ length: files }, (_, file) => ({ kind: 'releasepage', file, range: 'all' })),
  reopen: (file) => [{ kind: 'close', file, range: 'all' }],
  sync: () => [{ kind: 'sync' }],
  commit: () => [{ kind: 'commit' }],
};

const writes: readonly OperationKind[] = ['write', 'mmap-write', 'direct-write'];

/** Lowers a recording that `whySkipped` lets pass. `kernel` is the release whose rules to predict with. */
export function lowerRecord(record: CorpusRecord, kernel: string): LoweredRecord {
  const operations: Operation[] = [];
  const tags: (number | undefined)[] = [];
  const end = Math.max(...record.files.map(({ size }) => size), ...record.ops.map(({ off = 0, len = 0 }) => off + len));
  const lastOperation = record.ops.map((recorded, i) => {
    const file = record.files.findIndex(({ name }) => name === recorded.file);
    const lowered = lowerings[recorded.op]!(file, rangeOf(recorded, end), recorded, {
      files: record.files.length,
      outcome: record.outcomes[i]!,
    });
    operations.push(...lowered);
    tags.push(...lowered.map(({ kind }) => (writes.includes(kind) ? recorded.tag : undefined)));
    return operations.length - 1;
  });
  const scenario: Scenario = {
    name: record.id,
    kernel,
    guards: {},
    mount: [
      ...record.mount.split(',').flatMap((option) => mountOptions[option] ?? []),
      ...(mkfsOptions[record.mkfs.join(' ')] ?? []),
    ],
    files: record.files.map(({ name, size, fill, split }) => ({
      name,
      size,
      data: fill.flatMap(([block, count]) =>
        cutAt({ start: block * blockSize, end: (block + count) * blockSize }, size),
      ),
      // A file whose runs were written one by one was fsynced after each: that cleared the flag.
      needsFullSync: record.start === 'warm' && split !== true,
    })),
    tasks: [{ name: 'recorded', operations }],
    orders: [],
    schedules: [],
    expect: [],
    bounds: {},
  };
  return { scenario, lastOperation, tags };
}

/** No offset is the whole file, no length (or 0, as in the system calls) is up to the end. */
function rangeOf({ off, len = 0 }: RecordedOperation, end: number): OperationRange {
  if (off === undefined) return 'all';
  return { start: off, end: len === 0 ? end : off + len };
}

/** The part of a range before `size`. */
function cutAt({ start, end }: ByteRange, size: number): ByteRange[] {
  return start < size ? [{ start, end: Math.min(end, size) }] : [];
}
