import { describe, expect, test } from 'vitest';
import { compile } from '../../../engine/program.ts';
import { defaultLimits } from '../../../engine/search/check.ts';
import { estimateStates } from '../../../engine/search/estimate.ts';
import { Exploration } from '../../../engine/search/explore.ts';
import { longestRun } from '../../../engine/search/longest-run.ts';
import { buildScenario, type ScenarioText } from '../scenario-builder.ts';
import { largeRace, largeSafeRace } from './large-race.ts';

/** One task that writes and syncs three extents one after the other. */
const threeExtents: ScenarioText = {
  kernel: '5.9',
  tasks: {
    app: ['write I 0..4K', 'fsync I', 'write I 4K..8K', 'fsync I', 'write I 8K..12K', 'fsync I'],
    flusher: ['writeback I 0..4K', 'writeback I 4K..8K', 'writeback I 8K..12K'],
    kswapd: ['releasepage I 0..4K', 'releasepage I 4K..8K', 'releasepage I 8K..12K'],
    committer: ['commit'],
  },
};

/** Two tasks that change overlapping ranges of today's kernel. */
const truncating: ScenarioText = {
  kernel: '6.18',
  tasks: {
    app: ['write I 0..8K', 'fsync I'],
    other: ['truncate I 4K', 'fsync I'],
    flusher: ['writeback I'],
    committer: ['commit'],
  },
};

describe('an estimate in a search', () => {
  test.each([
    ['two writers', largeRace],
    ['two writers, safe', largeSafeRace],
    ['three extents', threeExtents],
    ['truncate', truncating],
  ])(
    'of %s is off by so much at most',
    (_, text) => {
      const search = new Exploration(compile(buildScenario(text)), defaultLimits);
      const all = new Exploration(compile(buildScenario(text)), defaultLimits).advance().states;
      expect(all).toBeGreaterThan(100_000);
      for (const [part, factor] of [
        [0.1, 5],
        [0.25, 4],
        [0.5, 2],
        [0.9, 1.2],
      ] as const) {
        const { estimate } = search.advance(all * part);
        expect(estimate! / all, `at ${part}`).toBeGreaterThan(1 / factor);
        expect(estimate! / all, `at ${part}`).toBeLessThan(factor);
      }
      expect(search.advance().estimate).toBeGreaterThanOrEqual(all);
    },
    60_000,
  );

  test('is not made of the first few steps, however many states they lead to', () => {
    const tasks = Object.fromEntries(
      ['a', 'b', 'c', 'd', 'e'].map((name, i) => [name, [`write I ${8 * i}K..${8 * i + 4}K`, 'fsync I', 'sync']]),
    );
    const search = new Exploration(compile(buildScenario({ kernel: '5.8', tasks })), defaultLimits).advance(30_000);
    expect(search.states).toBeGreaterThanOrEqual(30_000);
    expect(search.estimate).toBeUndefined();
  });

  test('is not made of few states', () => {
    const search = new Exploration(compile(buildScenario(largeRace)), defaultLimits);
    expect(search.advance(9000).estimate).toBeUndefined();
    expect(search.advance(30_000).estimate).toBeGreaterThan(30_000);
  });

  test('is told with the progress, and with the bound that was hit', () => {
    const estimates: (number | undefined)[] = [];
    const control = { progress: (_: number, __: number, estimate: number | undefined) => estimates.push(estimate) };
    new Exploration(compile(buildScenario(largeRace)), { ...defaultLimits, states: 50_000 }, control).advance();
    expect(estimates[0]).toBeUndefined();
    expect(estimates.at(-1)).toBeGreaterThan(50_000);
  });
});

describe('levels', () => {
  /** Threads that run side by side and do not meet: every level has as many states as there are ways to share out its steps. */
  const binomial = (steps: number) => {
    const levels = [1];
    for (let i = 0; i < steps; i++) levels.push((levels[i]! * (steps - i)) / (i + 1));
    return levels;
  };

  test.each([0.3, 0.5, 0.8])('as of threads that never meet, %d of them known', (part) => {
    const levels = binomial(24);
    const estimate = estimateStates(levels.slice(0, Math.round(24 * part) + 1), () => 24 / 1.1)!;
    expect(estimate / 2 ** 24).toBeGreaterThan(1 / 1.5);
    expect(estimate / 2 ** 24).toBeLessThan(1.5);
  });

  test.each([
    ['growing beyond the runs', Array.from({ length: 40 }, (_, i) => 100 * (i + 1)), 10],
    ['falling long before the end of the runs', [...binomial(20).slice(0, 19), 2, 1], 90],
    ['of one size', Array.from({ length: 30 }, () => 1000), 30],
  ])('%s give no absurd number', (_, levels, runLength) => {
    const known = levels.reduce((sum, size) => sum + size, 0);
    const estimate = estimateStates(levels, () => runLength)!;
    expect(estimate).toBeGreaterThanOrEqual(known);
    expect(estimate).toBeLessThan(10 * known);
  });
});

test('the longest run has all steps of a single task, and random runs are the same every time', () => {
  const single = compile(buildScenario({ kernel: '5.8', tasks: { app: ['write I 0..4K', 'fsync I'] } }));
  const { graph } = new Exploration(single, defaultLimits).advance();
  expect(longestRun(single)).toBe(graph.depth(graph.states - 1));
  expect(longestRun(compile(buildScenario(largeRace)))).toBe(longestRun(compile(buildScenario(largeRace))));
});
