import {
  type ByteRange,
  blockSize,
  type MountOption,
  type Operation,
  type OperationRange,
  type Scenario,
  type ScenarioFile,
} from '../../engine/index.ts';
import { LiveContent, type TaggedRun } from './live-content.ts';
import { followNames, type RecordedNames, type RecordedPlaces } from './paths.ts';
import type { CorpusRecord, RecordedFile, RecordedOperation, RecordedOutcome } from './record.ts';

/** A recording as a scenario with one task, and which of its operations end each recorded one. */
export interface LoweredRecord {
  readonly scenario: Scenario;
  /** Per recorded operation, the index of the last operation of the task that belongs to it. */
  readonly lastOperation: readonly number[];
  /** Per operation of the task, what it puts into a file. */
  readonly written: readonly (readonly TaggedRun[])[];
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
  if (record.ops.some(isUnalignedClone)) return 'clone from or to the middle of a block';
  return record.outcomes.some(({ evicted }) => evicted === null) ? 'evict without a trace' : undefined;
}

/** The kernel refuses it, and the language has none. */
function isUnalignedClone({ op, off = 0, to_off: offset = 0 }: RecordedOperation): boolean {
  return op === 'clone' && (off % blockSize !== 0 || offset % blockSize !== 0);
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
  clone: ({ file, range, recorded: { to_off: offset = 0 }, places: { destination } }) => [
    { kind: 'clone', file, range, target: destination, offset },
  ],
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

/** Lowers a recording that `whySkipped` lets pass. `kernel` is the release whose rules to predict with. */
export function lowerRecord(record: CorpusRecord, kernel: string): LoweredRecord {
  const operations: Operation[] = [];
  const written: (readonly TaggedRun[])[] = [];
  const end = lastEnd(record);
  const names = followNames(record);
  const files = record.files.length + names.created.length;
  const live = new LiveContent(record.files);
  const lastOperation = record.ops.map((recorded, index) => {
    const places = names.operations[index]!;
    const outcome = record.outcomes[index]!;
    const subject = { file: places.node, range: rangeOf(recorded, end), recorded, outcome, files, places };
    const lowered = lowerings[recorded.op]!(subject);
    operations.push(...lowered);
    const put = outcome.errno === undefined ? live.apply(recorded, places) : [];
    written.push(...lowered.map(() => put));
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
      ...record.files.map((file) => lowerFile(file, record.start)),
      ...names.created.map((name) => ({ name, size: 0, data: [], needsFullSync: false })),
    ],
    namespace: changesNames(record) ? names.namespace : undefined,
    tasks: [{ name: 'recorded', operations }],
    orders: [],
    schedules: [],
    expect: [],
    bounds: {},
  };
  return { scenario, lastOperation, written, names };
}

function lowerFile(
  { name, size, fill, split, prealloc = [], nodatacow }: RecordedFile,
  start: CorpusRecord['start'],
): ScenarioFile {
  return {
    name,
    size,
    data: fill.flatMap((run) => cutAt(bytesOf(run), size)),
    prealloc: prealloc.length > 0 ? prealloc.map(bytesOf) : undefined,
    nodatacow,
    // A file whose runs were written one by one was fsynced after each: that cleared the flag.
    needsFullSync: start === 'warm' && split !== true,
    // All files are set up by a truncate to their size.
    flushOnClose: start === 'warm' && size === 0,
  };
}

function bytesOf([block, count]: readonly [number, number, ...unknown[]]): ByteRange {
  return { start: block * blockSize, end: (block + count) * blockSize };
}

/** Where the last of what is recorded ends; a clone without a length takes all there is. */
function lastEnd({ files, ops }: CorpusRecord): number {
  return ops.reduce(
    (end, { off = 0, len = 0, to_off: offset }) =>
      Math.max(end, off + len, offset === undefined ? 0 : offset + (len || end)),
    Math.max(...files.map(({ size }) => size)),
  );
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
