import { blockSize } from '../../engine/index.ts';
import type { RecordedPlaces } from './paths.ts';
import type { RecordedFile, RecordedOperation } from './record.ts';

/** Bytes with one tag each, from here to there; what no run covers is zeros. */
export type TaggedRun = readonly [start: number, end: number, tag: number];

/** What the files of a recording hold while it runs, as reads see it: that is what a clone copies. */
export class LiveContent {
  readonly #files: Content[];

  constructor(files: readonly RecordedFile[]) {
    this.#files = files.map((file) => ({ size: file.size, runs: initialRuns(file) }));
  }

  /** Follows an operation that the kernel has not refused, and tells what it puts into its file, or its destination. */
  apply(operation: RecordedOperation, { node, destination }: RecordedPlaces): TaggedRun[] {
    const { op, off = 0, len = 0, tag = 0, size = 0, keep_size: keepsSize, to_off: offset = 0 } = operation;
    const file = this.#of(node);
    switch (op) {
      case 'write':
      case 'dwrite':
        return put(file, off, off + len, [[off, off + len, tag]]);
      case 'mwrite':
        return put(file, off, Math.min(off + len, file.size), cut([[off, off + len, tag]], 0, file.size));
      case 'punch':
        return put(file, off, Math.min(off + len, file.size), []);
      case 'zero_range':
        return put(file, off, keepsSize ? Math.min(off + len, file.size) : off + len, []);
      case 'falloc':
        if (!keepsSize) file.size = Math.max(file.size, off + len);
        return [];
      case 'truncate':
        file.size = size;
        file.runs = cut(file.runs, 0, size);
        return [];
      case 'clone': {
        const end = len === 0 ? file.size : Math.min(off + len, file.size);
        const distance = offset - off;
        const cloned = cut(file.runs, off, end).map(
          ([from, to, byte]): TaggedRun => [from + distance, to + distance, byte],
        );
        return put(this.#of(destination), offset, end + distance, cloned);
      }
      default:
        return [];
    }
  }

  /** A node that was not there at the start is an empty file, or none that is written to. */
  #of(node: number): Content {
    this.#files[node] ??= { size: 0, runs: [] };
    return this.#files[node];
  }
}

interface Content {
  size: number;
  runs: readonly TaggedRun[];
}

/** What a file of a recording begins with. */
export function initialRuns({ fill, size }: RecordedFile): TaggedRun[] {
  return cut(
    fill.map(([block, count, tag]): TaggedRun => [block * blockSize, (block + count) * blockSize, tag]),
    0,
    size,
  );
}

/** The part of some runs from `start` to `end`. */
export function cut(runs: readonly TaggedRun[], start: number, end: number): TaggedRun[] {
  return runs
    .map(([from, to, tag]): TaggedRun => [Math.max(from, start), Math.min(to, end), tag])
    .filter(([from, to]) => from < to);
}

/** Puts runs in place of what was between `start` and `end`. */
function put(file: Content, start: number, end: number, runs: TaggedRun[]): TaggedRun[] {
  if (start >= end) return [];
  file.runs = [...cut(file.runs, 0, start), ...runs, ...cut(file.runs, end, Number.POSITIVE_INFINITY)];
  file.size = Math.max(file.size, end);
  return runs;
}
