import { describe, expect, test } from 'vitest';
import { check } from '../../../engine/index.ts';
import { lastOutcome } from '../crash-text.ts';
import { problemOf, run } from '../run-schedule.ts';
import { buildScenario, range } from '../scenario-builder.ts';

const files = ['I 16K data 0..16K'];
const tasks = { a: ['write I 0..4K', 'fsync I'], f: ['writeback I'], b: ['mmap-write I 0..8K'] };

describe('a write through a mapping', () => {
  test.each<[string, string[], string]>([
    [
      'alone leaves its data in the page cache, but changes times',
      ['mmap-write I 0..4K', 'commit'],
      '1 | 16K: 0..16K by initial',
    ],
    ['behind i_size is none', ['mmap-write I 16K..20K', 'commit'], '0 | 16K: 0..16K by initial'],
    ['is in the log', ['mmap-write I 0..4K', 'fsync I'], '0+log | 16K: 0..4K by 0, 4K..16K by initial'],
    ['ends at i_size', ['mmap-write I 12K..20K', 'fsync I'], '0+log | 16K: 0..12K by initial, 12K..16K by 0'],
  ])('%s', (_, operations, expected) => {
    for (const kernel of ['5.8', '6.18']) expect(lastOutcome(kernel, files, ...operations)).toBe(expected);
  });

  test.each([
    ['the first change', ['mmap-write I 0..4K'], '1'],
    ['another one, perhaps within the same tick of the clock', ['write I 0..4K', 'mmap-write I 4K..8K'], '2'],
    ['a third one', ['write I 0..4K', 'mmap-write I 4K..8K', 'mmap-write I 8K..12K'], '4'],
  ])('updates the times, or need not: %s', (_, operations, total) => {
    expect(check(buildScenario({ files, tasks: { a: operations } })).interleavings.total).toBe(total);
  });

  test('takes no inode lock', () => {
    const { file } = run({ files, tasks }, 'a: write', 'a: fsync until log_inode', 'b: mmap-write');
    expect(file.lockedBy).toBe('a');
    expect(file.pages).toMatchObject([{ range: range('0..8K'), state: 'dirty' }]);
  });

  test.each([
    ['5.8', {}, false],
    ['5.8', { 'fsync.mmap-lock': true }, true],
    ['6.18', {}, true],
    ['6.18', { 'fsync.mmap-lock': false }, false],
  ])('waits for an fsync that holds i_mmap_lock (%s, %o: %s)', (kernel, guards, waits) => {
    const entries = ['a: write', 'a: fsync until log_inode_item', 'b: mmap-write'];
    const problem = problemOf({ kernel, guards, files, tasks }, ...entries);
    if (waits) expect(problem?.message).toContain('b: mmap-write waits at btrfs_page_mkwrite');
    else expect(problem).toBeUndefined();
  });

  test.each([
    ['page locks', 'f: writeback until cow_file_range'],
    ['ordered extents in its range', 'f: writeback until extent_writepage_io'],
  ])('waits for %s', (_, entry) => {
    expect(problemOf({ files, tasks }, 'a: write', entry, 'b: mmap-write')?.message).toContain(
      'b: mmap-write waits at btrfs_page_mkwrite for the ordered extents in the range',
    );
  });
});
