/**
 * One historical fix of the mechanism, as a condition that can be on or off. The condition stands in
 * the operation where the kernel put it; this is what people read about it.
 */
export interface Guard {
  /** `place.condition`, the name used in scenario files. */
  readonly name: string;
  /** As it reads in a sentence: `turn on the ${label}`. */
  readonly label: string;
  /** Abbreviated id of the mainline commit; null when no release has the guard. */
  readonly commit: string | null;
  readonly subject: string;
  /** First release with the code that needs the guard; null: older than every profile. */
  readonly introduced: string | null;
  /** First release with the guard; null: none. */
  readonly fixed: string | null;
  /** First release in which the guard's code is gone; setting it is a no-op from then on. */
  readonly retired: string | null;
  /** Kernel function that the condition stands in. */
  readonly actsIn: string;
  /** What the condition does. */
  readonly does: string;
  /** What goes wrong without it. */
  readonly without: string;
}

/** The guard catalogue, in catalogue order (btrfs fixes by age of the bug they close, then unreleased ones). */
export const guards: readonly Guard[] = [
  {
    name: 'releasepage.full-sync-flag',
    label: 'full-sync flag in releasepage',
    commit: 'bd3599a0e142',
    subject: 'Btrfs: fix file data corruption after cloning a range and fsync',
    introduced: null,
    fixed: '4.18',
    retired: '5.9',
    actsIn: 'try_release_extent_mapping',
    does: 'Page release that drops an extent map sets BTRFS_INODE_NEEDS_FULL_SYNC, so that the next fsync reads the subvolume tree instead of the list of modified extents.',
    without:
      'Page release drops an extent map together with its entry on the list of modified extents and tells nobody: the next fast fsync has nothing to log for it and returns success.',
  },
  {
    name: 'releasepage.modified-list',
    label: 'modified-list guard in releasepage',
    commit: '3d6448e63159',
    subject: 'btrfs: fix race between page release and a fast fsync',
    introduced: null,
    fixed: '5.9',
    retired: null,
    actsIn: 'try_release_extent_mapping',
    does: 'Page release leaves an extent map alone while it is on the list of modified extents, unless an fsync has already collected it (EXTENT_FLAG_LOGGING).',
    without:
      'Page release can drop an extent map between the moment a fast fsync tests the full-sync flag and the moment it collects the list of modified extents: the fsync logs nothing for the extent and returns success.',
  },
  {
    name: 'fsync.mmap-lock',
    label: 'mmap lock in btrfs_sync_file',
    commit: '885f46d87f29',
    subject: 'btrfs: fix race between memory mapped writes and fsync',
    introduced: null,
    fixed: '5.13',
    retired: null,
    actsIn: 'btrfs_sync_file',
    does: 'An fsync holds i_mmap_lock exclusively from the inode lock on, so that no page is dirtied through a mapping while it logs.',
    without:
      'The inode lock does not stop writes through a mapping. Their writeback can take an extent map off the list of modified extents before the fsync has collected it, or put one on the list whose blocks are not written yet: the log then lacks the extent, or points to blocks that hold something else.',
  },
  {
    name: 'in-log.first-log-transaction',
    label: 'first-log-transaction guard in btrfs_inode_in_log',
    commit: null,
    subject: 'no fix is known: an fsync that joins the first log transaction can return before it is durable',
    introduced: null,
    fixed: null,
    retired: null,
    actsIn: 'btrfs_inode_in_log',
    does: 'An inode counts as logged only when the log transaction that holds it has been written and its super block is durable.',
    without:
      'A new log tree starts with log_transid 0 and last_log_commit 0, so an inode logged in the first log transaction counts as safely in the log before any log sync has happened: a second fsync of it returns at once, although the first one has not written the log yet.',
  },
  {
    name: 'skip-fsync.logged-ordered-extent',
    label: 'logged-ordered-extent guard in skip_inode_logging',
    commit: null,
    subject:
      'no fix is known: an fsync that finds only ordered extents that another fsync has logged can return before that log is durable',
    introduced: '5.10',
    fixed: null,
    retired: null,
    actsIn: 'skip_inode_logging',
    does: 'An fsync is not skipped for last_trans while the inode has an ordered extent, logged or not: last_trans moves only when it completes.',
    without:
      'A fast fsync takes along only the ordered extents that no fsync has logged. While the first fsync has logged one but not yet synced the log, and the ordered extent has not completed, a second fsync finds nothing to take along and an old last_trans, and returns at once.',
  },
];

/** The guard of that name, or undefined. */
export function findGuard(name: string): Guard | undefined {
  return guards.find((guard) => guard.name === name);
}
