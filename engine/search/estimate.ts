/** Of fewer states there is too little to go by. */
const fewestStates = 10_000;

/** So many levels tell how fast they grow or shrink. */
const slopeLevels = 6;

/** How much farther off the last states are than random runs are long, as measured on large races. */
const beyondRuns = 1.1;

/** Nearer to the start than this part of the way, estimates are off by orders of magnitude. */
const leastPart = 1 / 5;

/** Levels that are to come at least, where there are more than the runs let expect. */
const leastLevels = 3;

/**
 * About how many states a graph has, told from the first of its levels (how many states there are at each depth) and from the
 * length of a run through it. The logarithm of the sizes of levels is about a parabola: threads that run side by side have
 * most states half way. It is laid through the last level, with the slope that the last few have, and so that it ends where the runs
 * do. How far off that is: docs/performance.md. Undefined while there is too little to go by.
 */
export function estimateStates(levels: readonly number[], runLength: () => number): number | undefined {
  const known = levels.reduce((sum, size) => sum + size, 0);
  const last = levels.length - 1;
  if (known < fewestStates || last < slopeLevels) return undefined;
  const end = Math.round(runLength() * beyondRuns);
  if (last < end * leastPart) return undefined;
  const rest = Math.max(end - last, leastLevels);
  const height = Math.log(levels[last]!);
  // That of the parabola in the middle of those levels.
  const slope = (height - Math.log(levels[last - slopeLevels]!)) / slopeLevels;
  const bend = (-2 * (height + slope * rest)) / (rest * (rest + slopeLevels));
  const slopeAtLast = slope + (bend * slopeLevels) / 2;
  let sum = known;
  for (let level = 1; level <= rest; level++) sum += Math.exp(height + level * (slopeAtLast + (bend * level) / 2));
  return Math.round(sum);
}
