/** Sets of segments as bit masks: bit i stands for segment i of a file. At most 30 bits are used. */

/** Mask of the segments before `count`. */
export function below(count: number): number {
  return (1 << count) - 1;
}

/** Index of the lowest segment in a mask that is not empty. */
export function lowest(mask: number): number {
  return 31 - Math.clz32(mask & -mask);
}

/** Index of the highest segment in a mask that is not empty. */
export function highest(mask: number): number {
  return 31 - Math.clz32(mask);
}

/** The contiguous run of `mask` that begins at `start`; empty when `start` is not in it. */
export function runFrom(mask: number, start: number): number {
  return below(lowest(~(mask >>> start))) << start;
}

/** Number of segments in a mask. */
export function size(mask: number): number {
  let rest = mask;
  let count = 0;
  for (; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** The contiguous runs of a mask, lowest first. */
export function runs(mask: number): number[] {
  const found: number[] = [];
  for (let rest = mask; rest !== 0; ) {
    const run = runFrom(rest, lowest(rest));
    found.push(run);
    rest &= ~run;
  }
  return found;
}
