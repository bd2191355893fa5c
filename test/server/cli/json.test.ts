import { describe, expect, test } from 'vitest';
import { guards } from '../../../engine/index.ts';
import { runCli } from './run-cli.ts';
import {
  deadlock,
  expectedLoss,
  infeasible,
  large,
  safe,
  scenario,
  syntaxError,
  unmetExpectation,
  unsafe,
} from './scenarios.ts';
import { temporaryFolder } from './temporary-folder.ts';

async function report(text: string, ...args: readonly string[]): Promise<unknown> {
  const { stdout } = await runCli(['check', '--format', 'json', ...args], temporaryFolder({ 'sub/a.fsrace': text }));
  return JSON.parse(stdout);
}

const decimal = expect.stringMatching(/^\d+$/);
const step = {
  task: expect.any(String),
  operation: expect.any(String),
  step: expect.any(String),
  line: expect.any(Number),
  column: expect.any(Number),
  changes: expect.any(Array),
};

describe('a race', () => {
  test('has every field, and nothing else', async () => {
    const fixes = [{ guards: ['releasepage.modified-list'], proved: true, interleavings: decimal }];
    expect(await report(unsafe)).toStrictEqual({
      version: 1,
      scenarios: [
        {
          file: 'sub/a.fsrace',
          name: 'a race',
          line: 1,
          column: 10,
          kernel: '5.8',
          rulesOf: '5.8',
          approximate: false,
          guards: Object.fromEntries(guards.map(({ name }) => [name, expect.any(Boolean)])),
          verdict: 'unsafe',
          complete: true,
          bound: null,
          interleavings: { total: '8580', losing: '858', exact: true },
          states: expect.any(Number),
          transitions: expect.any(Number),
          memory: { bytes: expect.any(Number), bytesPerState: expect.any(Number) },
          milliseconds: expect.any(Number),
          expectation: { declared: 'safe', met: false },
          violations: [
            {
              kind: 'lost',
              inode: 'I',
              range: [0, 4096],
              sizeOnly: false,
              transaction: 8,
              expected: false,
              promisedBy: { task: 'app', operation: 'fsync', line: 4, column: 32 },
              witness: Array.from({ length: 29 }, () => ({ ...step, relevant: expect.any(Boolean) })),
              explanation: Array.from({ length: 5 }, () => expect.any(String)),
              decisive: 23,
              fixes,
            },
          ],
          kernelFix: { kernel: '5.9', proved: true, interleavings: decimal },
          fixesComplete: true,
          unsafeReleases: { first: '3.15', last: '5.8', throughout: true, complete: true },
          deadlock: null,
          schedules: [],
          questions: [],
          notices: [],
        },
      ],
      problems: [],
      fixed: [],
    });
  });

  test('tells the witness from the write to the return of the fsync, completions where they were started', async () => {
    const found = await report(unsafe);
    const at = (line: number, column: number) => ({ line, column });
    const witness = expect.arrayContaining([
      {
        task: 'app',
        operation: 'write',
        step: 'dirty_pages',
        ...at(4, 17),
        changes: expect.any(Array),
        relevant: true,
      },
      {
        task: 'app',
        operation: 'fsync',
        step: 'inode_unlock',
        ...at(4, 32),
        changes: expect.any(Array),
        relevant: false,
      },
      { task: 'endio', operation: 'endio', step: 'end_bio', ...at(4, 32), changes: expect.any(Array), relevant: true },
      {
        task: 'kswapd',
        operation: 'releasepage',
        step: 'try_release_extent_mapping',
        ...at(5, 17),
        changes: expect.any(Array),
        relevant: true,
      },
      { task: 'app', operation: 'fsync', step: 'return', ...at(4, 32), changes: [], relevant: true },
    ]);
    expect(found).toMatchObject({ scenarios: [{ violations: [{ witness }] }] });
  });

  test('tells why in sentences, the last of which is how the preferred fix prevents it', async () => {
    const told = expect.arrayContaining([
      expect.stringMatching(
        /^kswapd's releasepage dropped the extent map of I 0\.\.4K .* \(step 23\), after app's fsync /,
      ),
      expect.stringMatching(/^With releasepage\.modified-list on, try_release_extent_mapping \(step 23\) would not /),
    ]);
    expect(await report(unsafe)).toMatchObject({ scenarios: [{ violations: [{ explanation: told }] }] });
  });

  test('says which guards were in force', async () => {
    expect(await report(unsafe)).toMatchObject({
      scenarios: [{ guards: { 'releasepage.modified-list': false, 'releasepage.full-sync-flag': true } }],
    });
  });
});

test('a loss that is expected is unsafe, met, and has its fixes', async () => {
  expect(await report(expectedLoss)).toMatchObject({
    scenarios: [
      {
        verdict: 'unsafe',
        expectation: { declared: 'lost I 0..4K', met: true },
        violations: [{ expected: true, fixes: [{ guards: ['releasepage.modified-list'], proved: true }] }],
      },
    ],
  });
});

test('an expectation that is not met', async () => {
  const expectation = { declared: 'lost I 0..4K', met: false };
  expect(await report(unmetExpectation)).toMatchObject({
    scenarios: [{ verdict: 'safe', expectation, violations: [] }],
  });
});

test('a search that hits its bound', async () => {
  expect(await report(safe, '--bound', 'states=10')).toMatchObject({
    scenarios: [
      {
        verdict: 'unknown',
        complete: false,
        bound: { kind: 'states', limit: 10 },
        interleavings: { exact: false },
        notices: [{ severity: 'warning', code: 'search-bounded', line: 1, column: 10 }],
      },
    ],
  });
});

test.each([
  ['memory=1M', { kind: 'memory', limit: 2 ** 20 }],
  ['time=1ms', { kind: 'time', limit: 1 }],
])('a large search that hits its bound: %s', async (bound, expected) => {
  const found = await report(large, '--bound', bound);
  expect(found).toMatchObject({
    scenarios: [
      {
        verdict: 'unknown',
        bound: { ...expected, depth: expect.any(Number) },
        notices: [{ code: 'search-bounded', message: expect.stringContaining('steps of every interleaving') }],
      },
    ],
  });
  const [{ states, memory }] = (found as { scenarios: [{ states: number; memory: Record<string, number> }] }).scenarios;
  expect(memory['bytesPerState']).toBe(Math.round(memory['bytes']! / states));
  expect(memory['bytesPerState']).toBeGreaterThan(20);
});

test('explicit interleavings', async () => {
  const text = unsafe.replace(
    /\}\n$/,
    '  interleaving { app: write app: fsync until log_inode kswapd: releasepage app: fsync crash }\n' +
      '  interleaving "in order" { app: write app: fsync kswapd: releasepage crash }\n}\n',
  );
  expect(await report(text)).toMatchObject({
    scenarios: [
      {
        schedules: [
          {
            name: '',
            line: 6,
            column: 3,
            verdict: 'unsafe',
            problem: null,
            violations: [{ kind: 'lost', inode: 'I', range: [0, 4096], promisedBy: { task: 'app', line: 4 } }],
          },
          { name: 'in order', verdict: 'safe', violations: [], problem: null },
        ],
      },
    ],
  });
  expect(await report(infeasible)).toMatchObject({
    scenarios: [
      {
        verdict: 'safe',
        schedules: [
          {
            name: 'upside down',
            verdict: 'infeasible',
            problem: { line: 5, column: 32, message: 'the next operation of app is write, not fsync' },
          },
        ],
      },
    ],
  });
});

test('a deadlock', async () => {
  expect(await report(deadlock)).toMatchObject({
    scenarios: [
      {
        verdict: 'unsafe',
        expectation: { met: false },
        violations: [],
        deadlock: {
          waiting: [{ task: 'app', operation: 'fsync', step: 'wait_ordered_range', line: 4 }],
          witness: expect.arrayContaining([step]),
        },
      },
    ],
  });
});

test('a kernel whose rules are not modelled, from the text or from the command line', async () => {
  const approximate = { kernel: '6.20', rulesOf: '6.18', approximate: true };
  const notice = { severity: 'warning', code: 'profile-approximate' };
  expect(await report(safe.replace('5.8', '6.20'))).toMatchObject({
    scenarios: [{ ...approximate, notices: [{ ...notice, line: 2, column: 10 }] }],
  });
  expect(await report(safe, '--kernel', '6.20')).toMatchObject({
    scenarios: [{ ...approximate, notices: [{ ...notice, line: 1, column: 10 }] }],
  });
  expect(await report(safe.replace('5.8', '6.20'), '--kernel', '5.8')).toMatchObject({
    scenarios: [{ kernel: '5.8', approximate: false, notices: [] }],
  });
});

test('problems of the text, and the scenarios that have none', async () => {
  const ranges = Array.from({ length: 31 }, (_, i) => `write I ${i * 8}K..${i * 8 + 4}K`).join(' ');
  const tooMany = scenario('in pieces', 'file I size 32M', `task app { ${ranges} }`);
  const misspelled = scenario('a name', 'file I size 4K', 'task app { fsync J }');
  const found = await report(syntaxError + tooMany + misspelled + safe);
  expect(found).toMatchObject({ scenarios: [{ name: 'one after the other', verdict: 'safe' }] });
  expect(found).toMatchObject({
    problems: [
      { file: 'sub/a.fsrace', line: 3, column: 10, code: 'syntax', message: expect.any(String) },
      { file: 'sub/a.fsrace', line: 5, column: 10, code: 'too-many-segments', message: expect.any(String) },
      { file: 'sub/a.fsrace', line: 11, column: 20, code: 'unknown-name', message: expect.any(String) },
    ],
  });
});

test('a path that cannot be read', async () => {
  const { stdout } = await runCli(['check', '--format', 'json', 'nowhere'], temporaryFolder({}));
  expect(JSON.parse(stdout)).toStrictEqual({
    version: 1,
    scenarios: [],
    problems: [{ file: 'nowhere', line: 1, column: 1, code: 'unreadable', message: 'there is no such file or folder' }],
    fixed: [],
  });
});

test('questions have their answers, proved or open', async () => {
  const asking = scenario(
    'it asks',
    'kernel 5.9 file I size 32M task app { write I 0..4K fsync I }',
    'reach "fast" app.fsync is fast reach app.fsync is full',
  );
  const count = { total: decimal, exact: true };
  expect(await report(asking)).toMatchObject({
    scenarios: [
      {
        verdict: 'safe',
        notices: [],
        questions: [
          {
            name: 'fast',
            line: expect.any(Number),
            column: expect.any(Number),
            reached: true,
            bound: null,
            interleavings: { ...count, passing: decimal },
            witness: Array.from({ length: 20 }, () => step),
          },
          { name: '', reached: false, bound: null, interleavings: { ...count, passing: '0' }, witness: null },
        ],
      },
    ],
  });
  const bounded = await report(asking, '--bound', 'states=3');
  const open = { reached: null, bound: { kind: 'states', limit: 3 }, witness: null };
  expect(bounded).toMatchObject({ scenarios: [{ questions: [open, open] }] });
});
