import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CoverageRecorder } from '../../../engine/coverage/recorder.ts';
import { coverScenario, type Scenario } from '../../../engine/index.ts';
import { compile } from '../../../engine/program.ts';
import { explore } from '../../../engine/search/explore.ts';
import { exploreReduced } from '../../../engine/search/reduced-exploration.ts';
import { shippedScenarios } from '../../shipped-scenarios.ts';
import { randomNames } from '../random-names.ts';
import { randomCloning, randomFailure, randomRace, randomScenario } from '../random-scenario.ts';
import { buildScenario } from '../scenario-builder.ts';
import { enumerateFacts, factsOf, withoutWaits } from './facts.ts';

const limits = { states: 1500, steps: 1_000_000, memory: 2 ** 31 };
const scenarios = fc.oneof(
  randomScenario({ files: 2, tasks: 3, operations: 3 }),
  randomScenario({ files: 1, tasks: 4, operations: 2 }),
  randomRace(),
  randomCloning(),
  randomNames(3),
  randomFailure(),
);

/** What a search of all states, and what a reduced one takes; undefined when the first is too large. */
function bothWays(scenario: Scenario): { all: string[]; reduced: string[] } | undefined {
  const [all, reduced] = [new CoverageRecorder(compile(scenario)), new CoverageRecorder(compile(scenario))];
  if (explore(compile(scenario), limits, { noteStep: all.noteStep }).bound !== undefined) return undefined;
  exploreReduced(scenario, undefined, limits, { noteStep: reduced.noteStep });
  return { all: withoutWaits(factsOf(all.coverage())), reduced: withoutWaits(factsOf(reduced.coverage())) };
}

describe('a reduced search takes the same steps, from the same places to the same ones', () => {
  test('in 400 random scenarios', () => {
    let compared = 0;
    const isSame = (scenario: Scenario) => {
      const both = bothWays(scenario);
      if (both === undefined) return;
      compared++;
      expect(both.reduced).toEqual(both.all);
    };
    fc.assert(fc.property(scenarios, isSame), { seed: 21, numRuns: 400, endOnFailure: true });
    expect(compared).toBeGreaterThan(250);
  }, 120_000);

  test.each(shippedScenarios.map(({ name, scenario }) => ({ name, scenario })))('in $name', ({ scenario }) => {
    const both = bothWays(scenario);
    if (both !== undefined) expect(both.reduced).toEqual(both.all);
  });

  test('so that the coverage of a scenario does not depend on whether its search is reduced', () => {
    const scenario = buildScenario({
      kernel: '5.9',
      tasks: {
        app: ['write I 0..4K', 'fsync I'],
        flusher: ['writeback I 0..4K'],
        kswapd: ['releasepage I 0..4K'],
        committer: ['commit'],
      },
    });
    const [on, off] = [true, false].map((reduction) => coverScenario(scenario, { reduction, fewStates: 500 }));
    expect([on!.allStates, off!.allStates]).toEqual([false, true]);
    expect(on!.states).toBeLessThan(off!.states);
    expect(withoutWaits(factsOf(on!))).toEqual(withoutWaits(factsOf(off!)));
    expect([...factsOf(off!)]).toEqual(expect.arrayContaining([...factsOf(on!)]));
  });
});

test('taking every interleaving of small scenarios finds the same', () => {
  const small = fc.oneof(
    randomScenario({ files: 1, tasks: 2, operations: 2 }),
    randomRace(),
    randomNames(2),
    randomFailure(),
  );
  let compared = 0;
  const found = new Set<string>();
  const isSame = (scenario: Scenario) => {
    const naive = enumerateFacts(compile(scenario), 1000);
    if (naive === undefined) return;
    compared++;
    expect([...factsOf(coverScenario(scenario))].sort()).toEqual([...naive].sort());
    for (const fact of naive) found.add(fact.replace(/^\S+ /, ''));
  };
  fc.assert(fc.property(small, isSame), { seed: 22, numRuns: 500, endOnFailure: true });
  expect(compared).toBeGreaterThan(250);
  for (const kind of [/ taken$/, / skipped$/, / left out$/, / waits$/, /^begins$/, /^ends$/, /^inode_in_log to /]) {
    expect(
      [...found].some((fact) => kind.test(fact)),
      String(kind),
    ).toBe(true);
  }
}, 120_000);
