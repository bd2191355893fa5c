import { describe, expect, test } from 'vitest';
import { lastOutcome } from '../crash-text.ts';
import { problemOf, run } from '../run-schedule.ts';
import { range } from '../scenario-builder.ts';

const four = ['I 16K data 0..16K'];

describe('a punch', () => {
  test.each<[string, string[], string]>([
    ['alone leaves everything', ['punch I 4K..8K'], '0 | 16K: 0..16K by initial'],
    ['is in the log', ['punch I 4K..8K', 'fsync I'], '0+log | 16K: 0..4K by initial, 8K..16K by initial'],
    ['is in the commit', ['punch I 4K..8K', 'commit'], '1 | 16K: 0..4K by initial, 8K..16K by initial'],
    [
      'of parts of blocks is zeros in the page cache, which an fsync writes',
      ['punch I 1K..9K', 'fsync I'],
      '0+log | 16K: 0..1K by initial, 1K..4K by 0, 8K..9K by 0, 9K..16K by initial',
    ],
    [
      'of parts of blocks leaves their bytes to a commit',
      ['punch I 1K..9K', 'commit'],
      '1 | 16K: 0..4K by initial, 8K..16K by initial',
    ],
    [
      'of what has just been written',
      ['write I 4K..8K', 'punch I 4K..8K', 'fsync I'],
      '0+log | 16K: 0..4K by initial, 8K..16K by initial',
    ],
    [
      'is written over',
      ['punch I 4K..8K', 'write I 4K..8K', 'fsync I'],
      '0+log | 16K: 0..4K by initial, 4K..8K by 1, 8K..16K by initial',
    ],
  ])('%s', (_, operations, expected) => {
    for (const kernel of ['5.8', '6.18']) expect(lastOutcome(kernel, four, ...operations)).toBe(expected);
  });

  test('drops items and pages of whole blocks and lists a hole extent map', () => {
    const tasks = { a: ['write I 0..16K', 'punch I 4K..8K'] };
    const { file, last } = run({ files: four, tasks }, 'a: write', 'a: punch');
    expect(file.tree.map((item) => item.range)).toEqual([range('0..4K'), range('8K..16K')]);
    expect(file.extentMaps).toMatchObject([
      { range: range('4K..8K'), kind: 'hole', modified: true },
      { range: range('8K..16K'), kind: 'data' },
    ]);
    expect(file.pages.map(({ state }) => state)).toEqual(['dirty', 'clean']);
    expect(file).toMatchObject({ lockedBy: null, lastTrans: 8 });
    expect(last.transaction.state).toBe('running');
  });

  test('of a hole does nothing', () => {
    const { path, last, file } = run({ files: ['I 16K'], tasks: { a: ['punch I 4K..8K'] } }, 'a: punch');
    expect(path).toEqual(['inode_lock', 'wait_ordered_range', 'find_first_non_hole']);
    expect(last.transaction.state).toBe('none');
    expect(file.lockedBy).toBeNull();
  });

  test('of a hole that two extent maps describe begins behind the first', () => {
    const tasks = { a: ['punch I 4K..8K', 'punch I 4K..12K'] };
    const { file, path } = run({ files: ['I 16K'], tasks }, 'a: punch', 'a: punch');
    expect(path.at(-1)).toBe('btrfs_update_inode');
    expect(file.extentMaps).toMatchObject([
      { range: range('4K..8K'), kind: 'hole', modified: false },
      { range: range('8K..12K'), kind: 'hole', modified: true },
    ]);
  });

  test('of whole blocks behind a part of one', () => {
    const tasks = { a: ['punch I 1K..12K'] };
    const { file } = run({ files: four, tasks }, 'a: punch');
    expect(file.tree.map((item) => item.range)).toEqual([range('0..4K'), range('12K..16K')]);
    expect(file.pages).toMatchObject([
      { range: range('0..1K'), state: 'dirty' },
      { range: range('1K..4K'), state: 'dirty' },
    ]);
  });

  test('zeroes no part of a hole', () => {
    const tasks = { a: ['punch I 4K..9K'] };
    const { file } = run({ files: ['I 16K data 0..8K'], tasks }, 'a: punch');
    expect(file.pages).toEqual([]);
    expect(file.extentMaps).toMatchObject([
      { range: range('4K..8K'), kind: 'hole', modified: true },
      { range: range('8K..12K'), kind: 'hole', modified: false },
    ]);
  });

  test.each<[string, string, string]>([
    // The lookup reaches as far as the length does, rounded up, from the beginning of the first block.
    ['of as much of the last block as of the first', 'punch I 18K..26K', '0+log | 16K: 0..16K by initial'],
    ['of less of the last block', 'punch I 18K..25K', '0+log | 16K: 0..16K by initial'],
    ['of more of the last block', 'punch I 18K..27K', '0 | 16K: 0..16K by initial'],
    ['of whole blocks', 'punch I 20K..28K', '0 | 16K: 0..16K by initial'],
  ])('of a hole behind i_size updates the times where it is looked up in part: %s', (_, operation, expected) => {
    const files = ['I 16K data 0..16K needs-full-sync'];
    expect(lastOutcome('6.18', files, operation, 'fsync I')).toBe(expected);
    expect(lastOutcome('5.17', files, operation, 'fsync I')).toBe('0 | 16K: 0..16K by initial');
  });

  test('leaves the hole extent map behind i_size that the next write to there makes one with the gap', () => {
    const tasks = { a: ['punch I 8K..12K', 'write I 12K..16K'] };
    const { file } = run({ files: ['I 0'], tasks }, 'a: punch', 'a: write');
    expect(file.extentMaps).toMatchObject([
      { range: range('0..12K'), kind: 'hole', modified: true },
      { range: range('12K..16K'), kind: 'hole', modified: true },
    ]);
  });

  test('drops the extent maps behind i_size', () => {
    const tasks = { a: ['fallocate I 16K..24K keep-size', 'punch I 16K..20K'] };
    const { file } = run({ files: four, tasks }, 'a: fallocate', 'a: punch');
    expect(file.extentMaps).toMatchObject([{ range: range('20K..24K'), kind: 'prealloc', modified: true }]);
  });

  test('waits for the ordered extents in its range', () => {
    const tasks = { a: ['write I 0..8K'], f: ['writeback I'], b: ['punch I 4K..8K'] };
    const message = problemOf(
      { files: four, tasks },
      'a: write',
      'f: writeback until extent_writepage_io',
      'b: punch',
    )?.message;
    expect(message).toContain('b: punch waits at wait_ordered_range for the ordered extents in the range to complete');
  });

  test('waits for the commit to let a transaction start', () => {
    const tasks = { a: ['write I 0..4K', 'writeback I', 'punch I 4K..8K'], c: ['commit'] };
    const entries = ['a: write', 'a: writeback', 'c: commit until attach_transaction', 'a: punch'];
    expect(problemOf({ files: four, tasks }, ...entries)?.message).toContain('a: punch waits at start_transaction');
  });
});
