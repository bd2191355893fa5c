import type { Guard } from './guard.ts';

/** An extent map that no fsync has logged disappears (catalogue C1 to C5). */
export const lostExtentMaps: readonly Guard[] = [
  {
    name: 'releasepage.full-sync-flag',
    label: 'full-sync flag in releasepage',
    entry: 'C2',
    commit: 'bd3599a0e142',
    subject: 'Btrfs: fix file data corruption after cloning a range and fsync',
    introduced: null,
    fixed: '4.18',
    stable: [],
    retired: '5.9',
    actsIn: 'try_release_extent_mapping',
    does: 'Page release that drops an extent map sets BTRFS_INODE_NEEDS_FULL_SYNC, so that the next fsync reads the subvolume tree instead of the list of modified extents.',
    without:
      'Page release drops an extent map together with its entry on the list of modified extents and tells nobody: the next fast fsync has nothing to log for it and returns success.',
    loses: 'the extent whose page was released',
    fstest: 'generic/501',
  },
  {
    name: 'releasepage.modified-list',
    label: 'modified-list guard in releasepage',
    entry: 'C1',
    commit: '3d6448e63159',
    subject: 'btrfs: fix race between page release and a fast fsync',
    introduced: null,
    fixed: '5.9',
    stable: ['5.4.60', '5.7.17', '5.8.3'],
    retired: null,
    actsIn: 'try_release_extent_mapping',
    does: 'Page release leaves an extent map alone while it is on the list of modified extents, unless an fsync has already collected it (EXTENT_FLAG_LOGGING).',
    without:
      'Page release can drop an extent map between the moment a fast fsync tests the full-sync flag and the moment it collects the list of modified extents: the fsync logs nothing for the extent and returns success.',
    loses: 'the extent whose page was released',
    fstest: null,
  },
];
