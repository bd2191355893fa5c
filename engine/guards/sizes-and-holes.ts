import type { Guard } from './guard.ts';

/** Sizes, holes, truncates and mapped writes that the log gets wrong (catalogue C24 to C30). */
export const sizesAndHoles: readonly Guard[] = [
  {
    name: 'full-fsync.trailing-hole',
    label: 'trailing hole in a full fsync',
    entry: 'C26',
    commit: 'a89ca6f24ffe',
    subject: 'Btrfs: fix fsync after truncate when no_holes feature is enabled',
    introduced: null,
    fixed: '4.2',
    stable: [],
    retired: null,
    actsIn: 'btrfs_log_inode',
    does: 'With no-holes, a full fsync logs an explicit hole from the last extent to i_size.',
    without:
      'With no-holes nothing describes the range behind the last extent. A file that shrank and grew again is logged with its new size and without a hole, so that replay leaves the old extents of the committed tree in it.',
    loses: 'the truncate: data that was cut off is back',
    fstest: 'generic/101',
  },
  {
    name: 'clone.full-sync-behind-end',
    label: 'full-sync flag in a clone of a hole to behind the end',
    entry: 'C29',
    commit: '3660d0bcdb82',
    subject: 'btrfs: fix stale data exposure after cloning a hole with NO_HOLES enabled',
    introduced: '5.4',
    fixed: '5.12',
    stable: [],
    retired: null,
    actsIn: 'btrfs_clone',
    does: 'A clone of a hole to i_size or behind it sets BTRFS_INODE_NEEDS_FULL_SYNC, so that the next fsync logs the hole.',
    without:
      'A clone of a hole to i_size or behind it moves i_size, and leaves neither an extent map nor the full-sync flag: a fast fsync logs the new size only. If the committed file is longer, as before a truncate, replay finds its old extent inside the new size.',
    loses: 'the truncate: what it removed is back in the range of the hole',
    fstest: 'btrfs/231',
  },
  {
    name: 'fsync.mmap-lock',
    label: 'mmap lock in btrfs_sync_file',
    entry: 'C30',
    commit: '885f46d87f29',
    subject: 'btrfs: fix race between memory mapped writes and fsync',
    introduced: null,
    fixed: '5.13',
    stable: [],
    retired: null,
    actsIn: 'btrfs_sync_file',
    does: 'An fsync holds i_mmap_lock exclusively from the inode lock on, so that no page is dirtied through a mapping while it logs.',
    without:
      'The inode lock does not stop writes through a mapping. Their writeback can take an extent map off the list of modified extents before the fsync has collected it, or put one on the list whose blocks are not written yet: the log then lacks the extent, or points to blocks that hold something else.',
    loses: 'an extent that was being replaced through a mapping',
    fstest: null,
  },
];
