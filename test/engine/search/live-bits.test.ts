import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Scenario } from '../../../engine/index.ts';
import { compile } from '../../../engine/program.ts';
import { Actors } from '../../../engine/search/actors.ts';
import { explore } from '../../../engine/search/explore.ts';
import { FoundViolations } from '../../../engine/search/found-violations.ts';
import { mostThreads, PersistentSets } from '../../../engine/search/persistent-sets.ts';
import { AccessRecord, type State } from '../../../engine/state/layout.ts';
import { randomNames } from '../random-names.ts';
import { randomFailure, randomRace, randomScenario } from '../random-scenario.ts';

const limits = { states: 1500, steps: 1_000_000, memory: 2 ** 31 };

/** All states of a scenario; undefined when they are too many. */
function statesOf(scenario: Scenario): State[] | undefined {
  const states: State[] = [];
  const { bound } = explore(compile(scenario), limits, { noteState: (state) => states.push(state.slice()) });
  return bound === undefined ? states : undefined;
}

/** Compares states that differ only in bits that are said to be dead. Returns how many there were. */
function compareAlike(scenario: Scenario): number {
  const states = statesOf(scenario);
  const record = new AccessRecord();
  const program = compile(scenario, undefined, { record });
  const actors = new Actors(program);
  if (states === undefined || actors.count > mostThreads) return 0;
  const sets = new PersistentSets(program, actors, record);
  const { frontier } = sets;
  const live = (state: State) => {
    const copy = state.slice();
    sets.forgetDead(copy);
    return copy.join();
  };
  const judge = (state: State) => {
    const violations = new FoundViolations(program);
    record.clear();
    violations.judge(state, 0, 0);
    sets.learnJudgement();
    return violations.all.map(({ kind, file, segments, promisedBy }) => `${kind} ${file} ${segments} ${promisedBy}`);
  };
  /** What can happen next, and to which states it leads. */
  const future = (state: State) => {
    const moves: string[] = [...judge(state)];
    frontier.enter(state);
    for (let actor = 0; actor < frontier.threads.length; actor++) {
      for (let choice = 0; choice < frontier.countMoves(actor); choice++) {
        const { ready, position, successor } = frontier.move(actor, choice);
        if (ready) moves.push(`${actor} ${position} ${live(successor)}`);
      }
    }
    return moves.join('\n');
  };
  // Once, to learn what is read; then it is known.
  for (const state of states) future(state);
  const { version } = sets;
  const first = new Map<string, string>();
  let alike = 0;
  for (const state of states) {
    const key = live(state);
    const known = first.get(key);
    if (known === undefined) first.set(key, future(state));
    else {
      alike++;
      expect(future(state)).toBe(known);
    }
  }
  expect(sets.version).toBe(version);
  return alike;
}

describe('what nobody reads any more makes no difference', () => {
  test('to what can happen, and to what a crash loses', () => {
    let alike = 0;
    const scenarios = fc.oneof(
      randomScenario({ files: 2, tasks: 3, operations: 3 }),
      randomScenario({ files: 1, tasks: 3, operations: 3 }),
      randomRace(),
      randomNames(3),
      randomFailure(),
    );
    fc.assert(
      fc.property(scenarios, (scenario) => {
        alike += compareAlike(scenario);
      }),
      { seed: 21, numRuns: 150, endOnFailure: true },
    );
    expect(alike).toBeGreaterThan(1000);
  }, 120_000);
});
