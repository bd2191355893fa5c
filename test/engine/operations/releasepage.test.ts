import { describe, expect, test } from 'vitest';
import { run } from '../run-schedule.ts';
import type { ScenarioText } from '../scenario-builder.ts';
import { range } from '../scenario-builder.ts';

const tasks = { a: ['write I 0..8K'], f: ['writeback I'], r: ['releasepage I 0..4K'] };
const twice = { ...tasks, a: ['write I 0..8K', 'write I 0..4K'] };
const complete = ['a: write', 'f: writeback'];
const submitted = ['a: write', 'f: writeback until extent_writepage_io'];

/** What page release took: the extent map, its page. And whether it set the full-sync flag. */
function released(text: Partial<ScenarioText>, entries: readonly string[]) {
  const { file } = run({ tasks, ...text }, ...entries, 'r: releasepage');
  return {
    map: file.extentMaps.length === 0,
    page: !file.pages.some(({ range }) => range.start === 0),
    flag: file.needsFullSync,
  };
}

describe('page release', () => {
  const on = (name: string) => ({ guards: { [name]: true } });
  const off = (name: string) => ({ guards: { [name]: false } });
  const list = 'releasepage.modified-list';
  const all = { map: true, page: true, flag: true };
  const nothing = { map: false, page: false, flag: false };
  const pageOnly = { map: false, page: true, flag: false };

  test.each<[string, Partial<ScenarioText>, readonly string[], typeof all]>([
    ['drops extent map and page, and sets the flag', {}, complete, all],
    ['sets no flag without that guard', { kernel: '4.17' }, complete, { ...all, flag: false }],
    [
      'sets no flag on 5.9, where that guard is gone',
      { kernel: '5.9', ...off(list) },
      complete,
      { ...all, flag: false },
    ],
    ['leaves a listed map alone with the guard', on(list), complete, pageOnly],
    ['leaves the maps of a file of 16 MiB alone', { files: ['I 16M'] }, complete, pageOnly],
    ['but not on 6.18', { kernel: '6.18', files: ['I 16M'], ...off(list) }, complete, { ...all, flag: false }],
    ['leaves dirty pages alone', { tasks: twice }, [...complete, 'a: write'], nothing],
    ['leaves pages under writeback alone', {}, submitted, nothing],
    ['leaves a pinned map alone', {}, [...submitted, 'endio: I until end_bio'], pageOnly],
    [
      'leaves page and map alone while the range is locked',
      {},
      [...submitted, 'endio: I until btrfs_update_inode'],
      nothing,
    ],
    [
      'takes only the page then on 6.18',
      { kernel: '6.18', ...off(list) },
      [...submitted, 'endio: I until btrfs_update_inode'],
      pageOnly,
    ],
    ['takes both once it is unlocked', {}, [...submitted, 'endio: I until unlock_extent'], all],
    [
      'takes only the page where the map begins elsewhere',
      { tasks: { ...tasks, r: ['releasepage I 4K..8K'] } },
      complete,
      { ...pageOnly, page: false },
    ],
  ])('%s', (_, text, entries, expected) => expect(released(text, entries)).toEqual(expected));

  test.each([
    ['5.8', false],
    ['5.9', true],
    ['6.18', true],
  ])('of an older transaction, a listed map is dropped on %s in spite of the guard: %s', (kernel, map) => {
    const older = {
      kernel,
      guards: { [list]: true },
      tasks: { ...tasks, c: ['commit'], b: ['write J 0..4K', 'writeback J'] },
    };
    const entries = [...complete, 'c: commit', 'b: write', 'b: writeback'];
    expect(released({ ...older, files: ['I 32M', 'J 4K'] }, entries).map).toBe(map);
  });

  test('tries each clean page of its range, one step each', () => {
    const text = {
      tasks: {
        a: ['write I 0..4K', 'write I 8K..12K', 'write I 16K..20K', 'writeback I 0..12K'],
        r: ['releasepage I'],
      },
    };
    const { path, file } = run(text, 'a: write', 'a: write', 'a: write', 'a: writeback', 'r: releasepage');
    expect(path).toEqual(['try_release_extent_mapping', 'try_release_extent_mapping']);
    expect(file.pages).toMatchObject([{ range: range('16K..20K'), state: 'dirty' }]);
    expect(file.extentMaps).toEqual([]);
  });

  test.each(['0..2K', '2K..4K', 'all'])('tries a block that is cut in two once (%s)', (where) => {
    const text = { tasks: { a: ['write I 0..2K', 'writeback I'], r: [`releasepage I ${where}`] } };
    const { path, file } = run(text, 'a: write', 'a: writeback', 'r: releasepage');
    expect(path).toEqual(['try_release_extent_mapping']);
    expect(file).toMatchObject({ pages: [], extentMaps: [] });
  });

  test('passes over a cut block that it cannot take', () => {
    const text = { tasks: { a: ['write I 0..2K', 'writeback I'], r: ['releasepage I 0..2K'] } };
    const locked = ['a: write', 'a: writeback until extent_writepage_io', 'endio: I until lock_extent'];
    const { path, file } = run(text, ...locked, 'r: releasepage');
    expect(path).toEqual(['try_release_extent_mapping']);
    expect(file.pages).not.toEqual([]);
  });

  test('takes a collected map out of the tree, not off the private list of the fsync', () => {
    const text = { tasks: { ...tasks, a: ['write I 0..8K', 'fsync I'] } };
    const { file } = run(text, ...complete, 'a: fsync until log_changed_extents', 'r: releasepage');
    expect(file.extentMaps).toMatchObject([{ range: range('0..8K'), logging: true, inTree: false }]);
    const { file: logged } = run(text, ...complete, 'a: fsync until log_changed_extents', 'r: releasepage', 'a: fsync');
    expect(logged.loggedOnDisk).toMatchObject([{ range: range('0..8K'), version: 'a: write' }]);
    expect(logged.extentMaps).toEqual([]);
  });
});
