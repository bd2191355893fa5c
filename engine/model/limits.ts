import type { ChangeLimits } from '../change-limits.ts';

/** How large the numbers of one scenario can get for one file; the width of every field follows from them. */
export interface Limits extends ChangeLimits {
  readonly tasks: number;
  /** Transactions that can be created after the first. */
  readonly transactions: number;
  readonly logTransactions: number;
  /** Ordered extents are marked once logged (487781796d30). */
  readonly trackLogged: boolean;
  /** Some hole items can be older than the holes they describe (e6e3dec6c3c2). */
  readonly staleHoles: boolean;
}
