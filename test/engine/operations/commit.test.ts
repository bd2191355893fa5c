import { describe, expect, test } from 'vitest';
import { problemOf, run } from '../run-schedule.ts';
import { range } from '../scenario-builder.ts';

const text = {
  files: ['I 8K', 'J 8K'],
  tasks: {
    a: ['write I 0..4K', 'writeback I', 'write I 4K..8K', 'fsync I'],
    b: ['write J 0..4K', 'writeback J'],
    c: ['commit'],
    d: ['commit'],
    s: ['sync'],
  },
};
const running = ['a: write', 'a: writeback'];

describe('a commit', () => {
  test('without a running transaction does nothing', () => {
    const { path, last } = run(text, 'c: commit');
    expect(path).toEqual(['attach_transaction']);
    expect(last.transaction).toEqual({ generation: 7, state: 'none', committing: null, lastCommitted: 7 });
  });

  test('makes completed ordered extents durable, and flushes no data', () => {
    const { last, file } = run(text, ...running, 'a: write', 'c: commit');
    expect(file.committed).toEqual([{ range: range('0..4K'), kind: 'data', version: 'a: write 1' }]);
    expect(file.pages.map(({ state }) => state)).toEqual(['clean', 'dirty']);
    expect(last.transaction).toEqual({ generation: 8, state: 'none', committing: null, lastCommitted: 8 });
  });

  test('is durable with the super block, and complete after that', () => {
    const seen = ['commit_fs_roots', 'write_super', 'transaction_completed'].map((step) => {
      const { file, last } = run(text, ...running, `c: commit until ${step}`);
      return [file.committed.length, last.transaction.committing, last.transaction.lastCommitted];
    });
    expect(seen).toEqual([
      [0, 8, 7],
      [1, 8, 7],
      [1, null, 8],
    ]);
  });

  test('takes the trees as they are when it freezes them', () => {
    const late = run(text, ...running, 'c: commit until commit_fs_roots', 'b: write', 'b: writeback', 'c: commit');
    expect(late.last.files.map(({ committed }) => committed.length)).toEqual([1, 0]);
    expect(late.last.transaction).toMatchObject({ generation: 9, state: 'running', lastCommitted: 8 });
  });

  test('drops the log in memory at once, the one on disk with its super block', () => {
    const logged = [...running, 'a: write', 'a: fsync'];
    const seen = ['commit_doing', 'commit_fs_roots', 'write_super'].map((step) => {
      const { file, last } = run(text, ...logged, `c: commit until ${step}`);
      return [last.log.exists, file.logged.length > 0, last.log.onDisk, file.loggedOnDisk.length > 0];
    });
    expect(seen).toEqual([
      [true, true, true, true],
      [false, false, true, true],
      [false, false, false, false],
    ]);
  });

  test('leaves one that is under way alone', () => {
    const { path } = run(text, ...running, 'c: commit until attach_transaction', 'd: commit');
    expect(path).toEqual(['attach_transaction']);
  });

  test.each([
    [
      'a handle of an fsync',
      ['a: write', 'a: writeback', 'a: write', 'a: fsync until start_transaction'],
      'commit_doing',
      'a',
    ],
    [
      'the commit before',
      [...running, 'd: commit until commit_fs_roots', 'b: write', 'b: writeback'],
      'commit_doing',
      'd',
    ],
  ])('waits for %s', (_, entries, step, releaser) => {
    const message = problemOf(text, ...entries, 'c: commit')?.message;
    expect(message).toContain(`c: commit waits at ${step}`);
    expect(message).toContain(`; ${releaser} would release it`);
  });

  test('waits for a completion that has joined, after nobody else may', () => {
    const entries = ['a: write', 'a: writeback until extent_writepage_io', 'endio: I until btrfs_join_transaction'];
    const message = problemOf(text, ...entries, 'c: commit')?.message;
    expect(message).toBe('c: commit waits at commit_fs_roots for the handles in use; endio: I 0..4K would release it');
  });
});

describe('a sync', () => {
  test('writes everything and commits it', () => {
    const { last, path } = run(text, 'a: write', 'b: write', 's: sync');
    expect(last.files.map(({ committed }) => committed.length)).toEqual([1, 1]);
    expect(path.at(-1)).toBe('transaction_completed');
  });

  test('of nothing waits for nothing', () => {
    expect(run(text, 's: sync').path).toEqual([
      'sync_inodes_sb',
      'wait_ordered_roots',
      'attach_transaction',
      'wait_for_commit',
    ]);
  });

  test('waits for a commit that is under way', () => {
    const message = problemOf(text, ...running, 'c: commit until commit_doing', 's: sync')?.message;
    expect(message).toBe(
      's: sync waits at wait_for_commit for the task that commits the transaction; c would release it',
    );
    expect(
      run(text, ...running, 'c: commit until write_super', 's: sync until attach_transaction', 'c: commit', 's: sync')
        .path,
    ).toEqual(['wait_for_commit']);
  });

  test('writes the rest of ordered extents that were begun since', () => {
    const more = { tasks: { a: ['write I 0..8K'], f: ['writeback I 0..4K'], s: ['sync'] } };
    const { path } = run(
      more,
      's: sync until sync_inodes_sb',
      'a: write',
      'f: writeback until extent_writepage_io',
      's: sync until start_ordered_extent',
    );
    expect(path).toEqual(['start_ordered_extent']);
  });
});
