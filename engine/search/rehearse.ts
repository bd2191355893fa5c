import type { Program } from '../program.ts';
import type { AccessRecord, State } from '../state/layout.ts';
import { FoundViolations } from './found-violations.ts';
import type { PersistentSets } from './persistent-sets.ts';

/** So many walks in a row that show nothing new are enough; and so many walks at all. */
const quietWalks = 60;
const mostWalks = 1500;

/**
 * Walks through the program at random, always the same way, so that a search to come knows most of what its steps read and
 * write. What it learns is true of the steps, whoever looks; the search does not rest on its being complete.
 */
export function rehearse(
  program: Program,
  record: AccessRecord,
  sets: PersistentSets,
  shouldStop: () => boolean = () => false,
): void {
  const violations = new FoundViolations(program);
  let seed = 1;
  const below = (limit: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * limit);
  };
  let quiet = 0;
  for (let walk = 0; walk < mostWalks && quiet < quietWalks && !shouldStop(); walk++) {
    const { version } = sets;
    for (let state: State | undefined = program.initial; state !== undefined; state = step(state));
    quiet = sets.version === version ? quiet + 1 : 0;
  }

  function step(state: State): State | undefined {
    const { frontier } = sets;
    record.clear();
    violations.judge(state, 0, 0);
    sets.learnJudgement();
    frontier.enter(state);
    const ready: { actor: number; choice: number }[] = [];
    for (let actor = 0; actor < frontier.threads.length; actor++) {
      for (let choice = 0; choice < frontier.countMoves(actor); choice++) {
        if (frontier.isReady(actor, choice)) ready.push({ actor, choice });
      }
    }
    const next = ready[below(ready.length)];
    return next && frontier.move(next.actor, next.choice).successor.slice();
  }
}
