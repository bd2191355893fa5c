import { describe, expect, test } from 'vitest';
import { problemOf, run } from '../run-schedule.ts';
import { range } from '../scenario-builder.ts';

const files = ['I 32M data 8K..12K'];
const tasks = { a: ['write I 0..4K', 'writeback I'], r: ['read I 0..12K'], k: ['releasepage I'] };

describe('a read', () => {
  test('brings in pages, and extent maps that are on no list', () => {
    const { file, last } = run({ files, tasks }, 'r: read');
    expect(new Set(file.pages.map(({ state }) => state))).toEqual(new Set(['clean']));
    expect(file.extentMaps).toMatchObject([
      { range: range('0..8K'), kind: 'hole', modified: false },
      { range: range('8K..12K'), kind: 'data', modified: false },
    ]);
    expect(last.transaction.state).toBe('none');
  });

  test('brings prealloc back as such', () => {
    const text = { files, tasks: { ...tasks, a: ['fallocate I 0..4K'], e: ['evict I'] } };
    const { file } = run(text, 'a: fallocate', 'e: evict', 'r: read');
    expect(file.extentMaps[0]).toMatchObject({ range: range('0..4K'), kind: 'prealloc', modified: false });
  });

  test('brings a dropped extent map back, but not on its list', () => {
    const dropped = ['a: write', 'a: writeback', 'k: releasepage'];
    expect(run({ files, tasks }, ...dropped).file.extentMaps).toEqual([]);
    expect(run({ files, tasks }, ...dropped, 'r: read').file.extentMaps[0]).toMatchObject({
      range: range('0..4K'),
      kind: 'data',
      modified: false,
    });
  });

  test('leaves listed extent maps and dirty pages as they are', () => {
    const { file } = run({ files, tasks }, 'a: write', 'a: writeback', 'r: read');
    expect(file.extentMaps[0]).toMatchObject({ range: range('0..4K'), modified: true });
    expect(run({ files, tasks }, 'a: write', 'r: read').file.pages[0]).toMatchObject({ state: 'dirty' });
  });

  test('waits for ordered extents only where a page is missing', () => {
    const open = ['a: write', 'a: writeback until extent_writepage_io'];
    expect(problemOf({ files, tasks }, ...open, 'r: read')).toBeUndefined();
    const released = [...open, 'endio: I until end_bio', 'k: releasepage', 'r: read'];
    expect(problemOf({ files, tasks }, ...released)?.message).toContain('r: read waits at btrfs_get_extent');
  });
});
