import type { Scenario } from '../../engine/index.ts';
import { pageSize } from './ranges.ts';

/** The most segments that a file can be cut into: a set of them is one 32-bit word. */
export const mostSegments = 30;

/**
 * Into how many segments a scenario cuts each of its files: its size and the ends of all ranges are cuts,
 * and around one that is not aligned, so are the borders of its block.
 */
export function segmentCounts({ files, tasks }: Pick<Scenario, 'files' | 'tasks'>): number[] {
  const cutsOfFiles = files.map(({ size, data }) => {
    const cuts = new Set([0]);
    cut(cuts, size);
    for (const range of data) cut(cuts, range.start, range.end);
    return cuts;
  });
  for (const operation of tasks.flatMap((task) => task.operations)) {
    if (!('file' in operation) || operation.range === 'all') continue;
    cut(cutsOfFiles[operation.file]!, operation.range.start, operation.range.end);
  }
  return cutsOfFiles.map((cuts) => cuts.size - 1);
}

function cut(cuts: Set<number>, ...offsets: number[]): void {
  for (const offset of offsets) {
    const block = offset - (offset % pageSize);
    cuts.add(block).add(offset);
    if (block !== offset) cuts.add(block + pageSize);
  }
}
