import type { ProfileOverrides } from '../program.ts';
import type { Scenario } from '../scenario.ts';
import type { Violation } from '../verdict.ts';
import { accountOfCrash } from './crash-account.ts';
import type { Explanation } from './explanation.ts';
import { overlaps } from './facts.ts';
import { LosingRun } from './losing-run.ts';
import { findRelevant } from './relevance.ts';
import { changedBits, RunWords } from './run-words.ts';
import { accountOfSync } from './sync-account.ts';
import { findTurningPoint } from './turning-point.ts';
import { otherOrder, turningSentences } from './turning-words.ts';

/**
 * Explains a violation of a scenario's verdict under the overrides, by doing its witness again in many ways. The time that
 * takes is bounded. Throws `TooManySegments`.
 */
export function explainViolation(scenario: Scenario, violation: Violation, overrides?: ProfileOverrides): Explanation {
  const run = new LosingRun(scenario, violation, overrides);
  const words = new RunWords(run);
  const turning = findTurningPoint(run);
  const sentences = [
    ...(turning === undefined ? [] : turningSentences(run, words, turning)),
    ...(turning?.afterReturn === true ? [] : accountOfSync(run, words, turning?.decisive)),
    ...accountOfCrash(run, words),
    ...(turning === undefined ? [] : otherOrder(run, words, turning)),
  ];
  const relevant = findRelevant(run);
  const named = sentences.flatMap((parts) => parts.flatMap(({ step }) => (step === undefined ? [] : [step])));
  for (const index of named) relevant[index] = true;
  if (turning !== undefined) for (const index of undone(run, words, turning.decisive.index)) relevant[index] = true;
  return { sentences, relevant, decisive: turning?.decisive.index };
}

/** Steps that had made what a step undid: who put the extent map on the list that it took it off. */
function undone(run: LosingRun, words: RunWords, index: number): number[] {
  const step = run.steps[index]!;
  const changed = changedBits(step);
  return words.facts
    .filter(({ bits, changes }) => overlaps(bits, changed) && changes(step.before, step.after).length > 0)
    .flatMap(({ bits }) => {
      const maker = run.steps.findLast(
        (other) => other.index < index && overlapsAll(changedBits(other), changed, bits),
      );
      return maker === undefined ? [] : [maker.index];
    });
}

function overlapsAll(a: Int32Array, b: Int32Array, c: Int32Array): boolean {
  return a.some((word, i) => (word & b[i]! & c[i]!) !== 0);
}
