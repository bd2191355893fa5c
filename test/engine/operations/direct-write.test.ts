import { describe, expect, test } from 'vitest';
import { lastOutcome } from '../crash-text.ts';
import { problemOf, run } from '../run-schedule.ts';
import { range } from '../scenario-builder.ts';

const files = ['I 16K data 0..16K'];
const tasks = { a: ['write I 0..16K'], b: ['direct-write I 4K..8K'], f: ['writeback I'] };

describe('a direct write', () => {
  test.each<[string, string[], string]>([
    ['alone is not durable', ['direct-write I 4K..8K'], '0 | 16K: 0..16K by initial'],
    [
      'is in the commit',
      ['direct-write I 4K..8K', 'commit'],
      '1 | 16K: 0..4K by initial, 4K..8K by 0, 8K..16K by initial',
    ],
    [
      'is in the log',
      ['direct-write I 4K..8K', 'fsync I'],
      '0+log | 16K: 0..4K by initial, 4K..8K by 0, 8K..16K by initial',
    ],
    ['moves the size', ['direct-write I 16K..24K', 'fsync I'], '0+log | 24K: 0..16K by initial, 16K..24K by 0'],
    [
      'adds a hole behind the size',
      ['direct-write I 20K..24K', 'fsync I'],
      '0+log | 24K: 0..16K by initial, 20K..24K by 0',
    ],
  ])('%s', (_, operations, expected) => {
    for (const kernel of ['5.8', '6.18']) expect(lastOutcome(kernel, files, ...operations)).toBe(expected);
  });

  test('on 5.8 has steps of its own, and leaves no page', () => {
    const { file, path } = run({ files, tasks }, 'b: direct-write');
    expect(path).toEqual([
      ...['inode_lock', 'wait_ordered_range', 'create_io_em', 'btrfs_add_ordered_extent', 'submit_bio', 'dio_complete'],
    ]);
    expect(file).toMatchObject({ pages: [], extentMaps: [{ range: range('4K..8K'), modified: true }], lockedBy: null });
  });

  test('on 6.18 is a write, and its writeback', () => {
    const { file, path } = run({ kernel: '6.18', files, tasks }, 'b: direct-write');
    expect(path).toEqual(['dirty_pages', 'btrfs_fdatawrite_range', 'filemap_fdatawait_range']);
    expect(file.pages).toMatchObject([{ range: range('4K..8K'), state: 'clean' }]);
  });

  test('on 5.8 first writes what is dirty in its range, to the end of the dirty run', () => {
    const operations = ['write I 0..16K', 'direct-write I 4K..8K', 'commit'];
    expect(lastOutcome('5.8', files, ...operations)).toBe('1 | 16K: 0..4K by initial, 4K..8K by 1, 8K..16K by 0');
  });

  test('on 5.8 gives the inode lock back before its blocks are written', () => {
    const { file } = run({ files, tasks }, 'b: direct-write until submit_bio');
    expect(file).toMatchObject({ lockedBy: null, orderedExtents: [{ range: range('4K..8K') }] });
  });

  test('without checksums has them on 6.18, too, and keeps the inode lock until its blocks are written', () => {
    const text = { kernel: '6.18', mount: ['nodatasum'] as const, files, tasks };
    const submitted = run(text, 'b: direct-write until submit_bio');
    expect(submitted.file).toMatchObject({ lockedBy: 'b', orderedExtents: [{ range: range('4K..8K') }] });
    expect(run(text, 'b: direct-write').file).toMatchObject({ lockedBy: null, pages: [] });
  });

  test('returns when the blocks are written, complete or not', () => {
    for (const kernel of ['5.8', '6.18']) {
      const start = kernel === '5.8' ? 'submit_bio' : 'btrfs_fdatawrite_range';
      const entries = [`b: direct-write until ${start}`, 'endio: I until end_bio', 'b: direct-write'];
      expect(run({ kernel, files, tasks }, ...entries).file.orderedExtents).toHaveLength(1);
    }
  });

  test('waits for the ordered extents in its range', () => {
    const entries = ['a: write', 'f: writeback until extent_writepage_io', 'b: direct-write'];
    expect(problemOf({ files, tasks }, ...entries)?.message).toContain('b: direct-write waits at wait_ordered_range');
    expect(problemOf({ kernel: '6.18', files, tasks }, ...entries)?.message).toContain(
      'b: direct-write waits at dirty_pages',
    );
  });
});
