import type { ConditionWord, fileAttributes, mountOptions } from '../language/index.ts';

/** What hover and completion say about the options of a mount. */
export const mountOptionTexts: Readonly<Record<(typeof mountOptions)[number], string>> = {
  'no-holes': 'Holes have no items (NO_HOLES). So it is by default.',
  holes:
    'A file system without NO_HOLES (`mkfs.btrfs -O ^no-holes`): holes have items of their own, and disk_i_size ends where items leave a gap.',
  nodatasum: 'Data has no checksums. Direct IO stays direct IO in every release.',
  nodatacow:
    'Written extents are overwritten in place, without an extent map: the new content is there when its IO ends, whether a sync follows or not. Implies `nodatasum`.',
  notreelog: 'There is no log tree: an fsync commits the transaction.',
  flushoncommit: 'A commit writes all dirty data and waits for it first.',
  compress:
    'Data is compressed: an ordered extent is written as a whole, and a file of up to one block becomes an inline extent. A file that has had prealloc extents is not compressed.',
};

/** The same for the attributes of a file. */
export const fileAttributeTexts: Readonly<Record<(typeof fileAttributes)[number], string>> = {
  size: '`size S`: i_size. Without it, the file ends where its last data end.',
  data: '`data R, …`: each range is one written extent. What no range covers is a hole.',
  prealloc:
    '`prealloc R, …`: each range of whole blocks is one prealloc extent, which reads as zeros. It may lie behind the size.',
  'needs-full-sync': "The inode's first fsync is a full one (BTRFS_INODE_NEEDS_FULL_SYNC).",
  nodatacow: 'The file is overwritten in place (FS_NOCOW_FL), as with the mount option.',
  new: 'The file does not exist before the scenario starts: an operation creates it.',
  directory: 'A directory, which exists before the scenario starts unless `mkdir` makes it.',
};

/** The same for what a condition says. */
export const conditionTexts: Readonly<Record<ConditionWord, string>> = {
  fast: '`T.fsync is fast`: it has found the full-sync flag clear at `log_inode`, and trusts the list of modified extents. True from there on.',
  full: '`T.fsync is full`: it has found the full-sync flag set at `log_inode`, and copies the inode from the subvolume tree. True from there on.',
  returned: '`T.operation returned`: the operation is over, with success or without.',
  modified: '`F R in modified`: an extent map of the range is on the list of modified extents.',
  logged: '`F R logged`: all of the range has items in the log tree in memory.',
  durable: '`F R durable`: a power failure right here would leave all of the range as it is now.',
  'needs-full-sync': "`F.needs-full-sync`: BTRFS_INODE_NEEDS_FULL_SYNC is set; the inode's next fsync is a full one.",
};
