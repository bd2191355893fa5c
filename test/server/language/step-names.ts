import type { StepNames } from '../../../server/language/index.ts';

const fastFsync = ['start_ordered_ops', 'inode_lock', 'test_full_sync', 'log_inode', 'log_changed_extents', 'return'];
const tables: Readonly<Record<Parameters<StepNames>[0], readonly string[]>> = {
  write: ['dirty_pages'],
  'mmap-write': ['btrfs_page_mkwrite'],
  'direct-write': ['dirty_pages', 'wait'],
  read: ['read_page'],
  truncate: ['inode_lock', 'cont_expand'],
  punch: ['inode_lock', 'drop_extents'],
  fallocate: ['inode_lock', 'insert_prealloc'],
  'zero-range': ['inode_lock', 'insert_prealloc'],
  clone: ['inode_lock', 'replace_extents'],
  fault: ['should_fail'],
  close: ['release_file'],
  evict: ['evict_inode'],
  writeback: ['run_delalloc', 'submit'],
  releasepage: ['try_release_extent_mapping'],
  fsync: fastFsync,
  fdatasync: fastFsync,
  create: ['inode_lock', 'btrfs_create'],
  mkdir: ['inode_lock', 'btrfs_mkdir'],
  link: ['inode_lock', 'btrfs_link', 'btrfs_log_new_name'],
  rename: ['inode_lock', 'btrfs_rename', 'btrfs_log_new_name'],
  unlink: ['inode_lock', 'btrfs_unlink'],
  sync: ['start_delalloc', 'commit'],
  commit: ['commit_start', 'write_super'],
  endio: ['end_bio', 'insert_reserved_extent', 'finish_ordered_io'],
};

/** A small table, so that tests of the language do not move with the engine's steps. */
export const stepNames: StepNames = (kind) => tables[kind];
