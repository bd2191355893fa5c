import type { Guard } from './guard.ts';

/** Conditions that no release has: the open doubts of the model. */
export const unreleased: readonly Guard[] = [
  {
    name: 'in-log.first-log-transaction',
    label: 'log-transaction guard in btrfs_inode_in_log',
    entry: 'I4',
    commit: null,
    subject: 'no fix is known: a second fsync of an inode can return before its log is durable',
    introduced: null,
    fixed: null,
    stable: [],
    retired: null,
    actsIn: 'btrfs_inode_in_log',
    does: 'An inode counts as logged only when the log transaction that it was logged in is durable.',
    without:
      'btrfs_inode_in_log looks at the log transaction in which the inode changed, not at the one it was logged in. A new log tree starts with log_transid 0 and last_log_commit 0, so an inode that is logged in the first log transaction counts as safely in the log before any log sync has happened; later an fsync of another file between the change and the first fsync has the same effect. A second fsync returns at once, although the first one has not written the log yet. Measured on 6.18.44 (docs/findings.md).',
    loses: 'everything that the second fsync promised, until the first one returns',
    fstest: null,
  },
  {
    name: 'skip-fsync.logged-ordered-extent',
    label: 'logged-ordered-extent guard in skip_inode_logging',
    entry: 'I4b',
    commit: null,
    subject: 'no fix is known: a second fsync of an inode can return while its ordered extent completes',
    introduced: '5.10',
    fixed: null,
    stable: [],
    retired: null,
    actsIn: 'skip_inode_logging',
    does: 'An fsync is not skipped for last_trans while the inode has an ordered extent, logged or not: last_trans moves only when it completes.',
    without:
      'A fast fsync takes along only the ordered extents that no fsync has logged. While the first fsync has logged one but not yet synced the log, and the ordered extent has not completed, a second fsync finds nothing to take along and an old last_trans, and returns at once. Measured on 6.18.44 (docs/findings.md).',
    loses: 'everything that the second fsync promised, until the first one returns',
    fstest: null,
  },
  {
    name: 'nocow.references-after-crash',
    label: 'guard for references of logs in btrfs_cross_ref_exist',
    entry: 'I5',
    commit: null,
    subject: 'no fix is known: what a log points to can be overwritten in place by way of another file',
    introduced: null,
    fixed: null,
    stable: [],
    retired: null,
    actsIn: 'btrfs_cross_ref_exist',
    does: 'An extent counts as shared, too, while the log or the last commit on disk has an item of another file that points to it.',
    without:
      'A clone shares extents of a file without COW, and an fsync of the copy logs items that point to them. btrfs_cross_ref_exist looks for references in the extent tree and among delayed refs: log trees have none there. When the copy is truncated, punched or overwritten in the same transaction, the reference of the clone and its removal cancel each other, and the other file is overwritten in place again. Log replay then finds new data of that file in the copy. The same is possible while a commit that removes the reference is being written. Measured on 6.18.44 (docs/findings.md).',
    loses: 'the copy as its fsync promised it: it has data that was never written to it',
    fstest: null,
  },
];
