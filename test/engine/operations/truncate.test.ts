import { describe, expect, test } from 'vitest';
import { check } from '../../../engine/index.ts';
import { lastOutcome } from '../crash-text.ts';
import { problemOf, run } from '../run-schedule.ts';
import { buildScenario, range } from '../scenario-builder.ts';

const four = ['I 16K data 0..16K'];

describe('a truncate', () => {
  test.each<[string, string[], string[], string]>([
    ['alone leaves everything', four, ['truncate I 4K'], '0 | 16K: 0..16K by initial'],
    ['that shrinks is in the log', four, ['truncate I 4K', 'fsync I'], '0+log | 4K: 0..4K by initial'],
    ['that shrinks is in the commit', four, ['truncate I 4K', 'commit'], '1 | 4K: 0..4K by initial'],
    [
      'leaves a hole when the file grows again',
      four,
      ['truncate I 4K', 'truncate I 16K', 'fsync I'],
      '0+log | 16K: 0..4K by initial',
    ],
    ['that grows adds a hole', ['I 4K data 0..4K'], ['truncate I 16K', 'commit'], '1 | 16K: 0..4K by initial'],
    [
      'that grows from within a block zeroes its tail, which an fsync writes',
      four,
      ['truncate I 5K', 'truncate I 16K', 'fsync I'],
      '0+log | 16K: 0..5K by initial, 5K..8K by 0',
    ],
    [
      'that shrinks below what is written back drops it',
      four,
      ['write I 4K..8K', 'writeback I', 'truncate I 4K', 'commit'],
      '1 | 4K: 0..4K by initial',
    ],
    [
      'to nothing, then a write and an fsync',
      four,
      ['truncate I 0', 'write I 4K..8K', 'fsync I'],
      '0+log | 8K: 4K..8K by 1',
    ],
  ])('%s', (_, files, operations, expected) => {
    for (const kernel of ['5.8', '6.18']) expect(lastOutcome(kernel, files, ...operations)).toBe(expected);
  });

  test('that shrinks drops pages, extent maps and items behind the new size', () => {
    const tasks = { a: ['write I 0..8K', 'writeback I', 'write I 4K..8K', 'truncate I 4K'] };
    const { file, path } = run({ files: four, tasks }, 'a: write', 'a: writeback', 'a: write', 'a: truncate');
    expect(path).toEqual([
      ...['inode_lock', 'truncate_setsize', 'wait_ordered_range', 'start_transaction'],
      ...['truncate_inode_items', 'btrfs_set_inode_last_trans', 'btrfs_update_inode'],
    ]);
    expect(file).toMatchObject({
      size: 4096,
      diskSize: 4096,
      lockedBy: null,
      needsFullSync: true,
      pages: [{ range: range('0..4K'), state: 'clean' }],
      extentMaps: [{ range: range('0..4K'), kind: 'data' }],
    });
    expect(file.tree.map((item) => [item.range, item.kind])).toEqual([[range('0..4K'), 'data']]);
  });

  test.each([
    ['5.8', true],
    ['6.18', false],
  ])('that drops no item sets the full-sync flag before 5.14 only (%s)', (kernel, flag) => {
    const tasks = { a: ['truncate I 4K'] };
    expect(run({ kernel, files: ['I 16K data 0..4K'], tasks }, 'a: truncate').file.needsFullSync).toBe(flag);
  });

  test('that grows adds a listed hole extent map and dirties the block of the old end', () => {
    const { file, path } = run({ files: ['I 6K'], tasks: { a: ['truncate I 16K'] } }, 'a: truncate');
    expect(path).toEqual(['inode_lock', 'cont_expand', 'start_transaction', 'i_size_write']);
    expect(file).toMatchObject({
      size: 16384,
      diskSize: 16384,
      pages: [{ range: range('4K..8K'), state: 'dirty', version: 'hole' }],
      extentMaps: [{ range: range('8K..16K'), kind: 'hole', modified: true }],
    });
  });

  test('cuts an ordered extent before the pages that were never submitted', () => {
    const tasks = { a: ['write I 0..16K', 'truncate I 8K'], f: ['writeback I 0..4K'] };
    const submitted = ['a: write', 'f: writeback until extent_writepage_io', 'endio: I until end_bio'];
    const { file } = run({ files: four, tasks }, ...submitted, 'a: truncate until truncate_setsize');
    expect(file.orderedExtents).toMatchObject([{ range: range('0..8K'), unsubmitted: [range('4K..8K')] }]);
    expect(file.pages.map((page) => page.range)).toEqual([range('0..4K'), range('4K..8K')]);
  });

  test('waits for the ordered extents behind the new size, and for the inode lock', () => {
    const tasks = { a: ['write I 0..8K'], f: ['writeback I'], b: ['truncate I 4K'], s: ['fsync I'] };
    const submitted = ['a: write', 'f: writeback until extent_writepage_io'];
    expect(problemOf({ files: four, tasks }, ...submitted, 'b: truncate')?.message).toContain(
      'b: truncate waits at truncate_setsize for the writeback of the pages behind the new size',
    );
    expect(problemOf({ files: four, tasks }, ...submitted, 'endio: I until end_bio', 'b: truncate')?.message).toContain(
      'b: truncate waits at wait_ordered_range',
    );
    expect(
      problemOf({ files: four, tasks }, 'a: write', 's: fsync until inode_lock', 'b: truncate')?.message,
    ).toContain('b: truncate waits at inode_lock for the inode lock');
  });
});

describe('the bytes that an unaligned truncate cut off', () => {
  const violations = (...a: string[]) =>
    check(buildScenario({ kernel: '6.18', files: four, tasks: { a } })).violations.map((violation) => ({
      kind: violation.kind,
      range: violation.range,
      promisedBy: violation.promisedBy?.operation,
      sizeOnly: violation.sizeOnly,
    }));

  test('are back after a commit when the file has grown again: resurrected, where an fsync had promised zeros', () => {
    const grown = ['truncate I 5K', 'fsync I', 'truncate I 16K', 'commit'];
    expect(lastOutcome('6.18', four, ...grown)).toBe('1 | 16K: 0..8K by initial');
    expect(violations(...grown)).toEqual([
      { kind: 'resurrected', range: range('5K..8K'), promisedBy: 1, sizeOnly: false },
    ]);
  });

  test.each([
    ['nobody promised zeros', ['truncate I 5K', 'truncate I 16K', 'commit']],
    ['the file was cut at a block boundary', ['truncate I 4K', 'fsync I', 'truncate I 16K', 'commit']],
    ['another fsync wrote the zeros', ['truncate I 5K', 'truncate I 16K', 'fsync I', 'commit']],
  ])('are no loss where %s', (_, operations) => expect(violations(...operations)).toEqual([]));
});
