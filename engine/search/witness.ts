import { type BrokenPromise, brokenPromises, Losses } from '../durability/judge.ts';
import type { Program } from '../program.ts';
import { Runner } from '../replay/runner.ts';
import type { State } from '../state/layout.ts';
import type { Thread } from '../thread.ts';
import type { WitnessStep } from '../verdict.ts';
import { Actors } from './actors.ts';
import type { Exploration } from './explore.ts';
import { type RunStep, shorten } from './shorten.ts';
import { shortestPath } from './shortest-path.ts';

/** A shortest run into one of the states, which are all at the same depth; see `shortestPath`. */
export function shortestWitness(
  program: Program,
  { graph, actors }: Exploration,
  states: readonly number[],
  shouldStop?: () => boolean,
): WitnessStep[] {
  const moves = shortestPath(graph, actors.count, states, shouldStop).map((edge) => graph.move(edge));
  return witnessOf(program, moves);
}

/** A run into a violation, as moves (see `Actors.code`), without what is not needed for it. */
export function shortenedWitness(
  program: Program,
  moves: readonly number[],
  { file, kind, segments, promisedBy }: BrokenPromise,
  shouldStop?: () => boolean,
): WitnessStep[] {
  const losses = new Losses();
  const [inode, promise] = [program.machine.inodes[file]!, program.promises[file]!];
  const isBroken = (state: State) => {
    losses.judge(inode, promise, program.machine, state);
    if (losses.all === 0) return false;
    return brokenPromises(inode, promise, losses, state).some(
      (broken) => broken.kind === kind && broken.segments === segments && broken.promisedBy === promisedBy,
    );
  };
  const runner = new Runner(program);
  return shorten(program, runOf(program, moves), isBroken, shouldStop).map(({ thread, position }) =>
    runner.step(thread, choiceOf(thread, runner.state, position)),
  );
}

/** The steps of a run that is given as moves. */
export function witnessOf(program: Program, moves: readonly number[]): WitnessStep[] {
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
