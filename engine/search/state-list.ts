import type { State } from '../state/layout.ts';

const chunkBits = 14;
const chunkStates = 1 << chunkBits;

/** States of one layout, numbered in the order in which they were added. */
export class StateList {
  count = 0;
  readonly #words: number;
  readonly #chunks: Int32Array[] = [];

  constructor(words: number) {
    this.#words = words;
  }

  /** Memory in use, in bytes. */
  get bytes(): number {
    return this.#chunks.length * chunkStates * this.#words * 4;
  }

  /** Adds a copy of the state and returns its number. */
  push(state: State): number {
    const index = this.count++;
    const inChunk = index & (chunkStates - 1);
    if (inChunk === 0) this.#chunks.push(new Int32Array(chunkStates * this.#words));
    this.#chunks[index >>> chunkBits]!.set(state, inChunk * this.#words);
    return index;
  }

  /** Copies state number `index` into `target`. */
  read(index: number, target: State): void {
    const chunk = this.#chunks[index >>> chunkBits]!;
    const words = this.#words;
    const offset = (index & (chunkStates - 1)) * words;
    for (let i = 0; i < words; i++) target[i] = chunk[offset + i]!;
  }

  equals(index: number, state: State): boolean {
    const chunk = this.#chunks[index >>> chunkBits]!;
    const words = this.#words;
    const offset = (index & (chunkStates - 1)) * words;
    for (let i = 0; i < words; i++) if (chunk[offset + i] !== state[i]) return false;
    return true;
  }
}
