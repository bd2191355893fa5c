import type { ChangeLimits } from '../change-limits.ts';
import type { LogLimits } from '../log-limits.ts';
import type { InodeLimits } from './logged-inode.ts';

/** How large the numbers of one scenario can get for one file; the width of every field follows from them. */
export interface Limits extends ChangeLimits, LogLimits, InodeLimits {
  /** Some hole items can be older than the holes they describe (e6e3dec6c3c2). */
  readonly staleHoles: boolean;
  /** Number of the thread that completes an ordered extent at the first segment. */
  readonly firstCompletion: number;
  /** The largest number of a block on disk; 0 where no clone shares what may be overwritten in place. */
  readonly diskBlocks: number;
  /** File-extent items are kept one by one, see `ExtentItems`. */
  readonly tracksItems: boolean;
}
