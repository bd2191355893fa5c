import type { StepNames } from '../../../server/language/index.ts';

const fastFsync = ['start_ordered_ops', 'inode_lock', 'test_full_sync', 'log_inode', 'log_changed_extents', 'return'];
const tables: Readonly<Record<Parameters<StepNames>[0], readonly string[]>> = {
  write: ['dirty_pages'],
  writeback: ['run_delalloc', 'submit'],
  releasepage: ['try_release_extent_mapping'],
  fsync: fastFsync,
  fdatasync: fastFsync,
  sync: ['start_delalloc', 'commit'],
  commit: ['commit_start', 'write_super'],
  endio: ['end_bio', 'insert_reserved_extent', 'finish_ordered_io'],
};

/** A small table, so that tests of the language do not move with the engine's steps. */
export const stepNames: StepNames = (kind) => tables[kind];
