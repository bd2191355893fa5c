import type { Guard } from './guard.ts';

/** An fsync of a range forgets the rest of the file (catalogue C20 to C23). */
export const rangedFsync: readonly Guard[] = [
  {
    name: 'full-fsync.list-outside-range',
    label: 'range guard in a full fsync',
    entry: 'C20',
    commit: '49dae1bc1c66',
    subject: 'Btrfs: fix fsync data loss after a ranged fsync',
    introduced: null,
    fixed: '3.17',
    stable: [],
    retired: '5.10',
    actsIn: 'btrfs_log_inode',
    does: 'A full fsync of a range takes off the list of modified extents only what lies in the range, and an inode with modified extents does not count as logged (125c4cf9f37c).',
    without:
      'A full fsync of a range empties the list of modified extents, although ordered extents outside the range are not complete and their items not in the subvolume tree: neither this fsync nor the next one logs them.',
    loses: 'extents outside the range, after the next fsync of the whole file',
    fstest: 'generic/325',
  },
  {
    name: 'full-fsync.whole-file',
    label: 'whole-file guard in a full fsync',
    entry: 'C21',
    commit: '7af597433d43',
    subject: 'btrfs: make full fsyncs always operate on the entire file again',
    introduced: '5.7',
    fixed: '5.7',
    stable: [],
    retired: '5.10',
    actsIn: 'btrfs_sync_file',
    does: 'A full fsync of a range works on the whole file, as before 0a8068a3dd42 (5.7-rc1).',
    without:
      'A full fsync copies only the items of its range and clears the full-sync flag. Extents outside whose maps are not in memory are on no list: the next fsync has nothing to log for them.',
    loses: 'extents outside the range, after the next fsync of the whole file',
    fstest: 'generic/457',
  },
];
