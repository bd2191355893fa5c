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
    entry: 'C19',
    commits: ['b84b8390d600', '40e046acbd2f', 'e289f03ea79b', 'ea7036de0d36'],
    subject: 'checksum items of shared extents that overlap in the log',
    reason: 'Which file shares which blocks is not kept, and neither are the items of the csum tree.',
  },
  {
    entry: 'C22',
    commits: ['0c713cbab620', 'ba0b084ac309'],
    subject: 'Btrfs: fix race between ranged fsync and writeback of adjacent ranges',
    reason: 'Needs the leaves of the subvolume tree, which a full fsync copies one by one; the rule is in the model.',
  },
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
