import { describe, expect, test } from 'vitest';
import { check, defaultLimits, type Verdict } from '../../../engine/index.ts';
import { compile } from '../../../engine/program.ts';
import { explore } from '../../../engine/search/explore.ts';
import { buildScenario, type ScenarioText } from '../scenario-builder.ts';
import { largeRace, largeSafeRace } from './large-race.ts';

const seed = {
  kernel: '5.8',
  tasks: { app: ['write I 0..4K', 'fsync I'], flusher: ['writeback I'], kswapd: ['releasepage I'] },
} satisfies ScenarioText;
const safe = { ...seed, kernel: '5.9' };
/** More states than the search polls after. */
const large = {
  ...seed,
  kernel: '6.18',
  tasks: { ...seed.tasks, app: ['write I 0..4K', 'write I 8K..12K', 'fsync I'] },
};

describe('the outlook on a large search', () => {
  const outlooks = (text: ScenarioText) => {
    const told: Verdict[] = [];
    const verdict = check(buildScenario(text), { fewStates: 30_000, onOutlook: (outlook) => told.push(outlook) });
    return { told, verdict };
  };

  test('tells a first violation, then all of them, as the verdict has them', () => {
    const { told, verdict } = outlooks(largeRace);
    expect(told.map(({ verdict, complete }) => [verdict, complete])).toEqual([
      ['unsafe', false],
      ['unsafe', true],
    ]);
    const bare = ({ violations }: Verdict) => violations.map(({ witness, transaction, ...violation }) => violation);
    expect(bare(verdict)).toEqual(bare(told[1]!));
    for (const violation of bare(told[0]!)) expect(bare(verdict)).toContainEqual(violation);
  });

  test('tells that a scenario is safe when it is proved', () => {
    const { told, verdict } = outlooks(largeSafeRace);
    expect(told.map(({ verdict, complete }) => [verdict, complete])).toEqual([['safe', true]]);
    expect(verdict).toMatchObject({ verdict: 'safe', complete: true });
  });

  test('holds for a search that hits a bound, too', () => {
    const others = Object.fromEntries(['J', 'K'].map((file) => [file, [`write ${file} 0..4K`, `fsync ${file}`]]));
    const huge = buildScenario({ ...seed, files: ['I 32M', 'J 32M', 'K 32M'], tasks: { ...seed.tasks, ...others } });
    const told: Verdict[] = [];
    const options = { reduction: false, limits: { states: 30_000 } };
    const verdict = check(huge, { ...options, onOutlook: (outlook) => told.push(outlook) });
    expect(told).toEqual([expect.objectContaining({ verdict: 'unsafe', complete: false })]);
    expect(verdict).toMatchObject({ verdict: 'unsafe', complete: false, bound: { kind: 'states' } });
    expect(check(huge, options)).toEqual(verdict);
  });

  test('is not told where the verdict is there soon', () => {
    expect(outlooks(seed).told).toEqual([]);
  });
});

/** A clock that goes on by so many milliseconds at each look. */
function clock(step: number): () => number {
  let time = 1000;
  return () => {
    time += step;
    return time;
  };
}

describe('bounds', () => {
  test.each<[string, ScenarioText, Parameters<typeof check>[1], object]>([
    ['none', safe, {}, { verdict: 'safe', complete: true, bound: undefined }],
    [
      'states',
      safe,
      { limits: { states: 50 } },
      { verdict: 'unknown', bound: { kind: 'states', limit: 50 }, states: 50 },
    ],
    ['steps', safe, { limits: { steps: 10 } }, { verdict: 'unknown', bound: { kind: 'steps', limit: 10 } }],
    ['steps, but enough', safe, { limits: { steps: 1000 } }, { verdict: 'safe', complete: true }],
    ['memory', large, { limits: { memory: 1 } }, { verdict: 'unknown', bound: { kind: 'memory', limit: 1 } }],
    [
      'time',
      large,
      { limits: { milliseconds: 20 }, now: clock(5) },
      { verdict: 'unknown', bound: { kind: 'time', limit: 20 } },
    ],
    ['time, but enough', large, { limits: { milliseconds: 1e9 }, now: clock(5) }, { verdict: 'safe', complete: true }],
    ['time, but no clock', large, { limits: { milliseconds: 1 } }, { verdict: 'safe', complete: true }],
    ['cancelled', large, { shouldStop: () => true }, { verdict: 'unknown', bound: { kind: 'cancelled', limit: 0 } }],
    [
      'the first violation',
      seed,
      { untilFirstViolation: true },
      { verdict: 'unsafe', bound: { kind: 'violation', limit: 1 } },
    ],
    ['the scenario goes first', { ...safe, bounds: { states: 60 } }, { limits: { states: 50 } }, { states: 60 }],
    ['the scenario bounds steps', { ...safe, bounds: { steps: 5 } }, {}, { bound: { kind: 'steps', limit: 5 } }],
  ])('%s', (_, text, options, expected) => {
    const verdict = check(buildScenario(text), options);
    expect(verdict).toMatchObject(expected);
    expect([verdict.complete, verdict.interleavings.exact]).toEqual(Array(2).fill(verdict.bound === undefined));
  });

  test('as many states as there are is no bound that is hit', () => {
    const { states } = check(buildScenario(safe));
    const bounded = [states - 1, states].map((limit) => check(buildScenario(safe), { limits: { states: limit } }));
    expect(bounded.map(({ complete }) => complete)).toEqual([false, true]);
  });

  test('the longest interleaving is as long as the least bound on steps that is not hit', () => {
    const scenario = buildScenario({ kernel: '5.8', tasks: { app: ['write I 0..4K', 'writeback I'] } });
    const bounded = [14, 15].map((steps) => check(scenario, { limits: { steps } }).complete);
    expect(bounded).toEqual([false, true]);
  });

  test('the depth that was covered is that to which all interleavings were looked at', () => {
    const scenario = buildScenario(safe);
    const { graph } = explore(compile(scenario), defaultLimits);
    const levels = graph.levels.map((_, depth) =>
      graph.levels.slice(0, depth + 1).reduce((sum, size) => sum + size, 0),
    );
    expect(levels.at(-1)).toBe(graph.states);
    for (const [depth, states] of levels.slice(0, -1).entries()) {
      // All states up to there, and all but the last one of those.
      expect(check(scenario, { limits: { states } }).bound).toMatchObject({ kind: 'states', depth });
      if (depth > 0) expect(check(scenario, { limits: { states: states - 1 } }).bound?.depth).toBe(depth - 1);
    }
    expect(check(scenario, { limits: { steps: 10 } }).bound).toMatchObject({ kind: 'steps', depth: 10 });
  });

  test('a loss within the depth that was covered is found, one behind it is not', () => {
    const { witness } = check(buildScenario(seed)).violations[0]!;
    const scenario = buildScenario(seed);
    const verdicts = Array.from({ length: 200 }, (_, states) => check(scenario, { limits: { states: states + 1 } }));
    const depths = verdicts.map(({ bound }) => bound?.depth ?? 0);
    expect(depths).toEqual([...depths].sort((a, b) => a - b));
    expect(Math.max(...depths)).toBeGreaterThan(5);
    for (const { bound, violations } of verdicts) {
      if ((bound?.depth ?? 0) >= witness.length) expect(violations.length).toBeGreaterThan(0);
    }
  });

  test('the search of all states, the practice and the reduced search share the time and the memory', () => {
    const scenario = buildScenario(largeSafeRace);
    let time = 0;
    let looks = 0;
    const now = () => {
      looks++;
      return time++;
    };
    expect(check(scenario, { fewStates: 20_000, now, limits: { milliseconds: 1e9 } }).complete).toBe(true);
    const whole = looks;
    for (const part of [0.02, 0.3, 0.7]) {
      time = 0;
      looks = 0;
      const limit = Math.floor(whole * part);
      const { bound, complete } = check(scenario, { fewStates: 20_000, now, limits: { milliseconds: limit } });
      expect([complete, bound?.kind, bound?.limit]).toEqual([false, 'time', limit]);
      // Each of the two searches has one more look to find that out.
      expect(looks).toBeLessThan(limit + 10);
    }
    const free = check(scenario, { fewStates: 20_000 });
    const tight = check(scenario, { fewStates: 20_000, limits: { memory: free.memory } });
    expect(tight.bound).toMatchObject({ kind: 'memory', limit: free.memory });
  }, 60_000);

  test('a cancel counts where a bound of steps was hit, too', () => {
    const scenario = buildScenario(large);
    const steps = explore(compile(scenario), defaultLimits).graph.levels.findIndex((size) => size > 2000);
    const options = { reduction: false, limits: { steps } };
    const whole = check(scenario, options);
    expect(whole.bound).toMatchObject({ kind: 'steps', depth: steps });
    let reached = 0;
    const { bound, states } = check(scenario, {
      ...options,
      progress: (known) => {
        reached = known;
      },
      shouldStop: () => reached === whole.states,
    });
    expect([bound?.kind, bound?.depth, states]).toEqual(['cancelled', steps, whole.states]);
  });

  test('a bounded search still finds what is near, and names no operation as useless', () => {
    const verdict = check(buildScenario({ ...seed, files: ['I 16M'] }), { limits: { states: 300 } });
    expect(verdict.noEffect).toEqual([]);
    const { witness } = check(buildScenario(seed)).violations[0]!;
    expect(check(buildScenario(seed), { limits: { steps: witness.length } })).toMatchObject({
      verdict: 'unsafe',
      complete: false,
    });
    expect(check(buildScenario(seed), { limits: { steps: witness.length - 1 } }).verdict).toBe('unknown');
  });

  test('progress tells how far the search is', () => {
    const seen: [number, number][] = [];
    const verdict = check(buildScenario(large), {
      reduction: false,
      progress: (states, transitions) => seen.push([states, transitions]),
    });
    expect(seen.length).toBe(Math.floor(verdict.states / 1024));
    expect(seen[0]![0]).toBeGreaterThanOrEqual(1024);
    expect(seen.at(-1)![1]).toBeLessThanOrEqual(verdict.transitions);
  });
});

describe('verdicts', () => {
  test('are the same every time, witness included', () => {
    expect(check(buildScenario(seed))).toEqual(check(buildScenario(seed)));
  });

  test('survive the way to another thread', () => {
    const verdict = check(buildScenario(seed));
    expect(structuredClone(verdict)).toEqual(verdict);
  });

  test('violations come by file, then range, then who promised', () => {
    const text = {
      kernel: '5.8',
      files: ['I 32M', 'J 32M'],
      tasks: {
        a: ['write J 0..4K', 'fsync J'],
        b: ['write I 8K..12K', 'writeback I', 'fsync I'],
        c: ['fsync I', 'fsync J'],
      },
      orders: ['b.writeback before a.write', 'a.write before c.fsync#1', 'a.write before b.fsync'],
    };
    const found = check(buildScenario(text)).violations.map(({ file, range, promisedBy }) => [
      file,
      range.start,
      promisedBy!.task,
    ]);
    expect(found).toEqual([
      [0, 8192, 1],
      [0, 8192, 2],
      [1, 0, 0],
      [1, 0, 2],
    ]);
  });

  test('nothing to do is safe in one interleaving of no step', () => {
    const verdict = check(buildScenario({ tasks: {} }));
    expect(verdict).toMatchObject({ verdict: 'safe', states: 1, transitions: 0, interleavings: { total: '1' } });
  });
});

describe('operations without effect', () => {
  test.each<[string, ScenarioText, [number, number, string][]]>([
    ['writeback of nothing dirty', { tasks: { a: ['writeback I'] } }, [[0, 0, 'dirty']]],
    ['a commit without a transaction', { tasks: { a: ['commit'] } }, [[0, 0, 'no transaction runs']]],
    ['a sync of nothing', { tasks: { a: ['sync'] } }, [[0, 0, 'nothing is dirty']]],
    ['an fsync of nothing', { tasks: { a: ['fsync I'] } }, [[0, 0, 'nothing in the file']]],
    [
      'a second fsync',
      { kernel: '5.8', tasks: { a: ['write I 0..4K', 'fsync I', 'fsync I'] } },
      [[0, 2, 'nothing in the file']],
    ],
    ['page release without extent maps', { tasks: { a: ['releasepage I'] } }, [[0, 0, 'no clean page']]],
    ['a write to an empty file', { files: ['I 0'], tasks: { a: ['write I all'] } }, [[0, 0, 'its range is empty']]],
    ['one interleaving with an effect is enough', { tasks: { a: ['write I 0..4K'], b: ['writeback I'] } }, []],
  ])('%s', (_, text, expected) => {
    expect(check(buildScenario(text)).noEffect).toEqual(
      expected.map(([task, operation, reason]) => ({ task, operation, reason: expect.stringContaining(reason) })),
    );
  });
});
