import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Scenario } from '../../../engine/index.ts';
import { compile } from '../../../engine/program.ts';
import { explore } from '../../../engine/search/explore.ts';
import { FoundViolations } from '../../../engine/search/found-violations.ts';
import { AccessRecord } from '../../../engine/state/layout.ts';
import { shippedScenarios } from '../../shipped-scenarios.ts';
import { randomNames } from '../random-names.ts';
import { randomFailure, randomScenario } from '../random-scenario.ts';

/** Bits that the judgement of a crash reads in some state, and that are not said to be judged. */
function otherBitsRead(scenario: Scenario): number {
  const record = new AccessRecord();
  const program = compile(scenario, undefined, { record });
  const judged = program.layout.bitsOf('judged');
  // The number of the transaction is told with a loss; no loss depends on it.
  const { generation } = program.machine.transaction;
  judged[generation.word]! |= generation.mask << generation.shift;
  const violations = new FoundViolations(program);
  let others = 0;
  explore(
    program,
    { states: 3000, steps: 1000, memory: 2 ** 31 },
    {
      noteState: (state, index) => {
        record.clear();
        violations.judge(state, index, 0);
        for (let i = 0; i < judged.length; i++) others |= record.reads[i]! & ~judged[i]!;
      },
    },
  );
  return others;
}

describe('the judgement of a crash reads judged bits only, so that it need not be repeated while they stay', () => {
  test.each(shippedScenarios.map(({ name, scenario }) => ({ name, scenario })))('in $name', ({ scenario }) => {
    expect(otherBitsRead(scenario)).toBe(0);
  });

  test('in random scenarios', () => {
    const scenarios = fc.oneof(randomScenario({ files: 2, tasks: 3, operations: 3 }), randomNames(3), randomFailure());
    fc.assert(
      fc.property(scenarios, (scenario) => {
        expect(otherBitsRead(scenario)).toBe(0);
      }),
      { seed: 5, numRuns: 300, endOnFailure: true },
    );
  });
});
