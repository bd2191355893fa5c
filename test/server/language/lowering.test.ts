import { describe, expect, test } from 'vitest';
import type { Scenario } from '../../../engine/index.ts';
import { bind, parse, readScenarioFile } from '../../../server/language/index.ts';
import { stepNames } from './step-names.ts';

function read(content: string) {
  const { diagnostics, scenarios } = readScenarioFile(`scenario "s" { ${content} }`, { stepNames });
  return { diagnostics, scenario: scenarios[0]!.scenario };
}

/** What is lowered from the content of a scenario that has no errors, without what is empty. */
function lowered(content: string): Partial<Scenario> {
  const { diagnostics, scenario } = read(content);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const empty = (value: unknown) =>
    value === undefined || JSON.stringify(value) === '[]' || JSON.stringify(value) === '{}';
  return Object.fromEntries(Object.entries(scenario!).filter(([key, value]) => key !== 'name' && !empty(value)));
}

test("the seed's scenario", () => {
  const text = `/// Documented.
scenario "page release races with a fast fsync" {
  kernel 5.8
  guard releasepage.modified-list off
  file I size 32M
  task app     { write I 0..4K  fsync I }
  task flusher { writeback I 0..4K }
  task kswapd  { releasepage I 0..4K }
  order flusher.writeback@finish_ordered_io before kswapd.releasepage
  interleaving "told" { app: write  app: fsync until log_inode  endio: I 0..4K  crash }
  expect lost I 0..4K
  bound states 1000
}`;
  const { diagnostics, scenarios } = readScenarioFile(text, { stepNames });
  expect(diagnostics).toEqual([]);
  expect(scenarios[0]).toMatchObject({ name: 'page release races with a fast fsync', documentation: 'Documented.' });
  const range = { start: 0, end: 4096 };
  const expected: Scenario = {
    name: 'page release races with a fast fsync',
    kernel: '5.8',
    guards: { 'releasepage.modified-list': false },
    files: [{ name: 'I', size: 33554432, data: [], needsFullSync: false }],
    tasks: [
      {
        name: 'app',
        operations: [
          { kind: 'write', file: 0, range },
          { kind: 'fsync', file: 0, range: 'all' },
        ],
      },
      { name: 'flusher', operations: [{ kind: 'writeback', file: 0, range }] },
      { name: 'kswapd', operations: [{ kind: 'releasepage', file: 0, range }] },
    ],
    orders: [{ before: { task: 1, operation: 0, step: 'finish_ordered_io' }, after: { task: 2, operation: 0 } }],
    schedules: [
      {
        name: 'told',
        entries: [
          { kind: 'task', task: 0, operation: 'write', until: undefined },
          { kind: 'task', task: 0, operation: 'fsync', until: 'log_inode' },
          { kind: 'endio', file: 0, range, until: undefined },
          { kind: 'crash' },
        ],
      },
    ],
    expect: [{ kind: 'lost', file: 0, range }],
    bounds: { states: 1000 },
  };
  expect(scenarios[0]!.scenario).toEqual(expected);
});

describe('files', () => {
  test.each([
    ['file I', { size: 0, data: [], needsFullSync: false }],
    ['file I size 5000', { size: 5000, data: [], needsFullSync: false }],
    ['file I needs-full-sync size 4K', { size: 4096, data: [], needsFullSync: true }],
    ['file I size 8K data all', { size: 8192, data: [{ start: 0, end: 8192 }], needsFullSync: false }],
    [
      'file I data 4K..6000, page 0',
      {
        size: 6000,
        data: [
          { start: 4096, end: 6000 },
          { start: 0, end: 4096 },
        ],
        needsFullSync: false,
      },
    ],
    ['file I size 1K nodatacow', { size: 1024, data: [], nodatacow: true, needsFullSync: false }],
    [
      'file I data 0..4K prealloc 8K..12K, page 1',
      {
        size: 4096,
        data: [{ start: 0, end: 4096 }],
        prealloc: [
          { start: 8192, end: 12288 },
          { start: 4096, end: 8192 },
        ],
        needsFullSync: false,
      },
    ],
  ])('%s', (text, file) => {
    expect(lowered(text)).toEqual({ files: [{ name: 'I', ...file }] });
  });
});

describe('operations', () => {
  test.each([
    ['write I 0x1000..8K', { kind: 'write', file: 1, range: { start: 4096, end: 8192 } }],
    ['write I all', { kind: 'write', file: 1, range: 'all' }],
    ['writeback I', { kind: 'writeback', file: 1, range: 'all' }],
    ['releasepage I page 3', { kind: 'releasepage', file: 1, range: { start: 12288, end: 16384 } }],
    ['fsync I', { kind: 'fsync', file: 1, range: 'all' }],
    ['fdatasync I all', { kind: 'fdatasync', file: 1, range: 'all' }],
    ['sync', { kind: 'sync' }],
    ['commit', { kind: 'commit' }],
  ])('%s', (text, operation) => {
    expect(lowered(`file J file I task T { ${text} }`).tasks).toEqual([{ name: 'T', operations: [operation] }]);
  });
});

describe('references', () => {
  const tasks = 'file I size 4K task a { write I all w2: write I all fsync I } task b { fsync: commit sync }';

  test.each([
    ['a.w2 before b.sync', { before: { task: 0, operation: 1 }, after: { task: 1, operation: 1 } }],
    [
      'a.fsync@return before b.sync',
      { before: { task: 0, operation: 2, step: 'return' }, after: { task: 1, operation: 1 } },
    ],
    // A label comes before the word of an operation.
    ['b.fsync before a.fsync', { before: { task: 1, operation: 0 }, after: { task: 0, operation: 2 } }],
  ])('%s', (text, order) => {
    expect(lowered(`${tasks} order ${text}`).orders).toEqual([order]);
  });

  test('an equal operation without a label can be given one', () => {
    const { diagnostics } = read(
      'file I task a { write I all w2: write I all } task b { sync } order a.write before b.sync',
    );
    expect(diagnostics.map(({ code }) => code)).toEqual(['ambiguous-reference']);
    expect(diagnostics[0]!.fixes?.map(({ edits }) => edits.map(({ newText }) => newText))).toEqual([
      ['write1: ', 'write1'],
      ['w2'],
    ]);
  });
});

test('settings', () => {
  expect(lowered('kernel 6.18 bound steps 5 bound states 0x10 expect safe mount no-holes')).toEqual({
    kernel: '6.18',
    bounds: { steps: 5, states: 16 },
    expect: [{ kind: 'safe' }],
  });
  expect(lowered('mount nodatasum mount holes notreelog')).toEqual({ mount: ['holes', 'nodatasum', 'notreelog'] });
  const guards = 'guard releasepage.modified-list on guard in-log.first-log-transaction off';
  expect(lowered(guards)).toEqual({
    guards: { 'releasepage.modified-list': true, 'in-log.first-log-transaction': false },
  });
});

test('warnings and hints do not keep a scenario from being checked', () => {
  const { diagnostics, scenario } = read(
    'kernel 6.19 guard releasepage.full-sync-flag on file I task a { fsync I } reach a.fsync returned',
  );
  expect(diagnostics.map(({ code, severity }) => [code, severity])).toEqual([
    ['profile-approximate', 'warning'],
    ['retired-guard', 'hint'],
  ]);
  expect(scenario).toMatchObject({ kernel: '6.19', tasks: [{ name: 'a' }] });
});

test('questions are lowered with the names that they are about', () => {
  const { diagnostics, scenario } = read(
    `file I size 8K task a { write I all  s: fsync I } reach "q" not (a.s is fast and I page 1 durable)
     reach a is at log_inode or a.write returned or I.needs-full-sync or I all in modified`,
  );
  expect(diagnostics).toEqual([]);
  expect(scenario?.questions).toEqual([
    {
      name: 'q',
      condition: {
        kind: 'not',
        operand: {
          kind: 'and',
          operands: [
            { kind: 'operation', task: 0, operation: 1, is: 'fast' },
            { kind: 'range', file: 0, range: { start: 4096, end: 8192 }, is: 'durable' },
          ],
        },
      },
    },
    {
      name: undefined,
      condition: {
        kind: 'or',
        operands: [
          { kind: 'task-at', task: 0, step: 'log_inode' },
          { kind: 'operation', task: 0, operation: 0, is: 'returned' },
          { kind: 'needs-full-sync', file: 0 },
          { kind: 'range', file: 0, range: 'all', is: 'modified' },
        ],
      },
    },
  ]);
});

describe('what keeps a scenario from being checked', () => {
  test.each([
    ['a syntax error', 'file I size 4k'],
    ['an unknown name', 'task a { fsync I }'],
    ['an operation without a model', 'file I task a { create I }'],
    ['a file attribute without a model', 'file I new'],
    ['mount options that contradict each other', 'mount holes no-holes'],
    ['a range that ends before it begins', 'file I task a { write I 8K..4K }'],
    ['a cycle', 'task a { sync commit } order a.commit before a.sync'],
    ['a reserved name', 'task endio { }'],
    ['text behind it', '} task a {'],
  ])('%s', (_, content) => {
    const { diagnostics, scenario } = read(content);
    expect(diagnostics.some(({ severity }) => severity === 'error')).toBe(true);
    expect(scenario).toBeUndefined();
  });

  test('but not from the others in its file', () => {
    const { scenarios } = readScenarioFile('scenario "a" { file I size 4k } scenario "b" { file I size 4K }');
    expect(scenarios.map(({ scenario }) => scenario?.name)).toEqual([undefined, 'b']);
  });

  test('nor does an equal name', () => {
    const { diagnostics, scenarios } = readScenarioFile('scenario "a" { } scenario "a" { }');
    expect(diagnostics.map(({ code }) => code)).toEqual(['duplicate-name']);
    expect(scenarios.map(({ scenario }) => scenario?.name)).toEqual(['a', 'a']);
  });
});

test('steps are those of the engine when no others are given', () => {
  const text = (step: string) => `scenario "s" { file I task a { fsync I } interleaving { a: fsync until ${step} } }`;
  expect(readScenarioFile(text('log_inode')).diagnostics).toEqual([]);
  expect(readScenarioFile(text('log_inod')).diagnostics[0]?.fixes?.[0]?.edits[0]?.newText).toBe('log_inode');
});

test('reading is parsing and binding', () => {
  const text = 'scenario "s" { file I size 4k task a { fsync J } }';
  const { tree, diagnostics, scenarios } = readScenarioFile(text, { stepNames });
  const parsed = parse(text);
  const bound = bind(parsed.tree, { stepNames });
  expect(tree).toEqual(parsed.tree);
  expect(diagnostics).toEqual([...parsed.diagnostics, ...bound.diagnostics]);
  expect(diagnostics.map(({ code }) => code)).toEqual(['syntax', 'unknown-name']);
  expect(scenarios).toEqual(bound.scenarios);
});
