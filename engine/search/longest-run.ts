import type { Program } from '../program.ts';
import { Actors } from './actors.ts';
import { randomNumbers } from './hunt.ts';

/** The lengths of runs differ little: a few of them are enough. */
const runs = 10;

/** Steps of the longest of a few runs of the program, each step of which is a random one. Always the same runs. */
export function longestRun(program: Program): number {
  const actors = new Actors(program);
  const random = randomNumbers();
  const state = new Int32Array(program.layout.words);
  let longest = 0;
  for (let run = 0; run < runs; run++) {
    state.set(program.initial);
    let length = 0;
    for (let ready = allReady(); ready.length > 0; ready = allReady()) {
      actors.take(ready[Math.floor(random() * ready.length)]!, state);
      length++;
    }
    longest = Math.max(longest, length);
  }
  return longest;

  function allReady(): number[] {
    return Array.from({ length: actors.count }, (_, actor) => actors.readyMoves(actor, state)).flat();
  }
}
