import { describe, expect, test } from 'vitest';
import { check } from '../../../engine/index.ts';
import { run } from '../run-schedule.ts';
import { buildScenario, range, type ScenarioText } from '../scenario-builder.ts';

const files = ['I 16K data 0..16K'];
const fails = 'returns -EIO: data could not be written';
const syncFails = 'returns -EIO: data or the log tree could not be written';

/** The verdict, and the violations in short. */
function verdictOf(text: ScenarioText) {
  const { verdict, complete, violations } = check(buildScenario({ files, ...text }));
  return [complete && verdict, ...violations.map(({ kind, range: { start, end } }) => `${kind} ${start}..${end}`)];
}

describe('a device that does not write', () => {
  const app = ['fault io on app.writeback', 'write I 0..4K', 'writeback I', 'fsync I', 'fsync I'];
  const upToError = [
    'app: fault',
    'app: write',
    'app: writeback until extent_writepage_io',
    'endio: I 0..4K until end_bio',
  ];

  test('ends writeback, and drops the extent map and inserts no item when the ordered extent completes', () => {
    const failed = run({ files, tasks: { app } }, ...upToError);
    expect(failed.changes).toContain('the device has not written them: -EIO');
    expect(failed.file).toMatchObject({ pages: [{ state: 'clean' }], extentMaps: [{ modified: true, pinned: true }] });
    const complete = run({ files, tasks: { app } }, ...upToError, 'endio: I 0..4K');
    expect(complete.file).toMatchObject({ extentMaps: [], orderedExtents: [], lastTrans: 0 });
    expect(complete.file.tree).toEqual([{ range: range('0..16K'), kind: 'data', version: 'initial data' }]);
  });

  test.each(['4.17', '5.8', '6.18'])(
    'makes one fsync of a task fail, and what was written is not promised, on %s',
    (kernel) => {
      const text = { kernel, files, tasks: { app } };
      const first = run(text, ...upToError, 'endio: I 0..4K', 'app: fsync');
      expect(first.changes).toContain(fails);
      expect(first.path.slice(-2)).toEqual(['inode_unlock', 'return']);
      expect(run(text, ...upToError, 'endio: I 0..4K', 'app: fsync', 'app: fsync').changes).not.toContain(fails);
      expect(verdictOf(text)).toEqual(['safe']);
    },
  );

  test('is told to every task since 4.13, also by an fsync that has logged what it could', () => {
    const tasks = { app: app.slice(0, 4), other: ['fsync I'] };
    const schedule = [...upToError, 'endio: I 0..4K', 'app: fsync', 'other: fsync'];
    expect(run({ files, tasks }, ...schedule).changes).toContain(fails);
    // Where the other fsync writes the pages itself, it is the race of two fsyncs that loses them (I4).
    const guards = { 'in-log.first-log-transaction': true, 'skip-fsync.logged-ordered-extent': true };
    expect(verdictOf({ tasks, guards })).toEqual(['safe']);
  });

  test('makes syncfs fail since 5.8, not before', () => {
    const text = { files, tasks: { app: [...app.slice(0, 3), 'sync', 'sync'] } };
    const schedule = [...upToError, 'endio: I 0..4K', 'app: sync'];
    expect(run({ ...text, kernel: '5.8' }, ...schedule).changes).toContain(syncFails);
    expect(run({ ...text, kernel: '5.7' }, ...schedule).changes).not.toContain(syncFails);
    expect(run({ ...text, kernel: '5.8' }, ...schedule, 'app: sync').changes).not.toContain(syncFails);
  });

  test('strikes what an fsync itself writes', () => {
    const tasks = { app: ['fault io on app.fsync', 'write I 0..4K', 'fsync I'] };
    expect(run({ files, tasks }, 'app: fault', 'app: write', 'app: fsync').changes).toContain(fails);
  });

  test('is forgotten with what is written again', () => {
    const tasks = { app: [...app.slice(0, 4), 'write I 0..4K', 'fsync I', 'evict I', 'read I 0..4K'] };
    expect(verdictOf({ tasks })).toEqual(['safe']);
    const last = run({ files, tasks }, ...upToError, 'endio: I 0..4K', 'app: fsync', 'app: write', 'app: fsync').last;
    expect(last.crash.files[0]!.content[0]).toMatchObject({ found: 'app: write 2', verdict: 'kept' });
  });

  test('without the wait for failed ordered extents, an fsync logs blocks that nobody has written', () => {
    const text = { kernel: '6.18', tasks: { app } };
    expect(verdictOf({ ...text, guards: { 'fsync.cow-write-error': false } })).toEqual(['unsafe', 'corrupt 0..4096']);
    expect(verdictOf(text)).toEqual(['safe']);
  });
});

describe('want of memory', () => {
  const lost = (last: string, ...more: string[]) => ({
    tasks: {
      app: [`fault enomem on app.${last.split(' ')[0]}`, 'write I 0..12K', 'writeback I', last, ...more, 'fsync I'],
    },
  });

  test.each([
    ['punch I 4K..8K', ['lost 0..4096', 'lost 8192..12288']],
    ['zero-range I 4K..8K', ['lost 0..4096', 'lost 8192..12288']],
    ['clone I 12K..16K to I 4K', ['lost 0..4096', 'lost 8192..12288']],
  ])('to split an extent map for %s loses both sides before 6.1', (operation, losses) => {
    // The flag that a clone sets since 5.4 makes up for it.
    const kernel = operation.startsWith('clone') ? '4.17' : '5.8';
    expect(verdictOf({ kernel, ...lost(operation) })).toEqual(['unsafe', ...losses]);
    const guards = { 'drop-extent-maps.full-sync-flag': true };
    expect(verdictOf({ kernel, guards, ...lost(operation) })).toEqual(['safe']);
  });

  test('where nothing has to be split it is the new hole that is wanting: the next fsync is a full one', () => {
    const tasks = { app: ['fault enomem on app.punch', 'punch I 0..4K', 'fsync I'] };
    const { file } = run({ files: ['I 4K data 0..4K'], tasks }, 'app: fault', 'app: punch');
    expect(file).toMatchObject({ needsFullSync: true, extentMaps: [] });
    expect(verdictOf({ tasks })).toEqual(['safe']);
  });

  test('for an ordered extent gives the blocks back; the pages are clean, and fsync fails once', () => {
    const tasks = {
      app: ['fault enomem on app.writeback@btrfs_add_ordered_extent', 'write I 0..4K', 'writeback I', 'fsync I'],
    };
    const text = { files, tasks };
    const { file } = run(text, 'app: fault', 'app: write', 'app: writeback');
    expect(file).toMatchObject({ pages: [{ state: 'clean' }], extentMaps: [], orderedExtents: [] });
    expect(run(text, 'app: fault', 'app: write', 'app: writeback', 'app: fsync').changes).toContain(fails);
    const kept = { 'cow-file-range.drop-extent-map': false };
    expect(run({ ...text, guards: kept }, 'app: fault', 'app: write', 'app: writeback').file.extentMaps).toMatchObject([
      { pinned: true, modified: true },
    ]);
  });
});

test('nothing fails before the fault is in force', () => {
  const tasks = { app: ['write I 0..4K', 'writeback I', 'fsync I'], chance: ['fault io on app.writeback'] };
  expect(run({ files, tasks }, 'app: write', 'app: writeback', 'chance: fault', 'app: fsync').changes).not.toContain(
    fails,
  );
  expect(verdictOf({ tasks })).toEqual(['safe']);
});
