import { describe, expect, test } from 'vitest';
import { lastOutcome } from '../crash-text.ts';
import { run } from '../run-schedule.ts';
import { range } from '../scenario-builder.ts';

const four = ['I 16K data 0..16K'];
const empty = ['I 0'];

describe('an allocation', () => {
  test.each<[string, string[], string[], string]>([
    ['alone leaves everything', empty, ['fallocate I 0..8K'], '0 | 0'],
    ['moves the size, of zeros', empty, ['fallocate I 0..8K', 'commit'], '1 | 8K'],
    ['moves the size in the log', empty, ['fallocate I 0..8K', 'fsync I'], '0+log | 8K'],
    ['keeps the size when told to', empty, ['fallocate I 0..8K keep-size', 'commit'], '1 | 0'],
    ['keeps the size in the log', empty, ['fallocate I 0..8K keep-size', 'fsync I'], '0+log | 0'],
    [
      'is written into, and logged',
      empty,
      ['fallocate I 0..8K', 'write I 4K..8K', 'fsync I'],
      '0+log | 8K: 4K..8K by 1',
    ],
    [
      'is written into, and committed',
      empty,
      ['fallocate I 0..8K', 'write I 4K..8K', 'writeback I', 'commit'],
      '1 | 8K: 4K..8K by 1',
    ],
    [
      'behind the size is written into',
      empty,
      ['fallocate I 0..8K keep-size', 'write I 4K..8K', 'fsync I', 'commit'],
      '1 | 8K: 4K..8K by 1',
    ],
    ['leaves data alone', four, ['fallocate I 4K..24K', 'commit'], '1 | 24K: 0..16K by initial'],
    [
      'behind the size is cut off by a truncate',
      four,
      ['fallocate I 16K..24K keep-size', 'truncate I 8K', 'fsync I'],
      '0+log | 8K: 0..8K by initial',
    ],
  ])('%s', (_, files, operations, expected) => {
    for (const kernel of ['5.8', '6.18']) expect(lastOutcome(kernel, files, ...operations)).toBe(expected);
  });

  test('fills the holes of its range with listed prealloc extent maps', () => {
    const text = { files: ['I 16K data 4K..8K'], tasks: { a: ['fallocate I 0..12K'] } };
    const { file } = run(text, 'a: fallocate');
    expect(file.tree.map((item) => [item.range, item.kind])).toEqual([
      [range('0..4K'), 'prealloc'],
      [range('4K..8K'), 'data'],
      [range('8K..12K'), 'prealloc'],
    ]);
    expect(file.extentMaps).toMatchObject([
      { range: range('0..4K'), kind: 'prealloc', modified: true, pinned: false },
      { range: range('8K..12K'), kind: 'prealloc', modified: true, pinned: false },
    ]);
  });

  test('is written where it is: one ordered extent in it, one beside it', () => {
    const text = { files: empty, tasks: { a: ['fallocate I 4K..8K', 'write I 0..8K', 'writeback I'] } };
    const { file } = run(text, 'a: fallocate', 'a: write', 'a: writeback until btrfs_add_ordered_extent');
    expect(file.orderedExtents.map((extent) => extent.range)).toEqual([range('0..4K'), range('4K..8K')]);
  });
});

describe('a zero-range', () => {
  test.each<[string, string[], string[], string]>([
    ['alone leaves everything', four, ['zero-range I 4K..8K'], '0 | 16K: 0..16K by initial'],
    ['is in the log', four, ['zero-range I 4K..8K', 'fsync I'], '0+log | 16K: 0..4K by initial, 8K..16K by initial'],
    ['is in the commit', four, ['zero-range I 4K..8K', 'commit'], '1 | 16K: 0..4K by initial, 8K..16K by initial'],
    [
      'of parts of blocks is zeros in the page cache, which an fsync writes',
      four,
      ['zero-range I 1K..9K', 'fsync I'],
      '0+log | 16K: 0..1K by initial, 1K..4K by 0, 8K..9K by 0, 9K..16K by initial',
    ],
    ['moves the size', four, ['zero-range I 12K..24K', 'fsync I'], '0+log | 24K: 0..12K by initial'],
    ['keeps it when told to', four, ['zero-range I 12K..24K keep-size', 'fsync I'], '0+log | 16K: 0..12K by initial'],
    [
      'is written into',
      four,
      ['zero-range I 4K..12K', 'write I 4K..8K', 'fsync I'],
      '0+log | 16K: 0..4K by initial, 4K..8K by 1, 12K..16K by initial',
    ],
  ])('%s', (_, files, operations, expected) => {
    for (const kernel of ['5.8', '6.18']) expect(lastOutcome(kernel, files, ...operations)).toBe(expected);
  });

  test('makes whole blocks prealloc and parts of blocks dirty', () => {
    const { file } = run({ files: four, tasks: { a: ['zero-range I 1K..8K'] } }, 'a: zero-range');
    expect(file.tree.map((item) => [item.range, item.kind])).toEqual([
      [range('0..4K'), 'data'],
      [range('4K..8K'), 'prealloc'],
      [range('8K..16K'), 'data'],
    ]);
    expect(file.pages.map((page) => [page.range, page.state])).toEqual([
      [range('0..1K'), 'dirty'],
      [range('1K..4K'), 'dirty'],
    ]);
  });
});
