import { describe, expect, test } from 'vitest';
import { lastOutcome } from '../crash-text.ts';
import { run } from '../run-schedule.ts';

const files = ['I 16K data 0..16K', 'J 4K'];
const tasks = {
  a: ['write I 0..8K', 'writeback I', 'fsync I'],
  b: ['write J 0..4K', 'writeback J'],
  c: ['commit'],
  e: ['evict I'],
};
const complete = ['a: write', 'a: writeback'];

describe('an evict', () => {
  test('drops pages and listed extent maps; what changed in this transaction comes back with the full-sync flag', () => {
    expect(run({ files, tasks }, ...complete).file.extentMaps).toMatchObject([{ modified: true }]);
    expect(run({ files, tasks }, ...complete, 'e: evict').file).toMatchObject({
      pages: [],
      extentMaps: [],
      needsFullSync: true,
      loggedTrans: 0,
    });
  });

  test('before the first transaction, an inode with the flag comes back with it', () => {
    const made = { files: [`${files[0]} needs-full-sync`, files[1]!], tasks };
    expect(run(made, 'e: evict').file).toMatchObject({ needsFullSync: true });
    expect(run({ files, tasks }, 'e: evict').file).toMatchObject({ needsFullSync: false });
  });

  test('an inode of an older transaction comes back without the flag', () => {
    const older = [...complete, 'c: commit', 'b: write', 'b: writeback'];
    expect(run({ files, tasks }, ...older, 'e: evict').file).toMatchObject({ extentMaps: [], needsFullSync: false });
  });

  test.each([
    ['dirty pages', ['a: write']],
    ['pages under writeback', ['a: write', 'a: writeback until extent_writepage_io']],
    ['an open ordered extent', ['a: write', 'a: writeback until extent_writepage_io', 'endio: I until unlock_extent']],
    ['a task that holds the inode lock', [...complete, 'a: fsync until log_changed_extents']],
  ])('leaves an inode with %s alone', (_, entries) => {
    const { file, changes } = run({ files, tasks }, ...entries, 'e: evict');
    expect(file.pages.length).toBeGreaterThan(0);
    expect(changes).toContain('the inode is in use');
  });

  test('before an fsync costs no data', () => {
    const operations = ['write I 0..8K', 'writeback I', 'evict I', 'fsync I'];
    for (const kernel of ['5.8', '6.18']) {
      expect(lastOutcome(kernel, ['I 16K'], ...operations)).toBe('0+log | 16K: 0..8K by 0');
    }
  });

  test('between two fsyncs costs no data', () => {
    const operations = ['write I 0..4K', 'fsync I', 'evict I', 'write I 4K..8K', 'fsync I'];
    for (const kernel of ['5.8', '6.18']) {
      expect(lastOutcome(kernel, ['I 16K'], ...operations)).toBe('0+log | 16K: 0..4K by 0, 4K..8K by 3');
    }
  });
});
