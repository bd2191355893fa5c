import { describe, expect, test } from 'vitest';
import { check } from '../../../engine/index.ts';
import { run } from '../run-schedule.ts';
import { buildScenario, type ScenarioText } from '../scenario-builder.ts';

const files = ['I 16K data 0..16K'];
/** No kernel has these guards: without them concurrent fsyncs, and later ones, lose data in ways that are not looked at here. */
const noOtherBug = { 'in-log.first-log-transaction': true, 'skip-fsync.logged-ordered-extent': true };

/** The verdict, and the violations in short. */
function verdictOf(text: ScenarioText) {
  const { verdict, complete, violations, deadlock } = check(buildScenario({ files, ...text }));
  expect(deadlock).toBeUndefined();
  return [complete && verdict, ...violations.map(({ kind, range: { start, end } }) => `${kind} ${start}..${end}`)];
}

/** What the operation that runs last says. */
function said(text: ScenarioText, ...schedule: string[]): string {
  const lines = run({ kernel: '6.18', files, ...text }, ...schedule).changes;
  return lines.filter((line) => line.includes('returns')).at(-1) ?? 'returns 0';
}

const syncFails = 'returns -EIO: data or the log tree could not be written';
const readOnly = 'returns -EROFS: the file system has gone read-only';

describe('a log tree that cannot be written', () => {
  const tasks = { app: ['fault io on app.fsync@sync_log', 'write I 0..4K', 'fsync I'] };

  test.each(['3.18', '4.18', '5.8', '6.18'])('makes the fsync commit the transaction instead, on %s', (kernel) => {
    const { path, last } = run({ files, kernel, tasks }, 'app: fault', 'app: write', 'app: fsync');
    expect(path).toContain('commit_fs_roots');
    expect(path).toContain('transaction_completed');
    expect(last.crash.files[0]!.content[0]).toMatchObject({ found: 'app: write', verdict: 'kept' });
    expect(verdictOf({ kernel, tasks })).toEqual(['safe']);
  });

  test('goes unnoticed before 3.18: the super block points to a log that is not there', () => {
    expect(verdictOf({ kernel: '3.17', tasks })).toEqual(['unsafe', 'lost 0..4096']);
  });

  test('makes who joined the log transaction commit, too', () => {
    const both = { ...tasks, other: ['write I 4K..8K', 'fsync I'] };
    for (const kernel of ['5.4', '5.8', '6.18']) {
      expect([kernel, ...verdictOf({ kernel, tasks: both, guards: noOtherBug })]).toEqual([kernel, 'safe']);
    }
  });

  describe('is told by syncfs', () => {
    const told = { ...tasks, app: [...tasks.app, 'sync', 'sync'], other: ['sync'] };
    const failed = ['app: fault', 'app: write', 'app: fsync'];

    test.each([
      ['5.15', 'returns 0'],
      ['5.16', syncFails],
      ['6.18', syncFails],
    ])('since 5.16; on %s: %s', (kernel, says) => {
      expect(said({ kernel, tasks: told }, ...failed, 'app: sync')).toBe(says);
      expect(verdictOf({ kernel, tasks: told })).toEqual(['safe']);
    });

    test('once to each task, whoever asks first, though nothing is lost', () => {
      expect(said({ tasks: told }, ...failed, 'app: sync', 'app: sync')).toBe('returns 0');
      expect(said({ tasks: told }, ...failed, 'app: sync', 'other: sync')).toBe(syncFails);
      expect(said({ tasks: told }, 'other: sync', ...failed, 'app: sync')).toBe(syncFails);
      const { last } = run({ files, kernel: '6.18', tasks: told }, ...failed, 'app: sync');
      expect(last.crash.files[0]!.content[0]).toMatchObject({ found: 'app: write', verdict: 'kept' });
    });

    test('and such a sync promises nothing', () => {
      const text = {
        kernel: '6.18',
        files: [...files, 'J 4K'],
        tasks: { app: [...tasks.app, 'write J 0..4K', 'sync'], other: ['sync'] },
      };
      const schedule = [...failed, 'app: write', 'app: sync'];
      const promised = (kernel: string) => {
        const { last } = run({ ...text, kernel }, ...schedule);
        return last.crash.files.map(({ content }) => content[0]!.promised);
      };
      expect(promised('5.15')).toEqual(['app: write 1', 'app: write 2']);
      expect(promised('6.18')).toEqual(['app: write 1', 'hole']);
      expect(said(text, ...schedule, 'other: sync')).toBe(syncFails);
    });
  });

  test('of a directory makes its fsync commit', () => {
    const text = {
      files: ['D directory', 'D/F new'],
      tasks: { app: ['create D/F', 'fault io on app.fsync', 'fsync D'] },
    };
    const { path } = run(text, 'app: create', 'app: fault', 'app: fsync');
    expect(path).toContain('transaction_completed');
    expect(verdictOf(text)).toEqual(['safe']);
  });
});

describe('a super block that cannot be written', () => {
  const app = ['fault io on app.fsync@write_super', 'write I 0..4K', 'writeback I', 'fsync I', 'fsync I'];
  const first = ['app: fault', 'app: write', 'app: writeback', 'app: fsync'];

  test('aborts the transaction: the fsync returns -EIO and promises nothing', () => {
    expect(said({ tasks: { app } }, ...first)).toBe('returns -EIO: the super block could not be written');
    expect(verdictOf({ tasks: { app: app.slice(0, 4) } })).toEqual(['safe']);
    const { last, changes } = run({ files, tasks: { app } }, ...first);
    expect(last.transaction).toMatchObject({ lastCommitted: 7, aborted: true });
    expect(changes).toContain('the transaction is aborted: the file system is read-only');
    expect(last.crash.files[0]!.content[0]!.found).toBe('initial data');
  });

  test('is not told to a later fsync in the first log transaction: it finds the inode in the log', () => {
    expect(said({ tasks: { app } }, ...first, 'app: fsync')).toBe('returns 0');
    expect(verdictOf({ tasks: { app } })).toEqual(['unsafe', 'lost 0..4096']);
    expect(said({ tasks: { app }, guards: noOtherBug }, ...first, 'app: fsync')).toBe(readOnly);
    expect(verdictOf({ tasks: { app }, guards: noOtherBug })).toEqual(['safe']);
  });

  test('is told to a later fsync after an earlier log sync', () => {
    const text = {
      files: [...files, 'J 4K'],
      tasks: { app: ['write J 0..4K', 'fsync J', 'fault io on app.fsync#2@write_super', ...app.slice(1)] },
    };
    const schedule = ['app: write', 'app: fsync', 'app: fault', 'app: write', 'app: writeback', 'app: fsync'];
    expect(said(text, ...schedule)).toBe('returns -EIO: the super block could not be written');
    expect(said(text, ...schedule, 'app: fsync')).toBe(readOnly);
  });

  test.each([
    'write I 4K..8K',
    'truncate I 4K',
    'truncate I 20K',
    'punch I 0..4K',
    'fallocate I 16K..20K',
    'zero-range I 0..4K',
    'clone I 0..4K to I 8K',
    'direct-write I 4K..8K',
  ])('makes %s return -EROFS', (operation) => {
    const text = { files, tasks: { app: [...app.slice(0, 4), operation] } };
    expect(said(text, ...first, `app: ${operation.split(' ')[0]!}`)).toBe(readOnly);
    expect(verdictOf(text)).toEqual(['safe']);
  });

  test.each([
    'truncate I 4K',
    'truncate I 20K',
    'punch I 0..4K',
    'fallocate I 16K..20K',
    'zero-range I 0..4K',
    'clone I 0..4K to I 8K',
    'mmap-write I 4K..8K',
    'direct-write I 4K..8K',
    'write I 4K..8K',
  ])('stops %s where that needs a transaction, and nobody waits for ever', (operation) => {
    for (const kernel of ['5.8', '6.18']) {
      const tasks = { app: app.slice(0, 2).concat('fsync I'), other: [operation] };
      expect(verdictOf({ kernel, tasks, guards: noOtherBug })).toEqual(['safe']);
    }
  });

  test.each([
    ['5.12', 'returns 0', ['unsafe', 'lost 4096..8192']],
    ['5.13', 'returns -EIO: data could not be written', ['safe']],
  ])('makes a later completion fail, of which fsync in %s says: %s', (kernel, says, verdict) => {
    const text = {
      kernel,
      files: [...files, 'J 4K needs-full-sync'],
      guards: { ...noOtherBug, 'inode-update.last-log-commit': true },
      tasks: {
        app: ['fault io on app.fsync@write_super', 'write J 0..4K', 'write I 4K..8K', 'fsync J', 'fsync I'],
        flusher: ['writeback I'],
      },
      orders: ['app.write#2 before flusher.writeback', 'flusher.writeback before app.fsync'],
    };
    const writes = ['app: fault', 'app: write', 'app: write', 'flusher: writeback until extent_writepage_io'];
    expect(said(text, ...writes, 'app: fsync', 'endio: I 4K..8K', 'app: fsync')).toBe(says);
    expect(verdictOf(text)).toEqual(verdict);
  });

  test('of a commit: the sync returns -EIO, and the next one returns 0 without writing anything', () => {
    const tasks = { app: ['fault io on app.sync@write_super', 'write I 0..4K', 'sync', 'sync', 'fsync I'] };
    const schedule = ['app: fault', 'app: write', 'app: sync'];
    expect(said({ tasks }, ...schedule)).toBe('returns -EIO: the transaction is aborted');
    expect(said({ tasks }, ...schedule, 'app: sync')).toContain('returns 0, and writes nothing');
    expect(said({ tasks }, ...schedule, 'app: sync', 'app: fsync')).toBe(readOnly);
    expect(verdictOf({ tasks })).toEqual(['unsafe', 'lost 0..4096']);
    expect(verdictOf({ tasks: { app: tasks.app.slice(0, 3) } })).toEqual(['safe']);
  });

  test('of the periodic commit: who waits for it is told since 6.5', () => {
    const tasks = { app: ['write I 0..4K', 'sync'], other: ['fault io on other.commit', 'commit'] };
    const orders = ['app.sync@wait_ordered_roots before other.commit'];
    expect(verdictOf({ kernel: '6.4', tasks, orders })).toEqual(['unsafe', 'lost 0..4096']);
    expect(verdictOf({ kernel: '6.5', tasks, orders })).toEqual(['safe']);
  });

  test('where there is no log tree the fsync fails with the commit', () => {
    const tasks = { app: ['fault io on app.fsync@write_super', 'write I 0..4K', 'fsync I', 'fsync I'] };
    const text = { mount: ['notreelog'] as const, tasks };
    const schedule = ['app: fault', 'app: write', 'app: fsync'];
    expect(said(text, ...schedule)).toBe('returns -EIO: the transaction is aborted');
    expect(said(text, ...schedule, 'app: fsync')).toBe(readOnly);
    expect(verdictOf(text)).toEqual(['safe']);
  });
});

describe('direct IO', () => {
  test.each(['4.17', '5.8', '6.14', '6.18'])('that the device does not write returns -EIO, on %s', (kernel) => {
    const tasks = { app: ['fault io on app.direct-write', 'direct-write I 0..4K', 'fsync I'] };
    const { last, changes } = run({ files, kernel, tasks }, 'app: fault', 'app: direct-write');
    expect(changes).toContain('returns -EIO: data could not be written');
    expect(last.crash.files[0]!.content[0]!.found).toBe('initial data');
    expect(verdictOf({ kernel, tasks })).toEqual(['safe']);
  });

  test.each([
    ['create_io_em', '5.8'],
    ['create_io_em', '6.14'],
    ['btrfs_add_ordered_extent', '4.4'],
    ['btrfs_add_ordered_extent', '5.8'],
    ['btrfs_add_ordered_extent', '6.14'],
  ])('without memory in %s returns -ENOMEM, on %s', (step, kernel) => {
    const tasks = { app: [`fault enomem on app.direct-write@${step}`, 'direct-write I 0..4K', 'fsync I'] };
    const { file, changes } = run({ files, kernel, tasks }, 'app: fault', 'app: direct-write');
    expect(changes).toContain('returns -ENOMEM');
    expect(file).toMatchObject({ orderedExtents: [], extentMaps: [] });
    expect(verdictOf({ kernel, tasks })).toEqual(['safe']);
  });
});

describe('other failures', () => {
  test.each(['write I 24K..28K', 'truncate I 24K', 'fallocate I 24K..28K', 'clone I 0..4K to I 24K'])(
    'want of memory for the hole that %s leaves makes the next fsync a full one',
    (operation) => {
      const kind = operation.split(' ')[0]!;
      const tasks = { app: [`fault enomem on app.${kind}@cont_expand`, operation, 'fsync I'] };
      const { file } = run({ files, tasks }, 'app: fault', `app: ${kind} until cont_expand`);
      expect(file).toMatchObject({ needsFullSync: true, extentMaps: [] });
      expect(verdictOf({ tasks })).toEqual(['safe']);
    },
  );

  test.each(['punch I 0..4K', 'fallocate I 0..4K', 'zero-range I 0..4K', 'clone I 0..4K to I 8K'])(
    '%s returns -EIO when what is in its way cannot be written',
    (operation) => {
      const kind = operation.split(' ')[0]!;
      const tasks = { app: ['write I 0..4K', `fault io on app.${kind}`, operation, 'fsync I', 'fsync I'] };
      const { changes } = run({ files, tasks }, 'app: write', 'app: fault', `app: ${kind}`);
      expect(changes).toContain('returns -EIO: data could not be written');
      expect(verdictOf({ tasks })).toEqual(['safe']);
    },
  );

  test('a sync tells what it could not write itself', () => {
    const tasks = { app: ['fault io on app.sync', 'write I 0..4K', 'sync', 'sync'] };
    const schedule = ['app: fault', 'app: write', 'app: sync'];
    expect(said({ tasks }, ...schedule)).toBe(syncFails);
    expect(said({ tasks }, ...schedule, 'app: sync')).toBe('returns 0');
    expect(verdictOf({ tasks })).toEqual(['safe']);
  });

  test('a close or a rename that flushes in vain leaves the error to the next fsync', () => {
    const closing = { app: ['truncate I 0', 'write I 0..4K', 'fault io on app.close', 'close I', 'fsync I'] };
    const closed = ['app: truncate', 'app: write', 'app: fault', 'app: close', 'app: fsync'];
    expect(said({ tasks: closing }, ...closed)).toBe('returns -EIO: data could not be written');
    const renaming = { app: ['write I 0..4K', 'fault io on app.rename', 'rename I to J', 'fsync I'] };
    const text = { files: ['I 4K', 'J 4K data 0..4K'], tasks: renaming };
    expect(said(text, 'app: write', 'app: fault', 'app: rename', 'app: fsync')).toBe(
      'returns -EIO: data could not be written',
    );
  });
});
