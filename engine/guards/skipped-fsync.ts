import type { Guard } from './guard.ts';

/** An fsync wrongly concludes that there is nothing to do (catalogue C6 to C12). */
export const skippedFsync: readonly Guard[] = [
  {
    name: 'skip-fsync.unlogged-ordered-extents',
    label: 'unlogged-ordered-extents guard in the skip check of btrfs_sync_file',
    entry: 'C8',
    commit: '626e9f41f7c2',
    subject: 'btrfs: fix race leading to unpersisted data and metadata on fsync',
    introduced: '5.10',
    fixed: '5.13',
    stable: [],
    retired: null,
    actsIn: 'btrfs_sync_file',
    does: 'An fsync that has taken along an ordered extent which no fsync has logged is never skipped: the inode is not in the log as it is.',
    without:
      'A fast fsync waits for writeback only. While the completion that would set last_sub_trans is still to come, the inode looks as it did when its new name was logged, and once another fsync has synced the log it counts as safely in there: the fsync is skipped.',
    loses: 'a write after a rename or link of a logged file',
    fstest: 'btrfs/236',
  },
  {
    name: 'log-exists.last-log-commit',
    label: 'last_log_commit guard in LOG_INODE_EXISTS logging',
    entry: 'C10',
    commit: '9acc8103ab59',
    subject: 'btrfs: fix unpersisted i_size on fsync after expanding truncate',
    introduced: null,
    fixed: '5.14',
    stable: [],
    retired: null,
    actsIn: 'btrfs_log_inode',
    does: 'Logging only that an inode exists never moves its last_log_commit: its data and its size are still to be logged.',
    without:
      'An inode that was logged for its name only, with the size of the last commit, counts as logged as it is. Its own fsync is skipped once any fsync has synced the log.',
    loses: 'the new size of a file that another file was logged along with',
    fstest: 'btrfs/243',
  },
  {
    name: 'log-exists.full-sync-flag',
    label: 'full-sync flag guard in LOG_INODE_EXISTS logging',
    entry: 'C11',
    commit: 'd1d832a0b51d',
    subject: 'Btrfs: fix data loss after inode eviction, renaming it, and fsync it',
    introduced: null,
    fixed: '5.3',
    stable: [],
    retired: '5.14',
    actsIn: 'btrfs_log_inode',
    does: 'Logging only that an inode exists does not move its last_log_commit while the full-sync flag is set.',
    without:
      'An inode that was evicted with changes of the running transaction comes back without extent maps, but with the full-sync flag. A rename logs that it exists; then it counts as logged as it is, and its fsync is skipped.',
    loses: 'everything that was written since the last commit',
    fstest: 'generic/552',
  },
];
