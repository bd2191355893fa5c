import { describe, expect, test } from 'vitest';
import { check } from '../../../engine/index.ts';
import { problemOf, run } from '../run-schedule.ts';
import { buildScenario, range, type ScenarioText } from '../scenario-builder.ts';

const tasks = { a: ['write I 0..4K', 'fsync I'], f: ['writeback I'], c: ['commit'] };
const written = ['a: write', 'f: writeback until extent_writepage_io', 'endio: I until end_bio'];

/** `lost 0..4096`, each kind and range once. */
function violations(text: ScenarioText): string[] {
  const found = check(buildScenario(text)).violations;
  return [...new Set(found.map(({ kind, range: { start, end } }) => `${kind} ${start}..${end}`))];
}

describe('a fast fsync waits', () => {
  const inFlight = ['a: write', 'f: writeback until extent_writepage_io', 'a: fsync'];
  test.each([
    ['3.15', 'log_one_extent for the data of the extent to be written'],
    ['4.18', 'log_one_extent for the data of the extent to be written'],
    ['4.19', 'wait_ordered_range for the ordered extents of the file to complete'],
    ['5.9', 'wait_ordered_range for the ordered extents of the file to complete'],
    ['5.10', 'wait_on_writeback for the writeback of the file to end'],
    ['6.18', 'wait_on_writeback for the writeback of the file to end'],
  ])('on %s: at %s', (kernel, where) => {
    expect(problemOf({ kernel, tasks }, ...inFlight)?.message).toContain(`waits at ${where}`);
  });

  test.each([
    ['4.18', true],
    ['4.19', false],
    ['5.9', false],
    ['5.10', true],
  ])('on %s it logs an extent whose ordered extent is not complete: %s', (kernel, logs) => {
    if (!logs) return expect(problemOf({ kernel, tasks }, ...written, 'a: fsync')).toBeDefined();
    const { file } = run({ kernel, tasks }, ...written, 'a: fsync');
    expect(file).toMatchObject({ tree: [], loggedOnDisk: [{ range: range('0..4K'), version: 'a: write' }] });
  });

  test.each(['3.15', '4.18', '5.10', '6.18'])('on %s a full one waits for complete ordered extents', (kernel) => {
    const text = { kernel, files: ['I 32M needs-full-sync'], tasks };
    expect(problemOf(text, ...written, 'a: fsync')?.message).toContain('waits at wait_ordered_range');
  });
});

describe('the order of the first steps', () => {
  const flush = 'start_ordered_ops';
  const test1 = 'test_full_sync';
  test.each<[string, string[]]>([
    ['3.16', [flush, 'inode_lock', test1, 'inode_in_log', 'have_ordered_extents_in_range'].slice(0, 4)],
    ['3.17', [flush, 'inode_lock', test1, flush, 'inode_in_log']],
    ['4.19', [flush, 'inode_lock', test1, 'wait_ordered_range', 'inode_in_log']],
    ['5.0', [flush, 'inode_lock', test1, flush, 'wait_ordered_range']],
    ['5.10', [flush, 'inode_lock', test1, flush, 'get_ordered_extents']],
    ['6.0', [flush, 'inode_lock', test1, flush, 'get_ordered_extents']],
    ['6.1', [flush, 'inode_lock', flush, test1, 'get_ordered_extents']],
  ])('on %s', (kernel, steps) => {
    expect(run({ kernel, tasks }, 'a: write', 'a: fsync').path.slice(0, steps.length)).toEqual(steps);
  });

  test('4.0 looks for ordered extents when last_trans is committed, 4.6 before', () => {
    const looks = 'have_ordered_extents_in_range';
    expect(run({ kernel: '4.5', tasks }, 'a: write', 'a: fsync').path).toContain(looks);
    expect(run({ kernel: '4.6', tasks }, 'a: write', 'a: fsync').path).not.toContain(looks);
    expect(run({ kernel: '3.19', tasks }, 'a: write', 'a: fsync').path).not.toContain(looks);
  });
});

describe('a commit', () => {
  test.each([
    ['3.18', false],
    ['3.19', true],
    ['4.18', true],
  ])('on %s waits for the ordered extents that were logged: %s', (kernel, waits) => {
    const problem = problemOf({ kernel, tasks }, ...written, 'a: fsync', 'c: commit');
    expect(problem?.message.includes('waits at commit_doing') ?? false).toBe(waits);
  });

  test('until 3.18 an extent map whose ordered extent completes later is listed, and logged, again', () => {
    const again = { kernel: '3.18', tasks: { ...tasks, a: ['write I 0..4K', 'fsync I'] } };
    const relisted = run(again, ...written, 'a: fsync', 'endio: I until unpin_extent_cache').file;
    expect(relisted.extentMaps).toMatchObject([{ range: range('0..4K'), modified: true }]);
    const later = run({ ...again, kernel: '3.19' }, ...written, 'a: fsync', 'endio: I until unpin_extent_cache').file;
    expect(later.extentMaps).toMatchObject([{ range: range('0..4K'), modified: false }]);
  });

  test('in between it is logged without the checksums, which a second fsync takes for copied', () => {
    const twice = { a: ['write I 0..4K', 'fsync I', 'write I 8K..12K', 'fsync I'], c: ['commit'] };
    const orders = ['a.fsync before c.commit', 'c.commit before a.write#2'];
    const text = { kernel: '3.18', tasks: twice, orders };
    expect(violations(text)).toContain('corrupt 0..4096');
    expect(violations({ ...text, kernel: '3.19' })).toEqual([]);
  });
});

describe('an fsync of a range', () => {
  const ranged = {
    files: ['I 16K data 0..16K'],
    tasks: { a: ['write I 0..4K', 'write I 8K..12K', 'fsync I 0..4K', 'fsync I'] },
  };

  test.each([
    ['3.15', ['0..4K']],
    ['4.13', ['0..4K']],
    ['5.9', ['0..4K']],
    ['5.10', ['0..4K', '8K..12K']],
    ['6.18', ['0..4K', '8K..12K']],
  ])('on %s writes and logs %j', (kernel, logged) => {
    const { file } = run({ kernel, ...ranged }, 'a: write', 'a: write', 'a: fsync');
    expect(file.loggedOnDisk.map((item) => item.range)).toEqual(logged.map(range));
  });

  test.each([
    ['5.1', false],
    ['5.2', true],
    ['5.9', true],
  ])('on %s works on the whole file when it is a full one: %s', (kernel, whole) => {
    const text = { kernel, files: ['I 16K data 0..16K needs-full-sync'], tasks: ranged.tasks };
    const { file } = run(text, 'a: write', 'a: write', 'a: fsync');
    expect(file.pages.some(({ state }) => state === 'dirty')).toBe(!whole);
  });

  test('leaves what lies outside for the next one, which is not skipped', () => {
    const text = { kernel: '5.8', ...ranged };
    const { file } = run(text, 'a: write', 'a: write', 'a: fsync', 'a: fsync');
    expect(file.loggedOnDisk.map((item) => item.range)).toEqual(['0..4K', '8K..12K'].map(range));
  });

  test('writes the rest of an ordered extent that reaches out of it', () => {
    const text = { kernel: '5.8', tasks: { a: ['write I 0..8K', 'fsync I 0..4K'] } };
    expect(run(text, 'a: write', 'a: fsync').path).toContain('start_ordered_extent');
    const old = { ...text, kernel: '4.18' };
    expect(run(old, 'a: write', 'a: fsync').file.loggedOnDisk).toMatchObject([{ range: range('0..8K') }]);
  });

  test('promises its blocks and no others', () => {
    const one = { kernel: '5.8', tasks: { a: ['write I 0..4K', 'write I 8K..12K', 'fsync I 0..4K'] } };
    expect(violations({ ...one, guards: { 'in-log.first-log-transaction': true } })).toEqual([]);
  });

  test.each(['4.19', '5.8', '6.18'])('promises a size that reaches to its end (%s)', (kernel) => {
    const text = { kernel, files: ['I 0'], tasks: { a: ['write I 0..8K', 'fsync I 0..4K'] } };
    const scenario = buildScenario({ ...text, schedules: [['a: write', 'a: fsync', 'crash']] });
    expect(check(scenario).verdict).toBe('safe');
  });
});

describe('a direct write within i_size', () => {
  const text = {
    files: ['I 16K data 0..16K'],
    tasks: { d: ['direct-write I 0..4K'], a: ['punch I 8K..12K', 'fsync I'] },
  };
  const allocation = ['btrfs_direct_IO', 'create_io_em', 'btrfs_add_ordered_extent'];
  test.each<[string, string[]]>([
    ['4.4', allocation],
    ['4.5', ['btrfs_direct_IO', 'btrfs_add_ordered_extent', 'create_io_em']],
    ['4.7', allocation.slice(1)],
    ['5.11', allocation.slice(1)],
  ])('on %s allocates in the steps %j', (kernel, steps) => {
    const { path } = run({ kernel, ...text }, 'd: direct-write');
    expect(path.filter((step) => allocation.includes(step))).toEqual(steps);
  });

  test('gives the inode lock back until 4.7 only', () => {
    const entries = ['d: direct-write until create_io_em', 'a: punch'];
    expect(run({ kernel: '4.4', ...text }, ...entries).path.at(-1)).toBe('btrfs_update_inode');
    expect(problemOf({ kernel: '4.7', ...text }, ...entries)?.message).toContain('waits at inode_lock');
  });

  test('is not promised before it returns', () => {
    const two = { kernel: '4.6', files: text.files, tasks: { d: ['direct-write I 0..4K'], a: ['fsync I'] } };
    expect(violations(two)).toEqual([]);
  });
});
