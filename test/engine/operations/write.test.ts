import { describe, expect, test } from 'vitest';
import { check } from '../../../engine/index.ts';
import { problemOf, run } from '../run-schedule.ts';
import { buildScenario, range } from '../scenario-builder.ts';

describe('a write', () => {
  test('changes the page cache and i_size, and nothing else', () => {
    const { file, last, path } = run({ files: ['I 4K'], tasks: { a: ['write I 0..8K'] } }, 'a: write');
    expect(path).toEqual(['dirty_pages']);
    expect(file).toMatchObject({ size: 8192, diskSize: 4096, extentMaps: [], orderedExtents: [], lastTrans: 0 });
    expect(file.pages).toEqual([{ range: range('0..8K'), state: 'dirty', version: 'a: write' }]);
    expect(last.transaction).toMatchObject({ state: 'none', generation: 7 });
  });

  test('never shrinks a file, and makes whole blocks dirty', () => {
    const { file } = run({ files: ['I 16K'], tasks: { a: ['write I 1K..2K'] } }, 'a: write');
    expect(file.size).toBe(16384);
    expect(file.pages.map(({ range, version }) => [range, version])).toEqual([
      [range('0..1K'), 'hole'],
      [range('1K..2K'), 'a: write'],
      [range('2K..4K'), 'hole'],
    ]);
  });

  test.each(['5.8', '6.18'])('behind i_size first adds a hole extent map, on the list (%s)', (kernel) => {
    const { file, path } = run({ kernel, files: ['I 4K'], tasks: { a: ['write I 12K..16K'] } }, 'a: write');
    expect(path).toEqual(['cont_expand', 'dirty_pages']);
    expect(file.extentMaps).toMatchObject([{ range: range('4K..16K'), kind: 'hole', modified: true, pinned: false }]);
  });

  test.each([
    ['5.9', 8],
    ['6.18', 0],
  ])('behind i_size marks the inode as changed in the transaction only until 5.15 (%s)', (kernel, lastTrans) => {
    const tasks = { b: ['write J 0..4K', 'writeback J'], a: ['write I 12K..16K'] };
    const text = { kernel, files: ['I 4K', 'J 4K'], tasks };
    expect(run(text, 'b: write', 'b: writeback', 'a: write').file.lastTrans).toBe(lastTrans);
  });

  test('behind an unaligned i_size dirties the block of the old end, too', () => {
    const { file } = run({ files: ['I 6K'], tasks: { a: ['write I 12K..16K'] } }, 'a: write');
    expect(file.pages.map(({ range }) => range)).toEqual([range('4K..8K'), range('12K..16K')]);
    expect(file.extentMaps).toMatchObject([{ range: range('8K..16K'), kind: 'hole' }]);
  });

  test('marks the inode as changed for the next log transaction', () => {
    const tasks = { a: ['write I 0..4K', 'fsync I', 'write I 0..4K', 'fsync I', 'fsync I'] };
    const entries = ['a: write', 'a: fsync', 'a: write', 'a: fsync'];
    expect(run({ tasks }, ...entries).path).toContain('sync_log');
    expect(run({ tasks }, ...entries, 'a: fsync').path).not.toContain('sync_log');
  });
});

describe('a write waits', () => {
  const open = ['a: write', 'f: writeback until extent_writepage_io'];

  test.each<[string, string, string | undefined]>([
    ['an ordered extent in its range', 'write I 4K..8K', 'endio: I 0..8K would release it'],
    ['one in a block that it shares', 'write I 7K..9K', 'endio: I 0..8K would release it'],
    ['not for one beside it', 'write I 8K..12K', undefined],
  ])('for %s', (_, operation, releaser) => {
    const problem = problemOf(
      { tasks: { a: ['write I 0..8K'], f: ['writeback I'], b: [operation] } },
      ...open,
      'b: write',
    );
    if (releaser === undefined) expect(problem).toBeUndefined();
    else expect(problem).toMatchObject({ entry: 2, message: expect.stringContaining(releaser) });
  });

  test('and writes the rest of an ordered extent that nobody has submitted', () => {
    const tasks = { a: ['write I 0..8K', 'write I 4K..8K'], f: ['writeback I 0..4K'] };
    const text = { tasks };
    expect(run(text, 'a: write', 'f: writeback', 'a: write until start_ordered_extent').file).toMatchObject({
      lockedBy: 'a',
      orderedExtents: [{ range: range('0..8K'), unsubmitted: [] }],
    });
    expect(check(buildScenario({ kernel: '5.8', ...text })).deadlock).toBeUndefined();
  });

  test('for the inode lock', () => {
    const tasks = { a: ['write I 0..4K', 'fsync I'], b: ['write I 8K..12K'] };
    const problem = problemOf({ tasks }, 'a: write', 'a: fsync until log_inode', 'b: write');
    expect(problem?.message).toBe(
      'b: write waits at dirty_pages for the inode lock, and the ordered extents that overlap the range; a would release it',
    );
  });

  test('for page locks of a writeback that is allocating', () => {
    const tasks = { a: ['write I 0..4K'], f: ['writeback I'], b: ['write I 0..4K'] };
    const problem = problemOf({ tasks }, 'a: write', 'f: writeback until cow_file_range', 'b: write');
    expect(problem?.message).toContain('b: write waits at dirty_pages');
    expect(problem?.message).toContain('f would release it');
  });
});
