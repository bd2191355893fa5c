import { fallBackToCommit, toCommit } from '../operations/commit-fallback.ts';
import { overlaps } from './fact.ts';
import { changedBits, type LosingRun, type LosingStep } from './losing-run.ts';
import { WhatIf } from './what-if.ts';

/** Ways out of a test that are no answers to it: the log is given up, and the transaction committed. */
const otherWays = new Set([toCommit, fallBackToCommit]);

/** After so many steps no further runs are made: what a longer run's first steps are for stays open, and they count as relevant. */
const mostEffort = 200_000;

/** For each step, whether the loss is known to depend on it, or may: see `Explanation`. */
export function findRelevant(run: LosingRun): boolean[] {
  const relevant: boolean[] = [];
  for (const step of run.steps.toReversed()) {
    relevant.unshift(run.effort > mostEffort || hadItDoneNothing(run, step) || hadItTurnedOutOtherwise(run, step));
  }
  return relevant;
}

/** The promise is kept when the step changes nothing but where its thread stands. */
function hadItDoneNothing(run: LosingRun, step: LosingStep): boolean {
  if (!overlaps(changedBits(step), run.modelBits)) return false;
  return new WhatIf(run, step.before).run(run.steps.slice(step.index), { step }) === 'kept';
}

/** The step is a test of the sync, and the promise is kept when the sync goes another way than it did. */
function hadItTurnedOutOtherwise(run: LosingRun, step: LosingStep): boolean {
  const { step: table, targets } = step.thread.steps[step.position]!;
  if (!run.isOfSync(step) || table.says === undefined) return false;
  return [...targets].some(([label, target]) => {
    if (target === step.target || otherWays.has(label)) return false;
    return new WhatIf(run, step.before).run(run.steps.slice(step.index), { step, target }) === 'kept';
  });
}
