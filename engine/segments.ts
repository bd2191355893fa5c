import type { ByteRange, CloneOperation, OperationRange, Scenario } from './scenario.ts';
import { below, highest, lowest, runs } from './state/bits.ts';

/** Block size of every profile, in bytes; pages have the same size. */
export const blockSize = 4096;

/** A set of segments is one mask of 30 bits. */
export const maximumSegments = 30;

/** Thrown by `compile` for a scenario beyond what the engine can hold; `file` is an index. */
export class TooManySegments extends Error {
  readonly file: number;

  constructor(file: number, name: string, count: number) {
    super(`${name} is cut into ${count} segments, the limit is ${maximumSegments}`);
    this.file = file;
  }
}

/**
 * A file cut at every block boundary that the scenario distinguishes: all bytes of a segment have
 * the same history. A cut inside a block also cuts at that block's ends, for pages move as a whole.
 */
export class Segments {
  /** Byte offsets, ascending; segment i is `cuts[i]..cuts[i + 1]`. */
  readonly cuts: readonly number[];
  /** For each segment, the mask of all segments that share a block with it. */
  readonly #block: readonly number[];

  constructor(cuts: readonly number[]) {
    this.cuts = cuts;
    this.#block = cuts.slice(0, -1).map((cut) => {
      const first = Math.floor(cut / blockSize);
      return cuts
        .slice(0, -1)
        .reduce((mask, other, i) => (Math.floor(other / blockSize) === first ? mask | (1 << i) : mask), 0);
    });
  }

  get count(): number {
    return this.cuts.length - 1;
  }

  /** Index of the segment that begins at `offset`, which must be a cut. */
  indexOf(offset: number): number {
    const index = this.cuts.indexOf(offset);
    if (index < 0) throw new RangeError(`${offset} is no cut of this file`);
    return index;
  }

  maskOf(range: ByteRange): number {
    return below(this.indexOf(range.end)) & ~below(this.indexOf(range.start));
  }

  /** The segments an operation's range means while i_size is at cut `sizeIndex`. */
  maskAt(range: OperationRange, sizeIndex: number): number {
    return range === 'all' ? below(sizeIndex) : this.maskOf(range);
  }

  /** All segments of every block that `mask` touches. */
  wholeBlocks(mask: number): number {
    let whole = mask;
    for (let rest = mask; rest !== 0; rest &= rest - 1) whole |= this.#block[lowest(rest)]!;
    return whole;
  }

  /** The bytes of a contiguous mask. */
  rangeOf(mask: number): ByteRange {
    return { start: this.cuts[lowest(mask)]!, end: this.cuts[highest(mask) + 1]! };
  }

  /** The byte ranges of a mask, one per contiguous run. */
  rangesOf(mask: number): ByteRange[] {
    return runs(mask).map((run) => this.rangeOf(run));
  }
}

/** The parts of a scenario that cut files. */
type CuttingParts = Pick<Scenario, 'files' | 'tasks' | 'schedules' | 'expect'>;

/** Where a scenario cuts each of its files, in bytes, ascending; a file has one segment less than cuts. */
export function cutOffsets({ files, tasks, schedules, expect }: CuttingParts): number[][] {
  const cuts = files.map(({ size, data, prealloc = [] }) => new Cuts([{ start: 0, end: size }, ...data, ...prealloc]));
  const clones: CloneOperation[] = [];
  for (const operation of tasks.flatMap(({ operations }) => operations)) {
    if (!('file' in operation)) continue;
    if (operation.kind === 'truncate') cuts[operation.file]!.addRange({ start: 0, end: operation.size });
    else cuts[operation.file]!.addRange(operation.range);
    if (operation.kind !== 'clone') continue;
    cuts[operation.target]!.add(operation.offset);
    clones.push(operation);
  }
  for (const entry of schedules.flatMap(({ entries }) => entries)) {
    if (entry.kind === 'endio') cuts[entry.file]!.addRange(entry.range);
  }
  for (const expectation of expect) {
    if (expectation.kind !== 'safe') cuts[expectation.file]!.addRange(expectation.range);
  }
  cutAlike(cuts, clones);
  // An empty file that nothing touches has a block as well: no state is without a segment.
  for (const file of cuts) if (file.end === 0) file.add(blockSize);
  return cuts.map((file) => file.sorted());
}

class Cuts {
  readonly #offsets = new Set([0]);
  /** The last cut. */
  end = 0;

  constructor(ranges: readonly ByteRange[]) {
    for (const range of ranges) this.addRange(range);
  }

  get count(): number {
    return this.#offsets.size;
  }

  addRange(range: OperationRange): void {
    if (range === 'all') return;
    this.add(range.start);
    this.add(range.end);
  }

  /** A cut inside a block cuts at both of its ends as well. */
  add(offset: number): void {
    const end = Math.ceil(offset / blockSize) * blockSize;
    for (const cut of [Math.floor(offset / blockSize) * blockSize, offset, end]) this.#offsets.add(cut);
    this.end = Math.max(this.end, end);
  }

  sorted(): number[] {
    return [...this.#offsets].sort((a, b) => a - b);
  }
}

/** A range to clone, and how far the destination is from it, in bytes. */
interface ClonedBytes {
  readonly source: ByteRange;
  readonly distance: number;
}

/**
 * The bytes that a clone can copy, in whole blocks, where the source ends at `end` at the latest; a clone within a
 * file refuses to overlap itself.
 */
export function clonedBytes({ file, range, target, offset }: Omit<CloneOperation, 'kind'>, end: number): ClonedBytes {
  const start = range === 'all' ? 0 : range.start;
  const last = range === 'all' ? end : Math.ceil(range.end / blockSize) * blockSize;
  const limit = file === target && offset >= start ? Math.min(last, offset) : last;
  return { source: { start, end: Math.max(limit, start) }, distance: offset - start };
}

/** Cuts the source and the destination of each clone alike, as far as it reaches. */
function cutAlike(cuts: readonly Cuts[], clones: readonly CloneOperation[]): void {
  // A chain of clones of whole files lets them grow, each clone once.
  for (const _ of clones) {
    for (const clone of clones) {
      const { source, distance } = clonedBytes(clone, cuts[clone.file]!.end);
      if (source.end > source.start) cuts[clone.target]!.addRange(moved(source, distance));
    }
  }
  const windows = clones.map((clone) => ({ ...clone, ...clonedBytes(clone, cuts[clone.file]!.end) }));
  for (let before = -1, now = total(cuts); now !== before; before = now, now = total(cuts)) {
    for (const { file, target, source, distance } of windows) {
      copyCuts(cuts[file]!, source, cuts[target]!, distance);
      copyCuts(cuts[target]!, moved(source, distance), cuts[file]!, -distance);
    }
    if (cuts.some(({ count }) => count > mostCuts)) return;
  }
}

/** A file with more cuts than this is refused anyway. */
const mostCuts = 1000;

function copyCuts(from: Cuts, { start, end }: ByteRange, to: Cuts, distance: number): void {
  for (const cut of from.sorted()) if (cut >= start && cut <= end && end > start) to.add(cut + distance);
}

function moved({ start, end }: ByteRange, distance: number): ByteRange {
  return { start: start + distance, end: end + distance };
}

function total(cuts: readonly Cuts[]): number {
  return cuts.reduce((sum, { count }) => sum + count, 0);
}

/** The segments of each file of a scenario. Throws `TooManySegments`. */
export function cutSegments(scenario: Scenario): Segments[] {
  return cutOffsets(scenario).map((cuts, file) => {
    if (cuts.length - 1 > maximumSegments) throw new TooManySegments(file, scenario.files[file]!.name, cuts.length - 1);
    return new Segments(cuts);
  });
}
