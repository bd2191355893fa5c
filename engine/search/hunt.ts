import type { Program } from '../program.ts';
import type { State } from '../state/layout.ts';
import { Actors } from './actors.ts';
import { type FoundViolation, FoundViolations } from './found-violations.ts';
import { randomNumbers } from './random-numbers.ts';

/** A run, as moves (see `Actors.code`), into a state that breaks a promise. */
export interface Catch {
  readonly moves: readonly number[];
  readonly violation: FoundViolation;
}

/** So many walks are worth their time where a search takes much longer. */
const mostWalks = 120;

/** How often the thread that runs has to make way for all others in a walk. */
const setbacks = 2;

/** Steps of a walk of which nothing is known yet. */
const usualLength = 100;

/**
 * Runs the program with random priorities of its threads, two of which are lowered on the way, until a crash somewhere breaks a
 * promise (probabilistic concurrency testing, Burckhardt and others 2010): most races need no more, and in a large scenario one is often
 * known long before a search comes to it. Always the same runs. Undefined when none met one, which proves nothing.
 */
export function hunt(program: Program, shouldStop: () => boolean = () => false): Catch | undefined {
  const actors = new Actors(program);
  const violations = new FoundViolations(program);
  const state: State = new Int32Array(program.layout.words);
  const priorities = new Float64Array(actors.count);
  const random = randomNumbers();
  let length = usualLength;
  for (let walk = 0; walk < mostWalks && !shouldStop(); walk++) {
    const moves: number[] = [];
    state.set(program.initial);
    for (let actor = 0; actor < actors.count; actor++) priorities[actor] = random();
    const turns = Array.from({ length: setbacks }, () => Math.floor(random() * length));
    for (let move = first(); move >= 0; move = first()) {
      const actor = actors.actorOf(move);
      if (turns.includes(moves.length)) {
        // Below all that were lowered before.
        priorities[actor] = -1 - moves.length;
        move = first();
      }
      actors.take(move, state);
      moves.push(move);
      if (violations.judge(state, 0, moves.length)) return { moves, violation: violations.all[0]! };
    }
    length = moves.length;
  }
  return undefined;

  /** A move that is ready of the thread that goes before all others; -1 when there is none. */
  function first(): number {
    let best = -1;
    for (let actor = 0; actor < actors.count; actor++) {
      if (best >= 0 && priorities[actor]! < priorities[actors.actorOf(best)]!) continue;
      const move = readyMove(actor);
      if (move >= 0) best = move;
    }
    return best;
  }

  /** One of the moves of a thread that can be taken, at random; -1 when there is none. */
  function readyMove(actor: number): number {
    const ready = actors.readyMoves(actor, state);
    return ready.length > 1 ? ready[Math.floor(random() * ready.length)]! : (ready[0] ?? -1);
  }
}
