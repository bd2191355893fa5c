import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check, type Scenario } from '../../engine/index.ts';
import { compile } from '../../engine/program.ts';
import { enumerate } from './naive-enumerator.ts';
import { randomNames } from './random-names.ts';
import { failing, randomCloning, randomFailure, randomRace, randomScenario } from './random-scenario.ts';

const most = 3000;

/** What the search finds, in the words of the naive enumerator; undefined when there is too much to enumerate. */
function searched(scenario: Scenario) {
  const { complete, interleavings, violations, deadlock } = check(scenario, { limits: { states: 20_000 } });
  const total = Number(interleavings.total);
  if (!complete || total > most) return undefined;
  return {
    total,
    losing: Number(interleavings.losing),
    violations: violations
      .map(({ kind, file, range, promisedBy }) => {
        const by = promisedBy === null ? '-' : `${promisedBy.task}.${promisedBy.operation}`;
        return `${kind} ${scenario.files[file]!.name} ${range.start}..${range.end} by ${by}`;
      })
      .sort(),
    deadlock: deadlock !== undefined,
  };
}

describe('the search agrees with an enumeration of all interleavings, one by one', () => {
  test.each([
    ['small scenarios', randomScenario({ files: 2, tasks: 2, operations: 2 }), 1300, 0],
    ['scenarios with an fsync and what may disturb it', randomRace(), 1300, 40],
    ['scenarios that clone', randomCloning(), 500, 10],
    ['scenarios that change names', randomNames(3), 1300, 1],
    ['scenarios in which something fails', randomFailure(), 300, 5],
    ['scenarios that change names, and in which something fails', randomNames(3).chain(failing), 300, 1],
  ])('%s', (_, scenarios, numRuns, leastUnsafe) => {
    let compared = 0;
    let unsafe = 0;
    const agrees = (scenario: Scenario) => {
      const found = searched(scenario);
      if (found === undefined) return;
      expect(found).toEqual(enumerate(compile(scenario), most));
      compared++;
      if (found.losing > 0) unsafe++;
    };
    fc.assert(fc.property(scenarios, agrees), { seed: 1, numRuns });
    expect(compared).toBeGreaterThan(numRuns / 2.6);
    expect(unsafe).toBeGreaterThanOrEqual(leastUnsafe);
  });

  test('more interleavings than the limit are not enumerated', () => {
    const [scenario] = fc.sample(randomRace(), { seed: 1, numRuns: 1 });
    expect(enumerate(compile(scenario!), 0)).toBeUndefined();
  });
});
