import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check, type Scenario, type Verdict } from '../../../engine/index.ts';
import { compile, type ProfileOverrides, type Program } from '../../../engine/program.ts';
import { Actors } from '../../../engine/search/actors.ts';
import { type Exploration, explore } from '../../../engine/search/explore.ts';
import { SharedFootprints } from '../../../engine/search/footprints.ts';
import type { FoundViolation } from '../../../engine/search/found-violations.ts';
import { exploreReduced, type ReducedExploration } from '../../../engine/search/reduced-exploration.ts';
import { Watch } from '../../../engine/search/watch.ts';
import type { State } from '../../../engine/state/layout.ts';
import { shippedScenarios } from '../../shipped-scenarios.ts';
import { randomNames } from '../random-names.ts';
import { randomFailure, randomRace, randomScenario } from '../random-scenario.ts';
import { buildScenario } from '../scenario-builder.ts';
import { largeRace, largeSafeRace } from './large-race.ts';

const limits = { states: 3000, steps: 1_000_000, memory: 2 ** 31 };
const scenarios = fc.oneof(
  randomScenario({ files: 2, tasks: 3, operations: 3 }),
  randomScenario({ files: 1, tasks: 4, operations: 2 }),
  randomRace(),
  randomNames(3),
);

function keys(found: readonly FoundViolation[]): string[] {
  return found.map(({ kind, file, segments, promisedBy }) => `${kind} ${file} ${segments} ${promisedBy}`).sort();
}

/** Compares all that both searches are to agree on. */
function agree(full: Exploration, reduced: ReducedExploration): void {
  expect(keys(reduced.found)).toEqual(keys(full.found));
  expect(reduced.deadlock === undefined).toBe(full.deadlock === undefined);
  expect(reduced.states).toBeLessThanOrEqual(full.graph.states);
  expect(full.effects.ineffective()).toEqual(expect.arrayContaining(reduced.effects.ineffective()));
}

describe('the reduced search finds what the search of all states does', () => {
  test('in 2,000 random scenarios', () => {
    let compared = 0;
    let [all, some] = [0, 0];
    const compare = (scenario: Scenario) => {
      const full = explore(compile(scenario), limits);
      if (full.bound !== undefined) return;
      const reduced = exploreReduced(scenario, undefined, limits);
      agree(full, reduced);
      compared++;
      all += full.graph.states;
      some += reduced.states;
    };
    fc.assert(fc.property(scenarios, compare), { seed: 11, numRuns: 2000, endOnFailure: true });
    expect(compared).toBeGreaterThan(1500);
    expect(some / all).toBeLessThan(0.8);
  }, 300_000);

  test('with what is known from searches under other profiles', () => {
    const profiles: readonly ProfileOverrides[] = [
      {},
      { guards: { 'releasepage.modified-list': true } },
      { guards: { 'in-log.first-log-transaction': true } },
      { kernel: '5.4' },
      { kernel: '6.18' },
    ];
    let compared = 0;
    const compare = (scenario: Scenario) => {
      const shared = new SharedFootprints();
      for (const overrides of profiles) {
        const full = explore(compile(scenario, overrides), limits);
        if (full.bound !== undefined) continue;
        agree(full, exploreReduced(scenario, overrides, limits, {}, new Watch(limits, {}), shared));
        compared++;
      }
    };
    fc.assert(fc.property(randomRace(), compare), { seed: 13, numRuns: 100, endOnFailure: true });
    expect(compared).toBeGreaterThan(200);
  }, 120_000);

  test('in random scenarios of failures', () => {
    fc.assert(
      fc.property(randomFailure(), (scenario) => {
        const full = explore(compile(scenario), limits);
        if (full.bound === undefined) agree(full, exploreReduced(scenario, undefined, limits));
      }),
      { seed: 12, numRuns: 150, endOnFailure: true },
    );
  });

  test.each(shippedScenarios.map(({ name, scenario }) => ({ name, scenario })))('in $name', ({ scenario }) => {
    const full = explore(compile(scenario), { ...limits, states: 40_000 });
    expect(full.bound).toBeUndefined();
    agree(full, exploreReduced(scenario, undefined, { ...limits, states: 40_000 }));
  });
});

describe('a large scenario', () => {
  const told = ({ violations, verdict, complete }: Verdict) => ({
    verdict,
    complete,
    violations: violations.map(({ witness, ...violation }) => ({ ...violation, length: witness.length })),
  });

  test('has the same verdict, violations and shortest witnesses with and without reduction', () => {
    const [on, off] = [true, false].map((reduction) =>
      check(buildScenario(largeRace), { reduction, fewStates: 20_000 }),
    );
    expect(told(on!)).toEqual(told(off!));
  });

  test('is proved safe within a bound that does not do for all states, and the count says "at least"', () => {
    const verdict = check(buildScenario(largeSafeRace), { limits: { states: 60_000 }, fewStates: 20_000 });
    expect(verdict).toMatchObject({ verdict: 'safe', complete: true, interleavings: { exact: false } });
    expect(verdict.states).toBeLessThan(60_000);
    expect(check(buildScenario(largeSafeRace), { limits: { states: 60_000 }, reduction: false }).verdict).toBe(
      'unknown',
    );
  });

  test('has witnesses that can be run, though no search of all states came that far', () => {
    const verdict = check(buildScenario(largeRace), { limits: { states: 60_000 }, fewStates: 1000 });
    expect(verdict.violations.length).toBeGreaterThan(0);
    const lengths = verdict.violations.map(({ witness }) => witness.length);
    expect(Math.max(...lengths)).toBeLessThan(60);
  });
});

describe('who is said to hold a step', () => {
  test('does: it is not ready, and stays so while they do not move', () => {
    let holds = 0;
    const isTrue = (scenario: Scenario) => {
      const program = compile(scenario);
      const { graph, actors } = explore(program, { ...limits, states: 1500 });
      const states: State[] = [program.initial];
      for (let index = 0; index < graph.states; index++) {
        for (let edge = graph.firstEdge(index); edge < graph.endOfEdges(index); edge++) {
          const [actor, target] = [actors.actorOf(graph.move(edge)), graph.target(edge)];
          states[target] ??= step(program, states[index]!, actor, actors.choiceOf(graph.move(edge)));
          holds += checkHolders(program, states[index]!, states[target], actor);
        }
      }
    };
    fc.assert(fc.property(scenarios, isTrue), { seed: 13, numRuns: 250, endOnFailure: true });
    expect(holds).toBeGreaterThan(10_000);
  });
});

function step(program: Program, before: State, actor: number, choice: number): State {
  const after = before.slice();
  const thread = new Actors(program).thread(actor);
  thread.take(after, thread.choose(after, choice));
  return after;
}

/** Who holds a step before a move of somebody else holds it after. Returns how many held steps there were. */
function checkHolders(program: Program, before: State, after: State, mover: number): number {
  let held = 0;
  const actors = new Actors(program);
  for (let actor = 0; actor < actors.count; actor++) {
    const thread = actors.thread(actor);
    for (const { step: at, position } of thread.steps) {
      const holders = (at.heldBy?.(before) ?? 0) & ~(1 << actor) & ~(1 << mover);
      if (holders === 0 || actor === mover) continue;
      held++;
      expect(at.heldBy!(after) & holders, `${at.name} is no longer held`).toBe(holders);
      if (thread.next(before) === position) expect(thread.isReady(before, position), at.name).toBe(false);
    }
  }
  return held;
}
