import { describe, expect, test } from 'vitest';
import { describeOperation, modelledReleases, operationKinds, stepNames } from '../../../engine/index.ts';
import { run } from '../run-schedule.ts';

/** The steps that come without a failure; the others are looked at in step-table.test.ts. */
const names = (kind: Parameters<typeof describeOperation>[0], kernel: string) =>
  describeOperation(kind, kernel).steps.flatMap(({ name, onlyOnFailure }) => (onlyOnFailure ? [] : [name]));

/** The contract of the language: what a fast fsync does on 5.8. */
const fastFsync = [
  ...['start_ordered_ops', 'inode_lock', 'test_full_sync', 'start_ordered_ops', 'wait_ordered_range'],
  ...['inode_in_log', 'start_transaction', 'start_log_trans', 'log_inode', 'log_inode_item', 'log_all_xattrs'],
  ...['log_changed_extents', 'log_one_extent', 'log_inode_done', 'inode_unlock', 'sync_log', 'write_super', 'return'],
];

describe('the steps of a fast fsync', () => {
  const tasks = { app: ['write I 0..4K', 'fsync I'] };

  test.each(['fsync', 'fdatasync'])('on 5.8: %s', (kind) => {
    const { path } = run({ tasks: { app: ['write I 0..4K', `${kind} I`] } }, 'app: write', `app: ${kind}`);
    expect(path).toEqual(fastFsync);
  });

  test('one log_one_extent per extent map', () => {
    const two = { tasks: { app: ['write I 0..4K', 'write I 8K..12K', 'fsync I'] } };
    const { path } = run(two, 'app: write', 'app: write', 'app: fsync');
    expect(path).toEqual(fastFsync.flatMap((step) => (step === 'log_one_extent' ? [step, step] : [step])));
  });

  test('the full path has names of its own in the place of the four that collect and log', () => {
    const full = ['truncate_inode_items', 'copy_inode_items_to_log', 'log_all_xattrs', 'log_holes'];
    const { path } = run({ tasks, files: ['I 32M needs-full-sync'] }, 'app: write', 'app: fsync');
    const place = fastFsync.indexOf('log_inode_item');
    expect(path).toEqual([
      ...fastFsync.slice(0, place),
      ...full,
      'clear_modified_extents',
      ...fastFsync.slice(fastFsync.indexOf('log_inode_done')),
    ]);
  });

  test('on 6.18 it waits for writeback only, and tests the flag after the second writeback', () => {
    const { path } = run({ kernel: '6.18', tasks }, 'app: write', 'app: fsync');
    expect(path.slice(0, 6)).toEqual([
      ...['start_ordered_ops', 'inode_lock', 'start_ordered_ops', 'test_full_sync', 'get_ordered_extents'],
      'wait_on_writeback',
    ]);
    expect(path.slice(6)).toEqual(fastFsync.slice(fastFsync.indexOf('inode_in_log')));
  });
});

describe('step tables', () => {
  test.each<[Parameters<typeof describeOperation>[0], string[]]>([
    ['write', ['start_ordered_extent', 'cont_expand', 'start_ordered_extent', 'dirty_pages']],
    [
      'writeback',
      [
        ...[
          'run_delalloc_nocow',
          'cow_file_range_inline',
          'cow_file_range',
          'create_io_em',
          'btrfs_add_ordered_extent',
        ],
        'extent_writepage_io',
      ],
    ],
    ['releasepage', ['try_release_extent_mapping']],
    [
      'endio',
      [
        ...['end_bio', 'lock_extent', 'btrfs_join_transaction', 'insert_reserved_file_extent', 'unpin_extent_cache'],
        ...['add_pending_csums', 'btrfs_update_inode', 'unlock_extent', 'btrfs_end_transaction'],
        'finish_ordered_io',
      ],
    ],
    [
      'commit',
      [
        ...['attach_transaction', 'btrfs_start_delalloc_flush', 'start_ordered_extent', 'btrfs_wait_delalloc_flush'],
        ...['commit_doing', 'commit_fs_roots', 'write_super', 'transaction_completed'],
      ],
    ],
    [
      'sync',
      [
        ...['sync_inodes_sb', 'start_ordered_extent', 'wait_ordered_roots', 'attach_transaction'],
        ...['btrfs_start_delalloc_flush', 'start_ordered_extent', 'btrfs_wait_delalloc_flush', 'commit_doing'],
        ...['commit_fs_roots', 'write_super', 'transaction_completed', 'wait_for_commit'],
      ],
    ],
  ])('%s, the same on every kernel', (kind, expected) => {
    for (const kernel of modelledReleases) expect(names(kind, kernel)).toEqual(expected);
    expect(stepNames(kind)).toEqual(expect.arrayContaining(expected));
  });

  test('an fsync has the steps of all its paths, and fdatasync the same', () => {
    expect(stepNames('fsync')).toEqual(expect.arrayContaining(fastFsync));
    expect(stepNames('fsync')).toEqual(expect.arrayContaining(['wait_log_commit', 'wait_on_writeback', 'log_holes']));
    expect(stepNames('fdatasync')).toEqual(stepNames('fsync'));
    expect(new Set(stepNames('fsync')).size).toBe(stepNames('fsync').length);
  });

  test('a table is that of its kernel, the newest where none is named', () => {
    expect(names('fsync', '5.8')).not.toContain('wait_on_writeback');
    expect(describeOperation('fsync')).toEqual(describeOperation('fsync', '6.18'));
    expect(names('fsync', '6.18')).toContain('wait_on_writeback');
  });

  test.each(operationKinds)('%s is described, with what each step does', (kind) => {
    const { synopsis, summary, kernelFunction, steps } = describeOperation(kind);
    expect(synopsis.startsWith(kind)).toBe(true);
    expect(summary).toMatch(/\.$/);
    expect(kernelFunction).toMatch(/^(btrfs_\w+|should_fail)$/);
    for (const { name, does } of steps) expect(does, name).toMatch(/^\w.*\.$/);
  });

  test('locks: the inode lock is held from inode_lock to inode_unlock', () => {
    const { steps } = describeOperation('fsync', '5.8');
    const common = steps.filter(({ onlyOnFailure }) => !onlyOnFailure);
    const held = common.filter(({ locks }) => locks.includes('inode lock')).map(({ name }) => name);
    expect(held).toContain('log_changed_extents');
    for (const name of ['inode_lock', 'sync_log', 'write_super', 'return']) expect(held).not.toContain(name);
  });
});
