import { describe, expect, test } from 'vitest';
import { crashOutcomes, type MountOption } from '../../../engine/index.ts';
import { crashText } from '../crash-text.ts';
import { problemOf, run } from '../run-schedule.ts';
import { buildScenario, range } from '../scenario-builder.ts';

/** What a power failure leaves after the last operation; all of these are recorded from 6.18. */
function outcome(mount: readonly MountOption[], file: string, ...operations: string[]): string {
  return crashText(crashOutcomes(buildScenario({ mount, files: [file], tasks: { a: operations } })).at(-1)!);
}

const four = 'I 16K data 0..16K';

describe('an inline extent', () => {
  test.each<[string, string, string[], string]>([
    [
      'is made by writeback, and is in the next commit',
      'I 0',
      ['write I 0..100', 'writeback I', 'commit'],
      '1 | 100: 0..100 by 0',
    ],
    ['is nothing while it is dirty', 'I 0', ['write I 0..100', 'commit'], '0 | 0'],
    ['is logged by a full fsync', 'I 0', ['write I 0..100', 'fsync I'], '0+log | 100: 0..100 by 0'],
    [
      'keeps nothing of what a truncate cut off',
      'I 100 data 0..100',
      ['truncate I 50', 'truncate I 100', 'commit'],
      '1 | 100: 0..50 by initial, 50..100 by 0',
    ],
  ])('%s', (_, file, operations, expected) => expect(outcome([], file, ...operations)).toBe(expected));

  test('is not cut by a truncate behind it, and what lies between stays', () => {
    const tasks = { a: ['fallocate I 4K..12K', 'truncate I 9K'] };
    const { file } = run({ files: ['I 100 data 0..100'], tasks }, 'a: fallocate', 'a: truncate');
    expect(file.tree).toMatchObject([
      { range: range('0..4K'), kind: 'data' },
      { range: range('4K..12K'), kind: 'prealloc' },
    ]);
  });

  test('sets the full-sync flag and leaves neither ordered extent nor extent map', () => {
    const { file, path } = run(
      { files: ['I 0'], tasks: { a: ['write I 0..100', 'writeback I'] } },
      'a: write',
      'a: writeback',
    );
    expect(path).toEqual(['cow_file_range_inline']);
    expect(file).toMatchObject({ needsFullSync: true, orderedExtents: [], extentMaps: [], diskSize: 100 });
  });

  test('becomes a regular one when the file grows', () => {
    const tasks = { a: ['write I 0..100', 'writeback I', 'write I 4K..8K', 'writeback I'] };
    const { file } = run(
      { files: ['I 0'], tasks },
      'a: write',
      'a: writeback',
      'a: write',
      'a: writeback until extent_writepage_io',
    );
    expect(file.orderedExtents).toMatchObject([{ range: { start: 0, end: 8192 } }]);
  });
});

describe('nodatacow', () => {
  test.each<[string, string[], string]>([
    [
      'writes in place: visible when the IO ends',
      ['write I 0..8K', 'writeback I'],
      '0 | 16K: 0..8K by 0, 8K..16K by initial',
    ],
    [
      'also a part of an ordered extent',
      ['write I 0..16K', 'writeback I 0..8K'],
      '0 | 16K: 0..8K by 0, 8K..16K by initial',
    ],
    ['also by direct IO', ['direct-write I 0..8K'], '0 | 16K: 0..8K by 0, 8K..16K by initial'],
    ['but not where it allocates', ['write I 16K..24K', 'writeback I'], '0 | 16K: 0..16K by initial'],
  ])('%s', (_, operations, expected) => {
    expect(outcome(['nodatacow'], four, ...operations)).toBe(expected);
    expect(outcome([], `${four} nodatacow`, ...operations)).toBe(expected);
  });

  test('makes an ordered extent and no extent map', () => {
    const text = { mount: ['nodatacow'] as const, files: [four], tasks: { a: ['write I 0..4K', 'writeback I'] } };
    const { file, path } = run(text, 'a: write', 'a: writeback until extent_writepage_io');
    expect(path).toEqual(['run_delalloc_nocow', 'btrfs_add_ordered_extent', 'extent_writepage_io']);
    expect(file).toMatchObject({ extentMaps: [], orderedExtents: [{ next: 'end_bio' }] });
  });
});

describe('other mount options', () => {
  test.each<[MountOption, string, string[], string]>([
    [
      'holes',
      four,
      ['write I 16K..20K', 'write I 24K..32K', 'writeback I 24K..32K', 'commit'],
      '1 | 16K: 0..16K by initial',
    ],
    ['holes', four, ['write I 32K..36K', 'commit'], '1 | 16K: 0..16K by initial'],
    [
      'nodatasum',
      four,
      ['write I 0..16K', 'direct-write I 4K..8K', 'commit'],
      '1 | 16K: 0..4K by initial, 4K..8K by 1, 8K..16K by 0',
    ],
    ['notreelog', four, ['write I 0..4K', 'fsync I'], '1 | 16K: 0..4K by 0, 4K..16K by initial'],
    [
      'flushoncommit',
      four,
      ['write I 0..4K', 'fallocate I 16K..20K', 'commit'],
      '1 | 20K: 0..4K by 0, 4K..16K by initial',
    ],
    ['compress', four, ['write I 0..16K', 'writeback I 0..8K', 'commit'], '1 | 16K: 0..16K by 0'],
    ['compress', 'I 4K data 0..4K', ['truncate I 50', 'truncate I 90', 'commit'], '1 | 90: 0..90 by initial'],
  ])('%s: %s, %j', (option, file, operations, expected) =>
    expect(outcome([option], file, ...operations)).toBe(expected),
  );

  test('with notreelog an fsync is steps of a commit, and others that are not complete are not in it', () => {
    const text = { mount: ['notreelog'] as const, files: [four], tasks: { a: ['write I 0..4K', 'fsync I'] } };
    const { path } = run(text, 'a: write', 'a: fsync');
    expect(path.slice(path.indexOf('start_log_trans'))).toEqual([
      ...['start_log_trans', 'inode_unlock', 'btrfs_end_transaction', 'attach_transaction', 'commit_doing'],
      ...['commit_fs_roots', 'write_super', 'transaction_completed'],
    ]);
  });

  test('with flushoncommit a commit waits for what it flushes', () => {
    const tasks = { a: ['write I 0..4K', 'fallocate I 16K..20K'], c: ['commit'] };
    const text = { mount: ['flushoncommit'] as const, files: [four], tasks };
    const entries = ['a: write', 'a: fallocate', 'c: commit until btrfs_start_delalloc_flush'];
    expect(run(text, ...entries).file.orderedExtents).toHaveLength(1);
    expect(problemOf(text, ...entries, 'c: commit')?.message).toContain('waits at btrfs_wait_delalloc_flush');
    expect(problemOf(text, ...entries, 'endio: I 0..4K', 'c: commit')).toBeUndefined();
  });
});

test('a prealloc extent of the start is written where it is, and reads as zeros before', () => {
  const file = 'I 16K prealloc 0..16K';
  expect(outcome([], file, 'write I 0..4K', 'fsync I')).toBe('0+log | 16K: 0..4K by 0');
  expect(run({ files: [file], tasks: { a: ['fsync I'] } }, 'a: fsync').file.committed).toMatchObject([
    { kind: 'prealloc' },
  ]);
});
