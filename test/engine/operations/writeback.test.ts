import { describe, expect, test } from 'vitest';
import { problemOf, run } from '../run-schedule.ts';
import { range } from '../scenario-builder.ts';

const submitted = 'f: writeback until extent_writepage_io';

describe('writeback', () => {
  test('adds a pinned extent map on the list first, then the ordered extent, then submits', () => {
    const text = { tasks: { a: ['write I 0..4K'], f: ['writeback I'] } };
    const map = { range: range('0..4K'), kind: 'data', modified: true, pinned: true, generation: null };
    expect(run(text, 'a: write', 'f: writeback until cow_file_range').file).toMatchObject({
      extentMaps: [],
      orderedExtents: [],
    });
    expect(run(text, 'a: write', 'f: writeback until create_io_em').file).toMatchObject({
      extentMaps: [map],
      orderedExtents: [],
    });
    expect(run(text, 'a: write', 'f: writeback until btrfs_add_ordered_extent').file).toMatchObject({
      extentMaps: [map],
      orderedExtents: [{ range: range('0..4K'), unsubmitted: [range('0..4K')], next: 'end_bio' }],
      pages: [{ state: 'dirty' }],
    });
    expect(run(text, 'a: write', submitted).file).toMatchObject({
      orderedExtents: [{ unsubmitted: [] }],
      pages: [{ state: 'writeback' }],
    });
  });

  test.each<[string, string[], string, { extents: string[]; writeback: string[] }]>([
    [
      'from the first block to the end of the dirty run',
      ['0..16K'],
      '4K..8K',
      { extents: ['4K..16K'], writeback: ['4K..8K'] },
    ],
    ['not across a clean block', ['0..4K', '8K..16K'], '0..4K', { extents: ['0..4K'], writeback: ['0..4K'] }],
    ['whole blocks', ['0..6K'], '0..5K', { extents: ['0..8K'], writeback: ['0..8K'] }],
    ['nothing in a clean range', ['0..4K'], '8K..12K', { extents: [], writeback: [] }],
  ])('allocates %s and submits its range', (_, writes, where, expected) => {
    const text = { tasks: { a: writes.map((write) => `write I ${write}`), f: [`writeback I ${where}`] } };
    const { file } = run(text, ...writes.map(() => 'a: write'), submitted);
    expect(file.orderedExtents.map(({ range }) => range)).toEqual(expected.extents.map(range));
    const pages = file.pages.filter(({ state }) => state === 'writeback');
    expect([pages[0]?.range.start, pages.at(-1)?.range.end]).toEqual(
      expected.writeback.length > 0
        ? [range(expected.writeback[0]!).start, range(expected.writeback[0]!).end]
        : [undefined, undefined],
    );
  });

  test('a run of its own for each gap', () => {
    const { path, file } = run(
      { tasks: { a: ['write I 0..4K', 'write I 8K..12K', 'writeback I'] } },
      'a: write',
      'a: write',
      'a: writeback',
    );
    const round = ['cow_file_range', 'create_io_em', 'btrfs_add_ordered_extent', 'extent_writepage_io'];
    expect(path).toEqual([...round, ...round]);
    expect(file.tree.map(({ range }) => range)).toEqual([range('0..4K'), range('8K..12K')]);
  });

  test('writes what was dirty when it began, not what comes later', () => {
    const tasks = { a: ['write I 0..4K', 'write I 8K..12K', 'write I 16K..20K'], f: ['writeback I'] };
    const entries = ['a: write', 'a: write', 'f: writeback until cow_file_range', 'a: write', 'f: writeback'];
    const { file } = run({ tasks }, ...entries);
    expect(file.pages.map(({ range, state }) => [range, state])).toEqual([
      [range('0..4K'), 'clean'],
      [range('8K..12K'), 'clean'],
      [range('16K..20K'), 'dirty'],
    ]);
  });

  test('replaces the extent maps of its range; what sticks out stays on the list', () => {
    const tasks = { a: ['write I 0..12K', 'writeback I', 'write I 4K..8K', 'writeback I'] };
    const { file } = run({ tasks }, 'a: write', 'a: writeback', 'a: write', 'a: writeback until create_io_em');
    expect(file.extentMaps).toMatchObject([
      { range: range('0..4K'), modified: true, pinned: false, generation: 8 },
      { range: range('4K..8K'), modified: true, pinned: true, generation: null },
      { range: range('8K..12K'), modified: true, pinned: false, generation: 8 },
    ]);
  });

  test('submits the rest of an ordered extent that another one began', () => {
    const tasks = { a: ['write I 0..8K'], f: ['writeback I 0..4K'], g: ['writeback I'] };
    const first = run({ tasks }, 'a: write', 'f: writeback');
    expect(first.file.orderedExtents).toMatchObject([{ range: range('0..8K'), unsubmitted: [range('4K..8K')] }]);
    const second = run({ tasks }, 'a: write', 'f: writeback', 'g: writeback until extent_writepage_io', 'endio: I');
    expect(second.file).toMatchObject({ orderedExtents: [], tree: [{ range: range('0..8K') }] });
  });

  test('waits for the pages that another one has locked', () => {
    const tasks = { a: ['write I 0..4K'], f: ['writeback I'], g: ['writeback I'] };
    const problem = problemOf({ tasks }, 'a: write', 'f: writeback until cow_file_range', 'g: writeback');
    expect(problem?.message).toBe(
      'g: writeback waits at cow_file_range for the page locks of another writeback, and the range lock; f would release it',
    );
  });
});
