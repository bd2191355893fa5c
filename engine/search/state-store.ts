import type { State } from '../state/layout.ts';

const chunkBits = 14;
const chunkStates = 1 << chunkBits;

/**
 * The distinct states of a search, numbered in the order in which they were added. Membership is
 * decided by comparing whole states; the hash only says where to look.
 */
export class StateStore {
  readonly #words: number;
  readonly #chunks: Int32Array[] = [];
  /** Open addressing, linear probing: number of a state plus 1, or 0 for a free slot. */
  #table = new Int32Array(1 << 12);
  #count = 0;

  constructor(words: number) {
    this.#words = words;
  }

  get count(): number {
    return this.#count;
  }

  /** Memory in use, in bytes. */
  get bytes(): number {
    return this.#chunks.length * chunkStates * this.#words * 4 + this.#table.byteLength;
  }

  /** Copies state number `index` into `target`. */
  read(index: number, target: State): void {
    const chunk = this.#chunks[index >>> chunkBits]!;
    const words = this.#words;
    const offset = (index & (chunkStates - 1)) * words;
    for (let i = 0; i < words; i++) target[i] = chunk[offset + i]!;
  }

  /**
   * Number of the state, which is added when it is new: then the number is the count before. -1 when it is new and
   * there are `capacity` states already.
   */
  add(state: State, capacity: number): number {
    const mask = this.#table.length - 1;
    let slot = hash(state) & mask;
    for (let entry = this.#table[slot]!; entry !== 0; entry = this.#table[slot]!) {
      if (this.#equals(entry - 1, state)) return entry - 1;
      slot = (slot + 1) & mask;
    }
    if (this.#count >= capacity) return -1;
    const index = this.#append(state);
    this.#table[slot] = index + 1;
    if (this.#count * 2 > this.#table.length) this.#grow();
    return index;
  }

  #append(state: State): number {
    const index = this.#count++;
    const inChunk = index & (chunkStates - 1);
    if (inChunk === 0) this.#chunks.push(new Int32Array(chunkStates * this.#words));
    this.#chunks[index >>> chunkBits]!.set(state, inChunk * this.#words);
    return index;
  }

  #equals(index: number, state: State): boolean {
    const chunk = this.#chunks[index >>> chunkBits]!;
    const words = this.#words;
    const offset = (index & (chunkStates - 1)) * words;
    for (let i = 0; i < words; i++) if (chunk[offset + i] !== state[i]) return false;
    return true;
  }

  #grow(): void {
    const table = new Int32Array(this.#table.length * 2);
    const mask = table.length - 1;
    const state = new Int32Array(this.#words);
    for (let index = 0; index < this.#count; index++) {
      this.read(index, state);
      let slot = hash(state) & mask;
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = index + 1;
    }
    this.#table = table;
  }
}

/** Mixes all words of a state (the finalizer of MurmurHash3 over a running sum). */
function hash(state: State): number {
  let sum = 0;
  for (let i = 0; i < state.length; i++) {
    sum = Math.imul(sum ^ state[i]!, 0xcc9e2d51);
    sum ^= sum >>> 15;
  }
  sum = Math.imul(sum, 0x85ebca6b);
  sum ^= sum >>> 13;
  sum = Math.imul(sum, 0xc2b2ae35);
  return sum ^ (sum >>> 16);
}
