import type { ProfileOverrides } from '../program.ts';
import type { Scenario } from '../scenario.ts';
import type { Violation } from '../verdict.ts';
import { accountOfCrash } from './crash-account.ts';
import type { Explanation } from './explanation.ts';
import { overlaps } from './fact.ts';
import { changedBits, LosingRun, type LosingStep } from './losing-run.ts';
import { findRelevant } from './relevance.ts';
import { RunWords } from './run-words.ts';
import { accountOfSync } from './sync-account.ts';
import { findTurningPoint } from './turning-point.ts';
import { otherOrder, turningSentences } from './turning-words.ts';

/**
 * Explains a violation of a scenario's verdict under the overrides, by doing its witness again in many ways. The time that
 * takes is bounded. Throws `TooManySegments`, and when `shouldStop` ends it.
 */
export function explainViolation(
  scenario: Scenario,
  violation: Violation,
  overrides?: ProfileOverrides,
  shouldStop?: () => boolean,
): Explanation {
  const run = new LosingRun(scenario, violation, overrides, shouldStop);
  const words = new RunWords(run);
  const turning = findTurningPoint(run);
  const sentences = [
    ...(turning === undefined ? [] : turningSentences(run, words, turning)),
    ...(turning?.afterReturn === true ? [] : accountOfSync(run, words, turning?.decisive)),
    ...accountOfCrash(run, words),
    ...(turning === undefined ? [] : otherOrder(run, words, turning)),
  ];
  const relevant = findRelevant(run);
  for (const { step } of sentences.flat()) if (step !== undefined) relevant[step] = true;
  if (turning !== undefined) for (const { index } of undone(run, words, turning.decisive)) relevant[index] = true;
  return { sentences, relevant, decisive: turning?.decisive.index };
}

/** Steps that had made what a step undid: who put the extent map on the list that it took it off. */
function undone(run: LosingRun, { facts }: RunWords, step: LosingStep): LosingStep[] {
  const changed = changedBits(step);
  return facts
    .filter(({ bits, changes }) => overlaps(bits, changed) && changes(step.before, step.after).length > 0)
    .flatMap(({ bits }) => {
      const isMaker = (other: LosingStep) => other.index < step.index && overlaps(changedBits(other), changed, bits);
      return run.steps.findLast(isMaker) ?? [];
    });
}
