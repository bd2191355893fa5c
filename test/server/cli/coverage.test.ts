import { describe, expect, test } from 'vitest';
import { guards } from '../../../engine/index.ts';
import { runCli } from './run-cli.ts';
import { deadlock, safe, scenario, syntaxError, unsafe } from './scenarios.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Runs `coverage --format json`. */
async function coverage(files: Record<string, string>, ...args: readonly string[]) {
  const { code, stdout, stderr } = await runCli(['coverage', '--format', 'json', ...args], temporaryFolder(files));
  return { code, stderr, report: JSON.parse(stdout) };
}

const tally = {
  step: expect.any(String),
  label: expect.any(String),
  does: expect.any(String),
  scenarios: expect.any(Number),
  taken: expect.any(Number),
  allWaitsKnown: true,
  goesTo: expect.any(Array),
};

/** A step that needs what no scenario has. */
const never = { ...tally, scenarios: 0, taken: 0, skipped: null, leftOut: null, waited: null, goesTo: [] };

describe('the JSON report', () => {
  test('has every field, and nothing else', async () => {
    const { code, report } = await coverage({ 'sub/a.fsrace': unsafe });
    expect(code).toBe(0);
    expect(report).toStrictEqual({
      version: 1,
      complete: true,
      scenarios: [
        {
          file: 'sub/a.fsrace',
          name: 'a race',
          line: 1,
          column: 10,
          kernel: '5.8',
          states: expect.any(Number),
          bound: null,
          allStates: true,
          operations: [
            {
              task: 'app',
              operation: 'write',
              line: 4,
              column: 17,
              begun: true,
              ended: true,
              neverTaken: expect.any(Array),
            },
            {
              task: 'app',
              operation: 'fsync',
              line: 4,
              column: 32,
              begun: true,
              ended: true,
              neverTaken: expect.any(Array),
            },
            { task: 'kswapd', operation: 'releasepage', line: 5, column: 17, begun: true, ended: true, neverTaken: [] },
          ],
          completions: { begun: true, neverTaken: ['btrfs_drop_extent_map_range'] },
          switches: expect.any(Object),
        },
      ],
      operations: expect.any(Array),
      unusedOperations: expect.any(Array),
      guards: guards.map(({ name }) => ({ name, on: expect.any(Number), off: expect.any(Number) })),
      rules: expect.any(Array),
      problems: [],
    });
    expect(report.operations.map(({ operation }: { operation: string }) => operation)).toEqual([
      'write',
      'releasepage',
      'fsync',
      'endio',
    ]);
    expect(report.operations[0]).toStrictEqual({
      operation: 'write',
      scenarios: 1,
      steps: [
        { ...never, step: 'sb_rdonly', label: 'sb_rdonly' },
        { ...tally, label: 'start_ordered_extent to expand', taken: 0, skipped: 1, leftOut: null, waited: 0 },
        { ...tally, step: 'cont_expand', label: 'cont_expand', taken: 0, skipped: 1, leftOut: null, waited: 0 },
        { ...tally, step: 'start_ordered_extent', taken: 0, skipped: 1, leftOut: null, waited: 0 },
        { ...tally, step: 'dirty_pages', taken: 1, skipped: null, leftOut: null, waited: 0, goesTo: [] },
      ],
    });
    expect(report.scenarios[0].switches).toMatchObject({ 'releasepage.modified-list': false, fsyncOfRange: true });
    expect(report.guards).toContainEqual({ name: 'releasepage.modified-list', on: 0, off: 1 });
    expect(report.rules[0]).toStrictEqual({
      name: expect.any(String),
      does: expect.any(String),
      on: expect.any(Number),
      off: expect.any(Number),
    });
    expect(report.unusedOperations).toContain('commit');
  });

  test('counts scenarios of all files, and is the same for any number of workers', async () => {
    const files = { 'a.fsrace': unsafe, 'b/c.fsrace': safe + unsafe };
    const [one, three] = await Promise.all(['1', '3'].map((workers) => coverage(files, '--workers', workers)));
    expect(one!.report.scenarios.map(({ name }: { name: string }) => name)).toEqual([
      'a race',
      'one after the other',
      'a race',
    ]);
    expect(one!.report.operations.find(({ operation }: { operation: string }) => operation === 'fsync').scenarios).toBe(
      3,
    );
    expect(three).toEqual(one);
  });

  test('is of the kernel and the guards of the command line', async () => {
    const args = ['--kernel', '6.1', '--guard', 'fsync.mmap-lock=off'];
    const { report } = await coverage({ 'a.fsrace': unsafe }, ...args);
    expect(report.scenarios[0]).toMatchObject({
      kernel: '6.1',
      switches: { fullSyncFlagTestedAfterFlush: true, 'fsync.mmap-lock': false },
    });
  });
});

test('an operation that never comes to its end', async () => {
  const stuck = scenario(
    'stuck',
    'kernel 5.8 file I size 32M',
    'task app { write I 0..4K fsync I truncate I 0 }',
    'task flusher { writeback I 0..4K }',
    'order app.write before flusher.writeback',
    'order flusher.writeback before app.fsync',
    'order app.fsync before flusher.writeback@finish_ordered_io',
  );
  const { code, report } = await coverage({ 'a.fsrace': stuck });
  expect(code).toBe(0);
  expect(report.scenarios[0].operations).toMatchObject([
    { operation: 'write', begun: true, ended: true },
    { operation: 'fsync', begun: true, ended: false },
    { operation: 'truncate', begun: false, ended: false },
    { operation: 'writeback', begun: true, ended: true },
  ]);
});

test('a bound makes it "at least", with exit code 3', async () => {
  const { code, stderr, report } = await coverage({ 'a.fsrace': unsafe }, '--bound', 'states=20');
  expect([code, stderr]).toEqual([3, '']);
  expect(report).toMatchObject({
    complete: false,
    scenarios: [{ bound: { kind: 'states', limit: 20 }, allStates: false, states: 20 }],
  });
  const { stdout } = await runCli(['coverage', '--bound', 'states=20'], temporaryFolder({ 'a.fsrace': unsafe }));
  expect(stdout).toMatch(/1 scenario covered: at least 4 of/);
});

test('losses and deadlocks are none of its business', async () => {
  expect(await coverage({ 'a.fsrace': unsafe + deadlock })).toMatchObject({ code: 0, stderr: '' });
});

test.each([
  ['a text with errors', { 'a.fsrace': syntaxError + safe }, [], 'syntax', 1],
  ['a path that is not there', { 'a.fsrace': safe }, ['nowhere', 'a.fsrace'], 'unreadable', 1],
  ['no file at all', {}, [], 'unreadable', 0],
])('%s: exit code 2, and whatever can be searched is', async (_, files, args, problem, scenarios) => {
  const { code, stderr, report } = await coverage(files, ...args);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^fsrace: .+\n$/);
  expect(report).toMatchObject({ complete: false, problems: [{ code: problem }] });
  expect(report.scenarios).toHaveLength(scenarios);
});
