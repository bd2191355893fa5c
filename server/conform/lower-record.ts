import {
  type ByteRange,
  blockSize,
  type MountOption,
  type Operation,
  type OperationKind,
  type OperationRange,
  type Scenario,
} from '../../engine/index.ts';
import { followNames, type RecordedNames, type RecordedPlaces } from './paths.ts';
import type { CorpusRecord, RecordedOperation, RecordedOutcome } from './record.ts';

/** A recording as a scenario with one task, and which of its operations end each recorded one. */
export interface LoweredRecord {
  readonly scenario: Scenario;
  /** Per recorded operation, the index of the last operation of the task that belongs to it. */
  readonly lastOperation: readonly number[];
  /** Tag that each operation of the task writes; undefined for those that write nothing. */
  readonly tags: readonly (number | undefined)[];
  /** The nodes that the paths of the recording stand for. */
  readonly names: RecordedNames;
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
  const unknown = record.ops.find(({ op }) => !(op in lowerings))?.op;
  if (unknown !== undefined) return unknown;
  return record.outcomes.some(({ evicted }) => evicted === null) ? 'evict without a trace' : undefined;
}

/** What a recorded operation is about: its node, its bytes, and its names where names change. */
interface Subject {
  readonly file: number;
  readonly range: OperationRange;
  readonly recorded: RecordedOperation;
  readonly outcome: RecordedOutcome;
  /** Number of files, and node number of the root directory. */
  readonly files: number;
  readonly places: RecordedPlaces;
}

type Lowering = (subject: Subject) => Operation[];

/** What each recorded operation is in the language. */
const lowerings: Readonly<Record<string, Lowering>> = {
  write: ({ file, range }) => [{ kind: 'write', file, range }],
  mwrite: ({ file, range }) => [{ kind: 'mmap-write', file, range }],
  read: ({ file, range }) => [{ kind: 'read', file, range }],
  writeback: ({ file, range }) => [{ kind: 'writeback', file, range }],
  // fadvise(DONTNEED) starts writeback of what is dirty and releases what was clean when it began: a release
  // before the writeback tries just those pages.
  release: ({ file, range }) => [
    { kind: 'releasepage', file, range },
    { kind: 'writeback', file, range },
  ],
  fsync: (subject) => sync('fsync', subject),
  fdatasync: (subject) => sync('fdatasync', subject),
  // msync(MS_SYNC) of a range has been an fdatasync of the whole file since 5.10.
  rfsync: (subject) => sync('fdatasync', subject),
  truncate: ({ file, recorded: { size = 0 } }) => [{ kind: 'truncate', file, size }],
  punch: ({ file, range }) => [{ kind: 'punch', file, range }],
  falloc: ({ file, range, recorded }) => [{ kind: 'fallocate', file, range, keepSize: recorded.keep_size ?? false }],
  zero_range: ({ file, range, recorded }) => [
    { kind: 'zero-range', file, range, keepSize: recorded.keep_size ?? false },
  ],
  dwrite: ({ file, range }) => [{ kind: 'direct-write', file, range }],
  // The page cache is released, the file closed, and unused inodes are dropped: was this one?
  evict: ({ file, outcome }) => [
    { kind: 'releasepage', file, range: 'all' },
    { kind: 'writeback', file, range: 'all' },
    { kind: 'close', file, range: 'all' },
    ...(outcome.evicted ? [{ kind: 'evict', file, range: 'all' } as const] : []),
  ],
  drop_caches: ({ files }) => Array.from({ length: files }, (_, file) => ({ kind: 'releasepage', file, range: 'all' })),
  reopen: ({ file }) => [{ kind: 'close', file, range: 'all' }],
  create: ({ places: { node, name } }) => [{ kind: 'create', node, name }],
  mkdir: ({ places: { node, name } }) => [{ kind: 'mkdir', node, name }],
  link: ({ places: { name, to } }) => [{ kind: 'link', name, to }],
  rename: ({ places: { name, to } }) => [{ kind: 'rename', name, to }],
  unlink: ({ places: { name } }) => [{ kind: 'unlink', name }],
  rmdir: ({ places: { name } }) => [{ kind: 'unlink', name }],
  sync: () => [{ kind: 'sync' }],
  commit: () => [{ kind: 'commit' }],
};

function sync(kind: 'fsync' | 'fdatasync', { file, files }: Subject): Operation[] {
  return [file < files ? { kind, file, range: 'all' } : { kind, directory: file }];
}

/** Operations that change names, or need names that are not those of the files at the start. */
const naming = ['create', 'mkdir', 'link', 'rename', 'unlink', 'rmdir'];

function changesNames({ files, dirs = [], links = [], ops }: CorpusRecord): boolean {
  const known = new Set(files.map(({ name }) => name));
  return (
    dirs.length > 0 ||
    links.length > 0 ||
    ops.some(({ op, file }) => naming.includes(op) || (file !== undefined && !known.has(file)))
  );
}

const writes: readonly OperationKind[] = ['write', 'mmap-write', 'direct-write'];

/** Lowers a recording that `whySkipped` lets pass. `kernel` is the release whose rules to predict with. */
export function lowerRecord(record: CorpusRecord, kernel: string): LoweredRecord {
  const operations: Operation[] = [];
  const tags: (number | undefined)[] = [];
  const end = Math.max(...record.files.map(({ size }) => size), ...record.ops.map(({ off = 0, len = 0 }) => off + len));
  const names = followNames(record);
  const files = record.files.length + names.created.length;
  const lastOperation = record.ops.map((recorded, index) => {
    const places = names.operations[index]!;
    const subject = {
      file: places.node,
      range: rangeOf(recorded, end),
      recorded,
      outcome: record.outcomes[index]!,
      files,
      places,
    };
    const lowered = lowerings[recorded.op]!(subject);
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
    files: [
      ...record.files.map(({ name, size, fill, split }) => ({
        name,
        size,
        data: fill.flatMap(([block, count]) =>
          cutAt({ start: block * blockSize, end: (block + count) * blockSize }, size),
        ),
        // A file whose runs were written one by one was fsynced after each: that cleared the flag.
        needsFullSync: record.start === 'warm' && split !== true,
        // All files are set up by a truncate to their size.
        flushOnClose: record.start === 'warm' && size === 0,
      })),
      ...names.created.map((name) => ({ name, size: 0, data: [], needsFullSync: false })),
    ],
    namespace: changesNames(record) ? names.namespace : undefined,
    tasks: [{ name: 'recorded', operations }],
    orders: [],
    schedules: [],
    expect: [],
    bounds: {},
  };
  return { scenario, lastOperation, tags, names };
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
