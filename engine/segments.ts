import type { ByteRange, OperationRange, Scenario } from './scenario.ts';
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

/** Where a scenario cuts one of its files, in bytes; the number of segments is one less. */
export function cutOffsets(
  scenario: Pick<Scenario, 'files' | 'tasks' | 'schedules' | 'expect'>,
  file: number,
): number[] {
  const { size, data, prealloc = [] } = scenario.files[file]!;
  const ranges: OperationRange[] = [{ start: 0, end: size }, ...data, ...prealloc];
  for (const { operations } of scenario.tasks) {
    for (const operation of operations) {
      if (!('file' in operation) || operation.file !== file) continue;
      ranges.push(operation.kind === 'truncate' ? { start: 0, end: operation.size } : operation.range);
    }
  }
  for (const { entries } of scenario.schedules) {
    for (const entry of entries) if (entry.kind === 'endio' && entry.file === file) ranges.push(entry.range);
  }
  for (const expectation of scenario.expect) {
    if (expectation.kind !== 'safe' && expectation.file === file) ranges.push(expectation.range);
  }
  // An empty file that nothing touches has a block as well: no state is without a segment.
  const cuts = new Set([0, ...(ranges.some((range) => range !== 'all' && range.end > 0) ? [] : [blockSize])]);
  for (const range of ranges) {
    if (range === 'all') continue;
    for (const offset of [range.start, range.end]) {
      cuts.add(offset);
      cuts.add(Math.floor(offset / blockSize) * blockSize);
      cuts.add(Math.ceil(offset / blockSize) * blockSize);
    }
  }
  return [...cuts].sort((a, b) => a - b);
}

/** The segments of one file of a scenario. Throws `TooManySegments`. */
export function cutSegments(scenario: Scenario, file: number): Segments {
  const cuts = cutOffsets(scenario, file);
  if (cuts.length - 1 > maximumSegments) throw new TooManySegments(file, scenario.files[file]!.name, cuts.length - 1);
  return new Segments(cuts);
}
