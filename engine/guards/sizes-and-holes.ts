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
    name: 'punch.hole-generation',
    label: 'hole-generation guard in fill_holes',
    entry: 'C27',
    commit: 'e6e3dec6c3c2',
    subject: 'btrfs: update generation of hole file extent item when merging holes',
    introduced: '5.18',
    fixed: '6.0',
    stable: [],
    retired: null,
    actsIn: 'fill_holes',
    does: 'A hole item that takes in a new hole next to it gets the generation of the transaction, as a new item would.',
    without:
      'Without NO_HOLES, punching next to a hole makes its item longer and keeps its generation. A full fsync leaves out the items of older transactions (7f30c07288bb), and so the new hole: after log replay the punched data is back.',
    loses: 'the new hole: what was punched is back',
    fstest: 'generic/695',
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
