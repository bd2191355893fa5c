import { describe, expect, test } from 'vitest';
import { check, checkSchedule, type Scenario, type Verdict, type Violation } from '../../engine/index.ts';
import { compile } from '../../engine/program.ts';
import { explore } from '../../engine/search/explore.ts';
import { buildScenario, type ScenarioText } from './scenario-builder.ts';

const unbounded = { states: 2_000_000, steps: 1_000_000, memory: 2 ** 31 };

/** The race that Linux 3d6448e63159 closes. */
const seed = {
  kernel: '5.8',
  tasks: {
    app: ['write I 0..4K', 'fsync I'],
    flusher: ['writeback I 0..4K'],
    kswapd: ['releasepage I 0..4K'],
  },
} satisfies ScenarioText;

/** `lost I 0..4096 by app.1`: the operation by its index. */
function describeViolation({ files, tasks }: Scenario, { kind, file, range, promisedBy }: Violation): string {
  const by = promisedBy === null ? 'nobody' : `${tasks[promisedBy.task]!.name}.${promisedBy.operation}`;
  return `${kind} ${files[file]!.name} ${range.start}..${range.end} by ${by}`;
}

function checkText(text: ScenarioText): { verdict: Verdict; violations: string[] } {
  const scenario = buildScenario(text);
  const verdict = check(scenario);
  expect(verdict.complete).toBe(true);
  return { verdict, violations: verdict.violations.map((violation) => describeViolation(scenario, violation)) };
}

describe('the seed', () => {
  test('loses what the fsync promised', () => {
    const { verdict, violations } = checkText(seed);
    expect(verdict.verdict).toBe('unsafe');
    expect(violations).toEqual(['lost I 0..4096 by app.1']);
    expect(verdict.violations[0]).toMatchObject({ transaction: 8, sizeOnly: false });
    expect(BigInt(verdict.interleavings.losing)).toBeGreaterThan(0n);
  });

  test('the witness drops the extent map between the test of the flag and the collection of the list', () => {
    const { verdict } = checkText(seed);
    const steps = verdict.violations[0]!.witness.map(({ step }) => step);
    const decisive = steps.indexOf('try_release_extent_mapping');
    expect(decisive).toBeGreaterThan(steps.indexOf('log_inode'));
    expect(decisive).toBeLessThan(steps.indexOf('log_changed_extents'));
    expect(steps).not.toContain('log_one_extent');
    expect(steps.at(-1)).toBe('return');
  });

  const completed = 'flusher.writeback@finish_ordered_io before kswapd.releasepage';
  const lost = ['lost I 0..4096 by app.1'];
  test.each<[string, Partial<ScenarioText>, string[]]>([
    ['with the guard on', { guards: { 'releasepage.modified-list': true } }, []],
    ['on 5.9', { kernel: '5.9' }, []],
    ['on 5.9 with the guard off', { kernel: '5.9', guards: { 'releasepage.modified-list': false } }, lost],
    ['on 6.18', { kernel: '6.18' }, []],
    ['on 5.7', { kernel: '5.7' }, lost],
    ['on 4.17', { kernel: '4.17' }, lost],
    [
      'on 4.17, released before the fsync',
      { kernel: '4.17', orders: [completed, 'kswapd.releasepage before app.fsync'] },
      lost,
    ],
    ['released before the fsync', { orders: [completed, 'kswapd.releasepage before app.fsync'] }, []],
    ['released before the flag test', { orders: ['kswapd.releasepage before app.fsync@log_inode'] }, []],
    [
      'released in the window',
      {
        orders: [
          'app.fsync@log_inode before kswapd.releasepage',
          'kswapd.releasepage before app.fsync@log_changed_extents',
        ],
      },
      lost,
    ],
    ['released after the collection', { orders: ['app.fsync@log_changed_extents before kswapd.releasepage'] }, []],
    ['on a file just larger than 16 MiB', { files: ['I 16777217'] }, lost],
    ['on a file of 16 MiB', { files: ['I 16M'] }, []],
    ['when the first fsync is a full one', { files: ['I 32M needs-full-sync'] }, []],
  ])('%s', (_, changes, violations) => {
    const found = checkText({ ...seed, ...changes });
    expect(found.violations).toEqual(violations);
    expect(found.verdict.verdict).toBe(violations.length > 0 ? 'unsafe' : 'safe');
  });

  test('page release of a file of 16 MiB has no effect, and the verdict says why', () => {
    const { verdict } = checkText({ ...seed, files: ['I 16M'] });
    expect(verdict.noEffect).toEqual([{ task: 2, operation: 0, reason: expect.stringContaining('16 MiB') }]);
  });
});

describe('extents and files', () => {
  test.each<[string, ScenarioText, string[]]>([
    [
      'of two extents the released one is lost',
      {
        ...seed,
        tasks: {
          app: ['write I 0..4K', 'write I 8K..12K', 'fsync I'],
          flusher: ['writeback I'],
          kswapd: ['releasepage I 8K..12K'],
        },
      },
      ['lost I 8192..12288 by app.2'],
    ],
    [
      'each gap is a violation of its own',
      {
        ...seed,
        tasks: {
          app: ['write I 0..4K', 'write I 8K..12K', 'fsync I'],
          flusher: ['writeback I'],
          kswapd: ['releasepage I'],
        },
      },
      ['lost I 0..4096 by app.2', 'lost I 8192..12288 by app.2'],
    ],
    [
      'the first page of an extent takes all of it',
      {
        ...seed,
        tasks: { app: ['write I 0..8K', 'fsync I'], flusher: ['writeback I'], kswapd: ['releasepage I 0..4K'] },
      },
      ['lost I 0..8192 by app.1'],
    ],
    [
      'any other page takes nothing',
      {
        ...seed,
        tasks: { app: ['write I 0..8K', 'fsync I'], flusher: ['writeback I'], kswapd: ['releasepage I 4K..8K'] },
      },
      [],
    ],
    [
      'an fsync promises nothing about other files',
      {
        ...seed,
        files: ['I 32M', 'J 32M'],
        tasks: {
          app: ['write I 0..4K', 'write J 0..4K', 'fsync I'],
          flusher: ['writeback J'],
          kswapd: ['releasepage J'],
        },
      },
      [],
    ],
    [
      'of two files the released one loses',
      {
        ...seed,
        files: ['I 32M', 'J 32M'],
        tasks: {
          app: ['write I 0..4K', 'write J 0..4K', 'fsync I', 'fsync J'],
          flusher: ['writeback J'],
          kswapd: ['releasepage J'],
        },
      },
      ['lost J 0..4096 by app.3'],
    ],
    [
      'sync promises all files, and keeps it',
      { ...seed, tasks: { ...seed.tasks, app: ['write I 0..4K', 'sync'] } },
      [],
    ],
  ])('%s', (_, text, violations) => expect(checkText(text).violations).toEqual(violations));
});

describe('how long the loss lasts', () => {
  const race = ['app: write', 'flusher: writeback', 'app: fsync until log_inode', 'kswapd: releasepage', 'app: fsync'];
  const more = { ...seed, tasks: { ...seed.tasks, app: ['write I 0..4K', 'fsync I', 'fsync I'], c: ['commit'] } };
  const change = { ...more, tasks: { ...more.tasks, app: ['write I 0..4K', 'fsync I', 'write I 8K..12K', 'fsync I'] } };

  test.each<[string, ScenarioText, string[], 'safe' | 'unsafe']>([
    ['until the commit', more, ['crash'], 'unsafe'],
    ['to the super block of the commit', more, ['c: commit until commit_fs_roots', 'crash'], 'unsafe'],
    ['not after it', more, ['c: commit until write_super', 'crash'], 'safe'],
    ['over a second fsync without changes', more, ['app: fsync', 'crash'], 'unsafe'],
    ['over a change', change, ['app: write', 'crash'], 'unsafe'],
    ['to the log of an fsync after a change', change, ['app: write', 'app: fsync until sync_log', 'crash'], 'unsafe'],
    ['which heals', change, ['app: write', 'app: fsync until write_super', 'crash'], 'safe'],
  ])('%s', (_, text, end, verdict) => {
    const scenario = buildScenario({ ...text, schedules: [[...race, ...end]] });
    expect(checkSchedule(scenario, 0)).toMatchObject({
      verdict,
      violations: verdict === 'safe' ? [] : [{ kind: 'lost' }],
    });
  });

  test('every interleaving with a commit at its end is over its loss then', () => {
    const text = { ...seed, tasks: { ...seed.tasks, c: ['commit'] } };
    const ends = (orders: string[]) => {
      const { graph, bound } = explore(compile(buildScenario({ ...text, orders })), unbounded);
      expect(bound).toBeUndefined();
      const states = Array.from({ length: graph.states }, (_, state) => state);
      const last = states.filter((state) => graph.firstEdge(state) === graph.endOfEdges(state));
      return {
        losing: states.some((state) => graph.isLosing(state)),
        atEnd: last.some((state) => graph.isLosing(state)),
      };
    };
    expect(ends(['app.fsync before c.commit'])).toEqual({ losing: true, atEnd: false });
    expect(ends(['c.commit before app.write'])).toEqual({ losing: true, atEnd: true });
  });
});

describe('two fsyncs of one file', () => {
  const inLog = 'in-log.first-log-transaction';
  const skip = 'skip-fsync.logged-ordered-extent';
  const two = { files: ['I 4K'], tasks: { a: ['write I 0..4K', 'fsync I'], b: ['fsync I'] } };
  /** The same after a first log transaction. */
  const later = {
    files: ['I 8K'],
    tasks: { a: ['write I 0..4K', 'fsync I', 'write I 4K..8K', 'fsync I'], b: ['fsync I'] },
    orders: ['a.fsync before b.fsync'],
  };
  const both = ['lost I 0..4096 by a.1', 'lost I 0..4096 by b.0'];

  test.each(['4.17', '5.7', '5.8', '5.9', '6.18'])('in the first log transaction on %s: unsafe', (kernel) => {
    expect(checkText({ ...two, kernel }).violations).toEqual(both);
  });

  test.each<[string, string[], boolean]>([
    ['4.17', [inLog], true],
    ['5.8', [inLog], true],
    ['5.9', [inLog], true],
    ['5.8', [skip], false],
    ['6.18', [inLog], false],
    ['6.18', [skip], false],
    ['6.18', [inLog, skip], true],
  ])('on %s with %j: safe is %s', (kernel, names, safe) => {
    const guards = Object.fromEntries(names.map((name) => [name, true]));
    expect(checkText({ ...two, kernel, guards }).violations).toEqual(safe ? [] : both);
  });

  test.each<[string, string[], boolean]>([
    ['5.8', [], true],
    ['6.18', [], false],
    ['6.18', [inLog], false],
    ['6.18', [skip], true],
  ])('in a later log transaction on %s with %j: safe is %s', (kernel, names, safe) => {
    const guards = Object.fromEntries(names.map((name) => [name, true]));
    expect(checkText({ ...later, kernel, guards }).verdict.verdict).toBe(safe ? 'safe' : 'unsafe');
  });
});

describe('deadlock', () => {
  test('orders that contradict each other: unsafe, with who waits for what', () => {
    const orders = ['app.fsync before flusher.writeback', 'flusher.writeback before app.fsync'];
    const { verdict } = checkText({ ...seed, orders });
    expect(verdict).toMatchObject({ verdict: 'unsafe', violations: [], interleavings: { losing: '0' } });
    expect(verdict.deadlock!.waiting).toEqual([
      { task: 0, operation: 1, step: 'start_ordered_ops', reason: 'an order constraint' },
      { task: 1, operation: 0, step: 'cow_file_range', reason: 'an order constraint' },
    ]);
    expect(verdict.deadlock!.witness.map(({ step }) => step)).toEqual(['dirty_pages', 'try_release_extent_mapping']);
  });

  test('who waits behind it says for what', () => {
    const tasks = { a: ['write I 0..4K', 'fsync I'], b: ['write I 0..4K'] };
    const orders = ['a.fsync@inode_lock before b.write', 'b.write before a.fsync@log_inode'];
    const { verdict } = checkText({ kernel: '5.8', tasks, orders });
    expect(verdict.deadlock!.waiting).toEqual([
      { task: 0, operation: 1, step: 'log_inode', reason: 'an order constraint' },
      { task: 1, operation: 0, step: 'dirty_pages', reason: expect.stringContaining('the inode lock') },
    ]);
  });

  test('an extent that nobody submits in full is no deadlock: its completion stays open', () => {
    const { verdict } = checkText({ kernel: '5.8', tasks: { a: ['write I 0..8K'], f: ['writeback I 0..4K'] } });
    expect(verdict).toMatchObject({ verdict: 'safe', deadlock: undefined });
  });
});
