import type { Guard } from './guard.ts';

/** A sync does not look at an error that another task has met. */
export const ignoredErrors: readonly Guard[] = [
  {
    name: 'commit.aborted-barrier',
    label: 'check for an aborted transaction in btrfs_attach_transaction_barrier',
    entry: 'C33',
    commit: 'b28ff3a7d7e9',
    subject: 'btrfs: check for commit error at btrfs_attach_transaction_barrier()',
    introduced: null,
    fixed: '6.5',
    stable: [],
    retired: null,
    actsIn: 'btrfs_attach_transaction_barrier',
    does: 'Who waits for a commit that another task has begun returns the error when that transaction is aborted (with bf7ecbe98750).',
    without:
      'A sync, or an fsync that falls back to a commit, waits for a commit that another task has begun. When that one fails, the transaction is aborted and the file system goes read-only; the waiter takes this for a transaction that is no longer there, and returns success.',
    loses: 'everything since the last commit',
    fstest: null,
  },
];
