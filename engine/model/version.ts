/**
 * A version of one block, in one number: how often the block has changed, and whether what it holds now is
 * zeros (a hole, or cut off by a truncate). Zeros are zeros: an older version that reads as zeros is as good
 * as a newer one.
 */

/** Largest number that a version can be when its block changes at most `changes` times. */
export function largestVersion(changes: number): number {
  return 2 * changes + 1;
}

/** The version of a block that nothing has changed yet. */
export function initialVersion(zero: boolean): number {
  return zero ? 1 : 0;
}

/** The version that follows. */
export function nextVersion(version: number, zero: boolean): number {
  return ((version >>> 1) + 1) * 2 + (zero ? 1 : 0);
}

/** How often the block had changed. */
export function changesOf(version: number): number {
  return version >>> 1;
}

export function isZero(version: number): boolean {
  return (version & 1) === 1;
}

/** Is what was found at least as new as what was promised, or the same zeros? */
export function keeps(found: number, promised: number): boolean {
  return found >>> 1 >= promised >>> 1 || (found & promised & 1) === 1;
}
