import { compileCondition } from '../conditions.ts';
import { compile } from '../program.ts';
import type { Scenario } from '../scenario.ts';
import type { QuestionAnswer } from '../verdict.ts';
import { boundOf, type CheckOptions, limitsOf } from './check.ts';
import { countInterleavings } from './count.ts';
import { Exploration } from './explore.ts';
import { NumberList } from './number-list.ts';
import { shortestWitness } from './witness.ts';

/**
 * Answers the questions of a scenario, in their order, by one search of all states within the limits of `check`. It is apart from
 * the search for losses, so that a question makes that one neither longer nor different. Nothing is reduced: a reduced
 * search leaves out states in which no promise can be broken, and a question may be about any of them.
 * Throws `TooManySegments`.
 */
export function answerQuestions(
  scenario: Scenario,
  options: Pick<CheckOptions, 'overrides' | 'limits' | 'now' | 'shouldStop' | 'progress'> = {},
): QuestionAnswer[] {
  const { questions = [] } = scenario;
  if (questions.length === 0) return [];
  const { overrides, now, shouldStop, progress } = options;
  const program = compile(scenario, overrides, { answersQuestions: true });
  const asked = questions.map(({ condition }) => ({
    holds: compileCondition(program, condition),
    goals: new NumberList(),
  }));
  const search = new Exploration(program, limitsOf(scenario, options), {
    now,
    shouldStop,
    progress,
    noteState: (state, index) => {
      for (const { holds, goals } of asked) if (holds(state)) goals.push(index);
    },
  }).advance();
  return asked.map(({ goals }) => answer(goals));

  function answer(goals: NumberList): QuestionAnswer {
    const { graph, actors, bound } = search;
    const reached = goals.length > 0;
    const isGoal = new Uint8Array(graph.states);
    for (let i = 0; i < goals.length; i++) isGoal[goals.at(i)] = 1;
    const isMarked = (state: number) => isGoal[state] === 1;
    const counted = countInterleavings(graph, actors.count, { isMarked, shouldStop });
    // When the count is stopped, all that is known is that there is an interleaving.
    const { total, passing } = counted ?? { total: 1n, passing: reached ? 1n : 0n };
    return {
      reached: reached || (bound === undefined ? false : null),
      bound: bound && boundOf(search, bound),
      interleavings: {
        total: total.toString(),
        passing: passing.toString(),
        exact: bound === undefined && counted !== undefined,
      },
      states: graph.states,
      witness: reached ? shortestWitness(program, search, nearest(goals), shouldStop) : [],
    };
  }

  /** The goals, which are in breadth-first order, that are as near as the first. */
  function nearest(goals: NumberList): number[] {
    const near: number[] = [];
    for (let i = 0; i < goals.length; i++) {
      if (search.graph.depth(goals.at(i)) !== search.graph.depth(goals.at(0))) break;
      near.push(goals.at(i));
    }
    return near;
  }
}
