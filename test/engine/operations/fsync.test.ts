import { describe, expect, test } from 'vitest';
import { problemOf, run } from '../run-schedule.ts';
import { range, type ScenarioText } from '../scenario-builder.ts';

const tasks = {
  a: ['write I 0..4K', 'fsync I', 'fsync I', 'write I 8K..12K', 'fsync I'],
  b: ['fsync I'],
  c: ['commit'],
};
const skipped = ['inode_in_log', 'inode_unlock', 'return'];

describe('what an fsync does not do', () => {
  test.each<[string, ScenarioText, string[]]>([
    ['nothing has changed', { tasks: { b: ['fsync I'] } }, []],
    ['it is in the log as it is', { tasks }, ['a: write', 'a: fsync']],
    ['it is committed', { tasks }, ['a: write', 'a: fsync', 'c: commit']],
    ['nothing has changed, on 6.18', { kernel: '6.18', tasks: { b: ['fsync I'] } }, []],
    ['it is in the log as it is, on 6.18', { kernel: '6.18', tasks }, ['a: write', 'a: fsync']],
  ])('it is skipped when %s', (_, text, entries) => {
    expect(run(text, ...entries, 'b: fsync').path.slice(-3)).toEqual(skipped);
  });

  test('a skip clears the full-sync flag', () => {
    const text = { files: ['I 32M needs-full-sync'], tasks: { b: ['fsync I'] } };
    expect(run(text).file.needsFullSync).toBe(true);
    expect(run(text, 'b: fsync').file.needsFullSync).toBe(false);
  });

  test('on 6.18 it is not skipped when the inode has changed since it was logged, in the first log transaction, too', () => {
    const text = { kernel: '6.18', tasks: { ...tasks, f: ['writeback I'] } };
    const open = ['a: write', 'f: writeback until extent_writepage_io', 'endio: I until end_bio'];
    const logged = [...open, 'a: fsync until log_inode_done'];
    expect(run(text, ...logged, 'a: fsync until inode_unlock', 'b: fsync').path.slice(-3)).toEqual(skipped);
    const changed = run(text, ...logged, 'endio: I', 'a: fsync until inode_unlock', 'b: fsync until log_inode_done');
    expect(changed.path).toContain('log_changed_extents');
  });

  test.each(['5.8', '6.18'])('a second one logs only what has changed since (%s)', (kernel) => {
    const { path, file } = run({ kernel, tasks }, 'a: write', 'a: fsync', 'a: fsync', 'a: write', 'a: fsync');
    expect(path.filter((step) => step === 'log_one_extent')).toHaveLength(1);
    expect(file.loggedOnDisk.map(({ range, version }) => [range, version])).toEqual([
      [range('0..4K'), 'a: write 1'],
      [range('8K..12K'), 'a: write 2'],
    ]);
  });
});

describe('what an fsync waits for', () => {
  const two = { tasks: { ...tasks, f: ['writeback I'], w: ['write I 0..4K'] } };
  test.each<[string, string, string[], string]>([
    [
      'complete ordered extents',
      '5.8',
      ['a: write', 'f: writeback until extent_writepage_io', 'a: fsync'],
      'waits at wait_ordered_range for the ordered extents of the file to complete; endio: I 0..4K would',
    ],
    [
      'writeback',
      '6.18',
      ['a: write', 'f: writeback until extent_writepage_io', 'a: fsync'],
      'waits at wait_on_writeback for the writeback of the file to end; endio: I 0..4K would',
    ],
    [
      'page locks',
      '5.8',
      ['a: write', 'f: writeback until cow_file_range', 'a: fsync'],
      'waits at start_ordered_ops for the page locks that a writeback holds; f would',
    ],
    [
      'the inode lock',
      '5.8',
      ['a: write', 'a: fsync until log_inode', 'b: fsync'],
      'waits at inode_lock for the inode lock; a would',
    ],
    [
      'a commit that lets nobody in',
      '5.8',
      ['a: write', 'f: writeback', 'c: commit until attach_transaction', 'a: fsync'],
      'waits at start_transaction for the transaction commit to let the next transaction start; c would',
    ],
    [
      'the super block of the commit before the first logger',
      '5.8',
      ['a: write', 'f: writeback', 'c: commit until commit_fs_roots', 'a: fsync'],
      'waits at start_log_trans for the super block of the previous transaction',
    ],
    [
      'the same before its own super block',
      '6.18',
      ['a: write', 'f: writeback', 'c: commit until commit_fs_roots', 'w: write', 'a: fsync'],
      'waits at write_super for the super block of the previous transaction',
    ],
  ])('%s (%s)', (_, kernel, entries, message) => {
    expect(problemOf({ kernel, ...two }, ...entries)?.message).toContain(message);
  });

  test('on 6.18 not for ordered extents that are written but not complete', () => {
    const entries = ['a: write', 'f: writeback until extent_writepage_io', 'endio: I until end_bio', 'a: fsync'];
    const { file, path } = run({ kernel: '6.18', ...two }, ...entries);
    expect(path.at(-1)).toBe('return');
    expect(file).toMatchObject({ tree: [], loggedOnDisk: [{ range: range('0..4K'), version: 'a: write 1' }] });
  });

  test('on 6.18 with the full-sync flag it does wait for them', () => {
    const files = ['I 32M needs-full-sync'];
    const entries = ['a: write', 'f: writeback until extent_writepage_io', 'endio: I until end_bio', 'a: fsync'];
    expect(problemOf({ kernel: '6.18', files, ...two }, ...entries)?.message).toContain('waits at wait_ordered_range');
  });

  test('on 6.18 a commit waits for the ordered extents that were logged', () => {
    const entries = [
      'a: write',
      'f: writeback until extent_writepage_io',
      'endio: I until end_bio',
      'a: fsync',
      'c: commit',
    ];
    expect(problemOf({ kernel: '6.18', ...two }, ...entries)?.message).toContain('c: commit waits at commit_doing');
    expect(problemOf({ kernel: '6.18', ...two }, ...entries.with(-1, 'endio: I'), 'c: commit')).toBeUndefined();
  });
});

describe('what is logged', () => {
  test('the size of memory, while the tree still has the old one', () => {
    const text = { kernel: '6.18', files: ['I 0'], tasks: { a: ['write I 0..4K', 'fsync I'], f: ['writeback I'] } };
    const entries = ['a: write', 'f: writeback until extent_writepage_io', 'endio: I until end_bio', 'a: fsync'];
    const { file, last } = run(text, ...entries);
    expect([file.size, file.diskSize, last.crash.files[0]!.size]).toEqual([4096, 0, 4096]);
  });

  test('in full: the file as the subvolume tree has it, holes up to i_size included', () => {
    const text = { files: ['I 16K data 0..4K needs-full-sync'], tasks: { a: ['write I 8K..12K', 'fsync I'] } };
    const { file } = run(text, 'a: write', 'a: fsync');
    expect(file.loggedOnDisk.map(({ range, kind, version }) => [range, kind, version])).toEqual([
      [range('0..4K'), 'data', 'initial data'],
      [range('4K..8K'), 'hole', 'hole'],
      [range('8K..12K'), 'data', 'a: write'],
      [range('12K..16K'), 'hole', 'hole'],
    ]);
    expect(file).toMatchObject({ needsFullSync: false, extentMaps: [{ modified: false }] });
  });

  test('in full: after everything that an earlier fsync had logged is dropped', () => {
    const text = { tasks: { a: ['write I 0..4K', 'fsync I', 'write I 8K..12K', 'fsync I'], r: ['releasepage I'] } };
    const entries = ['a: write', 'a: fsync', 'a: write', 'r: releasepage', 'a: fsync until truncate_inode_items'];
    expect(run(text, ...entries).file).toMatchObject({ logged: [], loggedOnDisk: [{ range: range('0..4K') }] });
  });

  test('fast: no more than the list has', () => {
    const text = { files: ['I 16K data 0..4K'], tasks: { a: ['write I 8K..12K', 'fsync I'] } };
    expect(run(text, 'a: write', 'a: fsync').file.loggedOnDisk.map(({ range }) => range)).toEqual([range('8K..12K')]);
  });

  test('not what an earlier transaction has committed: it is forgotten', () => {
    const text = { tasks: { a: ['write I 0..4K', 'writeback I', 'commit', 'write I 8K..12K', 'fsync I'] } };
    const { file } = run(text, 'a: write', 'a: writeback', 'a: commit', 'a: write', 'a: fsync');
    expect(file.loggedOnDisk.map(({ range }) => range)).toEqual([range('8K..12K')]);
    expect(file.extentMaps.map(({ modified }) => modified)).toEqual([false, false]);
  });

  test.each([
    ['5.9', ['8K..12K', '0..4K']],
    ['6.18', ['8K..12K']],
  ])('what the transaction before is still committing counts as old only since 5.11 (%s)', (kernel, logged) => {
    const text = {
      kernel,
      files: ['I 32M', 'J 4K'],
      tasks: {
        a: ['write I 0..4K', 'writeback I', 'write I 8K..12K', 'fsync I'],
        c: ['commit'],
        b: ['write J 0..4K', 'fsync J'],
      },
    };
    const freeze = ['a: write', 'a: writeback', 'c: commit until write_super'];
    const { file } = run(text, ...freeze, 'a: write', 'a: fsync until log_inode_done');
    expect(file.logged.map(({ range }) => range)).toEqual(logged.map(range).sort((x, y) => x.start - y.start));
  });
});

describe('the log sync', () => {
  const two = {
    files: ['I 32M', 'J 32M'],
    tasks: { a: ['write I 0..4K', 'fsync I'], b: ['write J 0..4K', 'fsync J'] },
  };

  test('publishes what others have logged until then, and not what comes later', () => {
    const both = run(
      two,
      'a: write',
      'b: write',
      'a: fsync until log_inode_done',
      'b: fsync until log_inode_done',
      'a: fsync until write_super',
    );
    expect(both.last.files.map(({ loggedOnDisk }) => loggedOnDisk.length)).toEqual([1, 1]);
    const later = run(
      two,
      'a: write',
      'b: write',
      'a: fsync until sync_log',
      'b: fsync until log_inode_done',
      'a: fsync until write_super',
    );
    expect(later.last.files.map(({ loggedOnDisk }) => loggedOnDisk.length)).toEqual([1, 0]);
  });

  test('waits for everybody who is logging', () => {
    const problem = problemOf(
      two,
      'a: write',
      'b: write',
      'a: fsync until log_inode_done',
      'b: fsync until start_log_trans',
      'a: fsync',
    );
    expect(problem?.message).toBe(
      'a: fsync waits at sync_log for the previous log sync and all tasks that are logging; b would release it',
    );
  });

  test('is led by one, and the other takes its result', () => {
    const entries = [
      'a: write',
      'b: write',
      'a: fsync until log_inode_done',
      'b: fsync until log_inode_done',
      'a: fsync',
    ];
    const { path, last } = run(two, ...entries, 'b: fsync');
    expect(path).toEqual(['inode_unlock', 'wait_log_commit', 'return']);
    expect(last.log).toMatchObject({ onDisk: true, transid: 1, writers: 0 });
    const early = problemOf(two, ...entries.with(-1, 'a: fsync until write_super'), 'b: fsync');
    expect(early?.message).toContain(
      'b: fsync waits at wait_log_commit for the task that writes this log transaction; a would',
    );
  });

  test('of a later log transaction waits for the earlier one', () => {
    const problem = problemOf(two, 'a: write', 'b: write', 'a: fsync until sync_log', 'b: fsync');
    expect(problem?.message).toContain('b: fsync waits at sync_log');
  });
});
