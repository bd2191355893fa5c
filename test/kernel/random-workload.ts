import type { RecordedFile } from '../../server/conform/record.ts';
import { plainMount, type Workload, type WorkloadOperation } from '../../server/record/workload.ts';

/**
 * Random workloads, by families of what they use. The same family, seed and number give the same workload, so that a
 * failure can be run again.
 */
export const families = ['a', 'b', 'c', 'd', 'p', 'u', 'm', 'f', 'n', 'r'] as const;
export type Family = (typeof families)[number];

/** Clones also of files that can be inline extents, and of nodatacow ones: the model lacks those. */
const clonesAnyFile = true;

type Weights = Readonly<Record<string, number>>;

/** How often each operation comes up, in each family. */
const alphabets: Readonly<Record<Family, Weights>> = {
  // Buffered writes and everything that moves them to the disk.
  a: {
    write: 10,
    writeback: 5,
    release: 4,
    fsync: 5,
    fdatasync: 2,
    sync: 1,
    reopen: 1,
    drop_caches: 1,
    read: 1,
    evict: 1,
  },
  // Operations that change where extents are.
  b: { write: 7, truncate: 5, punch: 4, falloc: 3, zero_range: 2, writeback: 2, release: 1, fsync: 5, sync: 1 },
  // Two files, which share the log.
  c: { write: 9, writeback: 4, release: 2, truncate: 2, punch: 1, fsync: 6, fdatasync: 1, sync: 1, commit: 1 },
  // Direct writes among buffered ones.
  d: {
    dwrite: 9,
    write: 5,
    writeback: 2,
    release: 1,
    truncate: 2,
    punch: 1,
    falloc: 2,
    fsync: 5,
    fdatasync: 1,
    sync: 1,
  },
  // Commits that flush no data, as the periodic one.
  p: {
    write: 9,
    writeback: 7,
    commit: 7,
    release: 2,
    fsync: 3,
    truncate: 2,
    punch: 1,
    falloc: 1,
    zero_range: 1,
    dwrite: 1,
    reopen: 1,
  },
  // Ranges that end inside of blocks.
  u: {
    write: 10,
    writeback: 3,
    release: 1,
    truncate: 5,
    punch: 2,
    zero_range: 2,
    falloc: 1,
    fsync: 5,
    sync: 1,
    commit: 2,
  },
  // Stores through mappings.
  m: {
    mwrite: 9,
    write: 4,
    writeback: 4,
    release: 2,
    read: 1,
    truncate: 2,
    fsync: 5,
    fdatasync: 1,
    commit: 4,
    sync: 1,
  },
  // Files that begin with prealloc extents.
  f: {
    write: 9,
    dwrite: 2,
    writeback: 4,
    release: 2,
    truncate: 4,
    punch: 3,
    falloc: 3,
    zero_range: 2,
    fsync: 5,
    commit: 2,
    sync: 1,
    evict: 1,
  },
  // Files that are nodatacow.
  n: {
    write: 9,
    dwrite: 3,
    mwrite: 1,
    writeback: 5,
    release: 2,
    truncate: 3,
    punch: 2,
    falloc: 2,
    zero_range: 1,
    fsync: 5,
    commit: 3,
    sync: 1,
    reopen: 1,
  },
  // Clones, mostly from one file into another one.
  r: {
    clone: 8,
    write: 7,
    dwrite: 1,
    mwrite: 1,
    writeback: 3,
    release: 2,
    truncate: 2,
    punch: 2,
    falloc: 1,
    fsync: 6,
    fdatasync: 1,
    commit: 3,
    sync: 1,
    evict: 1,
  },
};

const changes: readonly string[] = ['write', 'dwrite', 'mwrite', 'truncate', 'punch', 'falloc', 'zero_range', 'clone'];
const syncs: readonly string[] = ['fsync', 'fdatasync', 'sync', 'commit'];
const wholeFileSystem: readonly string[] = ['sync', 'commit', 'drop_caches'];

const block = 4096;
const large = 32 * 1024 * 1024;
/** Tags of writes; the files have those before. */
const firstTag = 10;

/** Workload number `number` of a family. */
export function randomWorkload(family: Family, seed: number, number: number): Workload {
  const random = new Random(`${family} ${seed} ${number}`);
  const count = family === 'c' || family === 'r' || (family === 'p' && random.below(3) === 0) ? 2 : 1;
  const isUnaligned = family === 'u' || ((family === 'f' || family === 'n') && random.below(3) === 0);
  const files = ['f', 'g']
    .slice(0, count)
    .map((name, i) => withAttributes(randomFile(name, 1 + 3 * i, family, random), family, random));
  const ops = randomOperations(files, { family, isUnaligned }, random);
  const start = random.below(4) > 0 ? 'cold' : 'warm';
  return { id: `${family}-${seed}-${number}`, family, mkfs: [], mount: plainMount, start, files, ops };
}

/** A small file, or a sparse one that is larger than 16 MiB and has its data near the start. */
function randomFile(name: string, tag: number, family: Family, random: Random): RecordedFile {
  if (family === 'r' && !clonesAnyFile) return clonableFile(name, tag, random);
  if (family === 'u' || (family === 'r' && random.below(2) === 0)) {
    const size = random.pick([0, 3000, 4096, 5000, 10_000, 20_000, large + 10]);
    const blocks = Math.ceil(Math.min(size, 20_000) / block);
    return { name, size, fill: blocks > 0 ? [[0, blocks, tag]] : [] };
  }
  const blocks = random.pick([1, 4, 6, 8, 12]);
  const half = Math.ceil(blocks / 2);
  const size = random.below(2) > 0 ? large : blocks * block;
  switch (random.below(5)) {
    case 0:
      return { name, size: random.below(2) * size, fill: [] };
    case 1: {
      const fill = [[0, half, tag] as const, ...(half < blocks ? [[half, blocks - half, tag + 1] as const] : [])];
      return { name, size, fill, split: true };
    }
    case 2:
      return { name, size, fill: [[half - 1, 1, tag]] };
    default:
      return { name, size, fill: [[0, blocks, tag]] };
  }
}

/** A file that is never inline. */
function clonableFile(name: string, tag: number, random: Random): RecordedFile {
  const blocks = random.pick([2, 4, 6, 8]);
  const first = random.below(2);
  const size = random.below(3) > 0 ? blocks * block : large;
  return { name, size, fill: random.below(4) > 0 ? [[first, random.pick([1, blocks - first]), tag]] : [] };
}

/** Prealloc extents, behind what is written or behind the end; the attribute that families are about. */
function withAttributes(file: RecordedFile, family: Family, random: Random): RecordedFile {
  const odds: Partial<Record<Family, number>> = { f: 1, n: 2, r: 4 };
  const hasPrealloc = random.below(odds[family] ?? Number.POSITIVE_INFINITY) === 0;
  const nodatacow = family === 'n' || (family === 'r' && clonesAnyFile && random.below(3) === 0);
  return {
    ...file,
    ...(hasPrealloc && { prealloc: randomPrealloc(file, random) }),
    ...(nodatacow && { nodatacow }),
  };
}

function randomPrealloc({ fill }: RecordedFile, random: Random): [number, number][] {
  const free = fill.reduce((end, [first, count]) => Math.max(end, first + count), 0);
  const first = free + random.below(3);
  const count = random.pick([1, 2, 4]);
  const behind = first + count + random.below(2);
  return [[first, count], ...(random.below(3) === 0 ? [[behind, random.pick([1, 3])] satisfies [number, number]] : [])];
}

/** Operations of which the first one changes something, and one is a sync; none is the same twice in a row. */
function randomOperations(
  files: readonly RecordedFile[],
  { family, isUnaligned }: { readonly family: Family; readonly isUnaligned: boolean },
  random: Random,
): WorkloadOperation[] {
  const length = 3 + random.below(5);
  const smallest = family === 'r' && !clonesAnyFile ? block : 0;
  const drafts = files.map((file) => new FileDraft(file, { isUnaligned, smallest }, random));
  const ops: WorkloadOperation[] = [];
  let tag = firstTag;
  while (ops.length < length) {
    const op = random.weighted(alphabets[family]);
    if (ops.length === 0 && !changes.includes(op)) continue;
    const draft = random.pick(drafts);
    const operation = wholeFileSystem.includes(op)
      ? { op }
      : op === 'clone'
        ? randomClone(draft, random.pick(drafts), random)
        : randomOperation(op, tag, draft, random);
    if (operation === undefined || same(operation, ops.at(-1))) continue;
    if (operation.tag !== undefined) tag++;
    const changed = op === 'clone' ? drafts.find(({ name }) => name === operation.to)! : draft;
    changed.apply(operation);
    ops.push(operation);
  }
  if (!ops.some(({ op }) => syncs.includes(op))) ops.push({ op: 'fsync', file: random.pick(files).name });
  return ops;
}

function same(one: WorkloadOperation, other: WorkloadOperation | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** A range of blocks, or all of the source; undefined when there is nothing. */
function randomClone(source: FileDraft, target: FileDraft, random: Random): WorkloadOperation | undefined {
  const ends = { file: source.name, to: target.name, to_off: target.point() };
  if (source.size === 0) return undefined;
  if (random.below(4) === 0 && source.size < large) return { op: 'clone', off: 0, len: source.size, ...ends };
  const { off, len } = source.range(true);
  const inside = Math.min(off + len, source.size) - off;
  return inside > 0 ? { op: 'clone', off, len: inside, ...ends } : undefined;
}

/** Undefined when the operation cannot be done now. */
function randomOperation(op: string, tag: number, draft: FileDraft, random: Random): WorkloadOperation | undefined {
  const { name: file, startSize, size } = draft;
  switch (op) {
    case 'write':
    case 'dwrite':
      return { op, file, ...draft.range(op === 'dwrite'), tag };
    case 'mwrite': {
      const { off, len } = draft.range();
      const inside = Math.min(off + len, size) - off;
      return inside > 0 ? { op, file, off, len: inside, tag } : undefined;
    }
    case 'truncate': {
      const place = random.pick([startSize, draft.point(), draft.point(), draft.point(), 0]);
      return { op, file, size: Math.max(place + draft.odd(), draft.smallest) };
    }
    case 'falloc':
    case 'zero_range':
      return { op, file, ...draft.range(), keep_size: random.below(2) > 0 };
    case 'punch':
    case 'read':
      return { op, file, ...draft.range() };
    case 'writeback':
    case 'release':
      return { op, file, ...(random.below(3) > 0 && draft.range(true)) };
    default:
      return { op, file };
  }
}

interface Extent {
  readonly off: number;
  readonly len: number;
}

/** A file as it is after the operations so far, and the places where one of them began or ended: there the interesting things happen. */
class FileDraft {
  readonly name: string;
  readonly startSize: number;
  size: number;
  /** It is not cut to less. */
  readonly smallest: number;
  readonly #known = [0];
  readonly #unaligned: boolean;
  readonly #random: Random;

  constructor(
    { name, size, prealloc = [] }: RecordedFile,
    { isUnaligned, smallest }: { readonly isUnaligned: boolean; readonly smallest: number },
    random: Random,
  ) {
    this.name = name;
    this.startSize = size;
    this.size = size;
    this.smallest = smallest;
    for (const [first, count] of prealloc) this.#known.push(first * block, (first + count) * block);
    this.#unaligned = isUnaligned;
    this.#random = random;
  }

  /** The beginning of a block. */
  point(): number {
    return this.#random.below(2) > 0 ? this.#random.pick(this.#known) : block * this.#random.below(12);
  }

  /** Bytes from the beginning of a block, where ranges may be unaligned. */
  odd(): number {
    return this.#unaligned && this.#random.below(2) > 0 ? this.#random.pick([1, 100, 2048, 4000]) : 0;
  }

  /** From one place to another one behind it, mostly a few blocks. */
  range(aligned = false): Extent {
    const off = this.point();
    const blocks = this.#random.pick([1, 1, 2, 2, 3, 4]);
    const behind = this.#known.filter((place) => place > off && place <= off + 8 * block);
    const end = behind.length > 0 && this.#random.below(3) === 0 ? this.#random.pick(behind) : off + blocks * block;
    this.#known.push(off, end);
    if (aligned || !this.#unaligned) return { off, len: end - off };
    const start = off + this.odd();
    return { off: start, len: Math.max(1, end - (this.odd() || block) + block - start) };
  }

  /** Something ends up here, unless the kernel refuses it: then the size is a guess from here on. */
  #cloned(start: number, end: number): void {
    this.#known.push(start, Math.ceil(end / block) * block);
    this.size = Math.max(this.size, end);
  }

  /** Keeps the size true. */
  apply({ op, off = 0, len = 0, size = 0, keep_size: keepSize, to_off: at = 0 }: WorkloadOperation): void {
    if (op === 'truncate') this.size = size;
    else if (op === 'clone') this.#cloned(at, at + len);
    else if (op !== 'punch' && changes.includes(op) && !keepSize) this.size = Math.max(this.size, off + len);
  }
}

/** Numbers that follow from a text (FNV-1a into mulberry32). */
class Random {
  #state: number;

  constructor(seed: string) {
    this.#state = [...seed].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 16_777_619), 2_166_136_261);
  }

  /** From 0 to below `limit`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }

  weighted(weights: Weights): string {
    let left = this.below(Object.values(weights).reduce((sum, weight) => sum + weight, 0));
    return Object.entries(weights).find(([, weight]) => {
      left -= weight;
      return left < 0;
    })![0];
  }
}
