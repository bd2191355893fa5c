import { describe, expect, test } from 'vitest';
import { problemOf, run } from '../run-schedule.ts';
import { range } from '../scenario-builder.ts';

const tasks = { a: ['write I 0..4K', 'write I 8K..12K'], f: ['writeback I 0..4K'], c: ['commit'] };
const files = ['I 0'];
const submitted = ['a: write', 'f: writeback until extent_writepage_io'];
const runUntil = (step: string, ...more: string[]) =>
  run({ files, tasks }, ...submitted, ...more, `endio: I until ${step}`);

describe('completion of an ordered extent', () => {
  test('the page is clean long before the ordered extent is complete', () => {
    expect(runUntil('end_bio').file).toMatchObject({
      pages: [{ state: 'clean' }],
      orderedExtents: [{ next: 'lock_extent' }],
    });
  });

  test('it creates the transaction, then inserts the item with the content of its pages', () => {
    expect(runUntil('btrfs_join_transaction').last.transaction).toMatchObject({ state: 'running', generation: 8 });
    expect(runUntil('btrfs_join_transaction').file.tree).toEqual([]);
    expect(runUntil('insert_reserved_file_extent').file.tree).toEqual([
      { range: range('0..4K'), kind: 'data', version: 'a: write 1' },
    ]);
  });

  test('unpinning gives the generation, and leaves the map on the list', () => {
    const [before, unpinned] = ['insert_reserved_file_extent', 'unpin_extent_cache'].map(
      (step) => runUntil(step).file.extentMaps[0],
    );
    expect(before).toMatchObject({ pinned: true, generation: null, modified: true });
    expect(unpinned).toMatchObject({ pinned: false, generation: 8, modified: true });
  });

  test('disk_i_size moves to the live size, beyond what was written', () => {
    const { file } = runUntil('btrfs_update_inode', 'a: write');
    expect(file).toMatchObject({ size: 12288, diskSize: 12288, lastTrans: 8 });
    expect(runUntil('add_pending_csums', 'a: write').file).toMatchObject({ diskSize: 0, lastTrans: 0 });
  });

  test('the ordered extent goes last', () => {
    expect(runUntil('btrfs_end_transaction').file.orderedExtents).toHaveLength(1);
    expect(runUntil('finish_ordered_io').file.orderedExtents).toEqual([]);
  });

  test('it waits until everything is submitted', () => {
    const text = { tasks: { a: ['write I 0..8K'], f: ['writeback I 0..4K'] } };
    const problem = problemOf(text, 'a: write', 'f: writeback until extent_writepage_io', 'endio: I');
    expect(problem?.message).toBe('endio: I waits at end_bio for somebody to write the rest of the ordered extent');
  });

  test('it joins a commit that has only begun, and waits where nobody may join', () => {
    const text = { files: ['I 32M', 'J 4K'], tasks: { ...tasks, b: ['write J 0..4K', 'writeback J'] } };
    const running = ['b: write', 'b: writeback', ...submitted];
    const begun = run(text, ...running, 'c: commit until attach_transaction', 'endio: I until btrfs_join_transaction');
    expect(begun.last.transaction).toMatchObject({ generation: 8, state: 'commit_start' });
    const problem = problemOf(
      text,
      ...running,
      'c: commit until commit_doing',
      'endio: I until btrfs_join_transaction',
    );
    expect(problem?.message).toContain('waits at btrfs_join_transaction');
    expect(problem?.message).toContain('c would release it');
  });
});
