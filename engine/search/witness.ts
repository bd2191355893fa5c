import { brokenPromises, Losses } from '../durability/judge.ts';
import type { Program } from '../program.ts';
import { Runner } from '../replay/runner.ts';
import type { State } from '../state/layout.ts';
import type { Thread } from '../thread.ts';
import type { WitnessStep } from '../verdict.ts';
import { Actors } from './actors.ts';
import type { Exploration } from './explore.ts';
import type { FoundViolation } from './found-violations.ts';
import type { ReducedExploration } from './reduced-exploration.ts';
import { type RunStep, shorten } from './shorten.ts';
import { shortestPath } from './shortest-path.ts';

/** A shortest run into one of the states, which are all at the same depth. */
export function shortestWitness(
  program: Program,
  { graph, actors }: Exploration,
  states: readonly number[],
): WitnessStep[] {
  const moves = shortestPath(graph, actors.count, states).map((edge) => graph.move(edge));
  return follow(program, moves);
}

/** A run into the first of the states that a reduced search found, without what is not needed for the violation. */
export function reducedWitness(
  program: Program,
  search: ReducedExploration,
  { states, ...violation }: Pick<FoundViolation, 'states'> & Partial<FoundViolation>,
): WitnessStep[] {
  const moves = search.pathTo(states[0]!);
  const { file, kind, segments, promisedBy } = violation;
  if (file === undefined) return follow(program, moves);
  const losses = new Losses();
  const isBroken = (state: State) => {
    const [inode, promise] = [program.machine.inodes[file]!, program.promises[file]!];
    losses.judge(inode, promise, program.machine, state);
    if (losses.all === 0) return false;
    return brokenPromises(inode, promise, losses, state).some(
      (broken) => broken.kind === kind && broken.segments === segments && broken.promisedBy === promisedBy,
    );
  };
  const runner = new Runner(program);
  return shorten(program, runOf(program, moves), isBroken).map(({ thread, position }) =>
    runner.step(thread, choiceOf(thread, runner.state, position)),
  );
}

function follow(program: Program, moves: readonly number[]): WitnessStep[] {
  const actors = new Actors(program);
  const runner = new Runner(program);
  return moves.map((move) => runner.step(actors.thread(actors.actorOf(move)), actors.choiceOf(move)));
}

/** The same run as steps at their places in the threads of `program`. */
function runOf(program: Program, moves: readonly number[]): RunStep[] {
  const actors = new Actors(program);
  const state = program.initial.slice();
  return moves.map((move) => {
    const thread = actors.thread(actors.actorOf(move));
    const position = thread.choose(state, actors.choiceOf(move));
    thread.take(state, position);
    return { thread, position };
  });
}

/** How many of the steps that may come next are left out before the one at `position`. */
function choiceOf(thread: Thread, state: State, position: number): number {
  let choice = 0;
  for (let next = thread.next(state); next !== position; next = thread.without(state, next)) choice++;
  return choice;
}
