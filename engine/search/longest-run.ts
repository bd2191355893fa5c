import type { Program } from '../program.ts';
import { Actors } from './actors.ts';
import { randomNumbers } from './random-numbers.ts';

/** The lengths of runs differ little: a few of them are enough. */
const runs = 10;

/** Steps of the longest of a few runs of the program, in which whose turn it is is random. Always the same runs. */
export function longestRun(program: Program): number {
  const actors = new Actors(program);
  const random = randomNumbers();
  const state = new Int32Array(program.layout.words);
  let longest = 0;
  for (let run = 0; run < runs; run++) {
    state.set(program.initial);
    let length = 0;
    while (takeStep()) length++;
    longest = Math.max(longest, length);
  }
  return longest;

  /** Of a random thread, or of the next one that need not wait; false when there is none. */
  function takeStep(): boolean {
    const first = Math.floor(random() * actors.count);
    for (let i = 0; i < actors.count; i++) {
      const ready = actors.readyMoves((first + i) % actors.count, state);
      if (ready.length === 0) continue;
      actors.take(ready[Math.floor(random() * ready.length)]!, state);
      return true;
    }
    return false;
  }
}
