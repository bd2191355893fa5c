/** A bug of the catalogue that has no guard. */
interface LeftOut {
  readonly entry: string;
  /** Abbreviated ids of the mainline commits. */
  readonly commits: readonly string[];
  readonly subject: string;
  /** Why the model has no guard for it. */
  readonly reason: string;
}

/** Entries of the catalogue without a guard. */
export const leftOut: readonly LeftOut[] = [
  {
    entry: 'C31',
    commits: ['4203e9689470'],
    subject: 'btrfs: fix incorrect updating of log root tree',
    reason: 'Needs two subvolumes that sync their logs at once; a scenario has one.',
  },
  {
    entry: 'C32',
    commits: ['8184620ae212'],
    subject: 'btrfs: fix lost file sync on direct IO write with nowait and dsync iocb',
    reason: 'Asynchronous writes with O_DSYNC are not in the language.',
  },
];
