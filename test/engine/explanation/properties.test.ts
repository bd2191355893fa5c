import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LosingRun } from '../../../engine/explanation/losing-run.ts';
import { runAlone } from '../../../engine/explanation/turning-point.ts';
import { WhatIf } from '../../../engine/explanation/what-if.ts';
import { check, explainGuards, explainViolation, guards, type Scenario, sentenceText } from '../../../engine/index.ts';
import { randomNames } from '../random-names.ts';
import { randomCloning, randomFailure, randomRace, randomScenario } from '../random-scenario.ts';

const limits = { states: 4000, steps: 10_000, memory: 2 ** 31 };
const scenarios = fc.oneof(
  randomRace(),
  randomScenario({ files: 2, tasks: 3, operations: 3 }),
  randomCloning(),
  randomNames(3),
  randomFailure(),
);

describe('the explanation of any violation', () => {
  test('speaks of steps of its witness, and calls them relevant', () => {
    const counts = { explained: 0, races: 0, irrelevant: 0 };
    const holds = (scenario: Scenario) => {
      for (const violation of check(scenario, { limits }).violations) {
        const { witness } = violation;
        const { sentences, relevant, decisive } = explainViolation(scenario, violation);
        expect(sentences.length).toBeGreaterThan(0);
        for (const sentence of sentences) {
          expect(sentenceText(sentence)).toMatch(/^\S.*\S\.$/);
          expect(sentenceText(sentence)).not.toMatch(/undefined|NaN|null| {2}|,\.|\.\.\s/);
        }
        expect(relevant).toHaveLength(witness.length);
        for (const { step } of sentences.flat()) if (step !== undefined) expect(relevant[step]).toBe(true);
        if (decisive !== undefined) expect(relevant[decisive]).toBe(true);
        counts.explained++;
        if (decisive !== undefined) counts.races++;
        if (relevant.includes(false)) counts.irrelevant++;
      }
    };
    fc.assert(fc.property(scenarios, holds), { seed: 11, numRuns: 160 });
    expect(counts.explained).toBeGreaterThan(20);
    expect(counts.races).toBeGreaterThan(5);
    expect(counts.irrelevant).toBeGreaterThan(20);
  });

  test('names as decisive the last step before which the sync alone would have kept its promise', () => {
    let races = 0;
    const holds = (scenario: Scenario) => {
      for (const violation of check(scenario, { limits }).violations) {
        const { decisive } = explainViolation(scenario, violation);
        if (decisive === undefined) continue;
        const run = new LosingRun(scenario, violation);
        expect(runAlone(run, decisive)).toBe('kept');
        for (let later = decisive + 1; later <= run.steps.length; later++) expect(runAlone(run, later)).toBe('broken');
        races++;
      }
    };
    fc.assert(fc.property(randomRace(), holds), { seed: 12, numRuns: 60 });
    expect(races).toBeGreaterThan(5);
  });

  test('comes from a run that, done again as it was, loses the same', () => {
    const holds = (scenario: Scenario) => {
      for (const violation of check(scenario, { limits }).violations) {
        const run = new LosingRun(scenario, violation);
        expect(new WhatIf(run, run.program.initial).run(run.steps)).toBe('broken');
        for (const { index, before } of run.steps) {
          expect(new WhatIf(run, before).run(run.steps.slice(index))).toBe('broken');
        }
      }
    };
    fc.assert(fc.property(scenarios, holds), { seed: 13, numRuns: 80 });
  });

  test('can say of any guards what they change first, if anything', () => {
    let told = 0;
    const holds = (scenario: Scenario, guard: string) => {
      for (const violation of check(scenario, { limits }).violations) {
        const sentence = explainGuards(scenario, violation, [guard]);
        if (sentence === undefined) continue;
        expect(sentenceText(sentence)).toMatch(new RegExp(`^With ${guard} on, \\S.* would .*\\.$`));
        for (const { step = 0 } of sentence) expect(step).toBeLessThan(violation.witness.length);
        told++;
      }
    };
    const names = fc.constantFrom(...guards.map(({ name }) => name));
    fc.assert(fc.property(scenarios, names, holds), { seed: 14, numRuns: 250 });
    expect(told).toBeGreaterThan(0);
  });
});
