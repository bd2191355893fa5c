import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compile } from '../../../engine/program.ts';
import { Actors } from '../../../engine/search/actors.ts';
import { explore } from '../../../engine/search/explore.ts';
import { FoundViolations } from '../../../engine/search/found-violations.ts';
import { hunt } from '../../../engine/search/hunt.ts';
import { shortenedWitness, witnessOf } from '../../../engine/search/witness.ts';
import { randomRace } from '../random-scenario.ts';
import { buildScenario } from '../scenario-builder.ts';
import { largeRace, largeSafeRace } from './large-race.ts';

const limits = { states: 3000, steps: 1_000_000, memory: 2 ** 31 };

describe('the hunt for a first violation', () => {
  test('finds one in a large race, and a run that shows it', () => {
    const program = compile(buildScenario(largeRace));
    const { moves, violation } = hunt(program)!;
    expect(violation.kind).toBe('lost');
    const run = witnessOf(program, moves);
    const short = shortenedWitness(program, moves, violation);
    expect(short.length).toBeGreaterThan(0);
    expect(short.length).toBeLessThanOrEqual(run.length);
    expect(hunt(program)).toEqual({ moves, violation });
  });

  test('finds nothing where nothing is lost', () => {
    expect(hunt(compile(buildScenario(largeSafeRace)))).toBeUndefined();
  });

  test('ends when it is told to', () => {
    let polls = 0;
    expect(hunt(compile(buildScenario(largeSafeRace)), () => ++polls > 3)).toBeUndefined();
    expect(polls).toBe(4);
  });

  test('catches only what the search of all states finds, too', () => {
    let caught = 0;
    fc.assert(
      fc.property(randomRace(), (scenario) => {
        const full = explore(compile(scenario), limits);
        if (full.bound !== undefined) return;
        const program = compile(scenario);
        const found = hunt(program);
        if (found === undefined) return;
        caught++;
        const { file, kind, segments, promisedBy } = found.violation;
        expect(full.found).toContainEqual(expect.objectContaining({ file, kind, segments, promisedBy }));
        const actors = new Actors(program);
        const state = program.initial.slice();
        for (const move of found.moves) actors.take(move, state);
        expect(new FoundViolations(program).judge(state, 0, 0)).toBe(true);
      }),
      { seed: 3, numRuns: 40, endOnFailure: true },
    );
    expect(caught).toBeGreaterThan(10);
  });
});
