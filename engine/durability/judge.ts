import type { Inode } from '../model/inode.ts';
import type { LogRoot } from '../model/log-root.ts';
import { below, lowest, runFrom } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import { replayed, sizeAfterCrash } from './after-crash.ts';
import type { FilePromise } from './promises.ts';

/** A promise broken by a power failure in one state: a contiguous range of one file. */
export interface BrokenPromise {
  readonly file: number;
  /** Contiguous segments. */
  readonly segments: number;
  /** Number of the sync operation that promised; 0 is the state before the scenario. */
  readonly promisedBy: number;
  /** The range is missing only because the file came back too short. */
  readonly sizeOnly: boolean;
}

/** Segments of the file that are older after a power failure in `state` than was promised, or missing. */
export function lostSegments(inode: Inode, promise: FilePromise, log: LogRoot, state: State): number {
  const size = sizeAfterCrash(inode, log, state);
  const fromLog = replayed(inode, log, state);
  let lost = below(promise.size.get(state)) & ~below(size);
  for (let i = 0; i < promise.version.length; i++) {
    const promised = promise.version[i]!.get(state);
    if (promised === 0) continue;
    const found =
      (fromLog & (1 << i)) !== 0 ? inode.diskLog.version[i]!.get(state) : inode.committed.version[i]!.get(state);
    if (found < promised || i >= size) lost |= 1 << i;
  }
  return lost;
}

/** The broken promises of one file, one per promise and maximal contiguous range, lowest first. */
export function brokenPromises(inode: Inode, promise: FilePromise, log: LogRoot, state: State): BrokenPromise[] {
  const broken: BrokenPromise[] = [];
  const size = sizeAfterCrash(inode, log, state);
  let rest = lostSegments(inode, promise, log, state);
  while (rest !== 0) {
    const first = lowest(rest);
    const run = runFrom(rest, first);
    const promisedBy = promiser(promise, state, first);
    let segments = 0;
    let sizeOnly = true;
    for (let i = first; (run & (1 << i)) !== 0 && promiser(promise, state, i) === promisedBy; i++) {
      segments |= 1 << i;
      if (i < size || promise.version[i]!.get(state) > 0) sizeOnly = false;
    }
    broken.push({ file: inode.index, segments, promisedBy, sizeOnly });
    rest &= ~segments;
  }
  return broken;
}

/** Who promised a segment: the sync of its version, or of the size where only the initial hole was promised. */
export function promiser(promise: FilePromise, state: State, segment: number): number {
  const promised = promise.version[segment]!.get(state) > 0;
  return (promised ? promise.promisedBy[segment]! : promise.sizePromisedBy).get(state);
}
