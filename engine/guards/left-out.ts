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
    entry: 'C18',
    commits: ['a28046956c71', '9dba8cf128ef'],
    subject: 'siblings of 50d9aa99bd35: extent maps that are listed again, lists of ordered extents that are freed',
    reason:
      'The first is a rule of the kernels that have it: no scenario was found that it alone decides. The second needs two subvolumes.',
  },
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
    entry: 'C23',
    commits: ['95418ed1d107'],
    subject: 'btrfs: fix missing file extent item for hole after ranged fsync',
    reason:
      'No byte is lost: the gap without an item reads as zeros. The rule, whole file without NO_HOLES, is in the model.',
  },
  {
    entry: 'C24',
    commits: ['a742994aa2e2'],
    subject: 'a link that drops extents and attributes of the log',
    reason: 'What it drops is logged again by the fsync of the file; attributes are not in the model.',
  },
  {
    entry: 'C27',
    commits: ['4ee3fad34a9c', '0e56315ca147'],
    subject: 'holes that a full fsync misses between leaves',
    reason: 'Needs the leaves of the subvolume tree.',
  },
  {
    entry: 'C28',
    commits: ['471d557afed1', '31d11b83b96f', 'f135cea30de5', 'd99478874355', '9d274c19a71b'],
    subject: 'prealloc extents beyond the end of the file',
    reason:
      'What is lost is reserved space, of which no byte can be read. Wrong disk addresses (31d11b83b96f) and overlapping items (9d274c19a71b) need merged extent maps and leaves.',
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
