import type { Guard } from './guard.ts';

/** The log refers to data or checksums that are not there (catalogue C13 to C19). */
export const loggedTooEarly: readonly Guard[] = [
  {
    name: 'fsync.cow-write-error',
    label: 'wait for failed ordered extents in btrfs_sync_file',
    entry: 'C14b',
    commit: 'f13e01b89daf',
    subject: 'btrfs: ensure fast fsync waits for ordered extents after a write failure',
    introduced: '5.10',
    fixed: '6.10',
    stable: [],
    retired: null,
    actsIn: 'btrfs_sync_file',
    does: 'A failed write sets BTRFS_INODE_COW_WRITE_ERROR; a fast fsync that finds it waits until the ordered extents are complete, and their extent maps dropped.',
    without:
      'The extent map of a failed write is dropped only when its ordered extent completes, in a worker. A fast fsync waits for writeback only: one that comes in between, and to which the error is not told because another one has taken it, logs a file-extent item that points to blocks nobody has written.',
    loses: 'what the range held before: it shows whatever lies in the blocks that were not written',
    fstest: null,
  },
];
