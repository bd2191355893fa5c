import type { State } from '../state/layout.ts';
import { StateList } from './state-list.ts';

/** Slots of a shard: few enough that to split one is no pause that anybody notices. */
const shardSlots = 1 << 12;
const slotMask = shardSlots - 1;
const mostInShard = shardSlots * 0.6;

/** A part of the table: the states whose hashes begin with the same `depth` bits. Open addressing, linear probing. */
interface Shard {
  readonly depth: number;
  /** Per slot the number of a state plus 1, or 0 for none, and its hash. */
  readonly slots: Int32Array;
  count: number;
}

/**
 * The distinct states of a search, numbered in the order in which they were added. Membership is
 * decided by comparing whole states; the hash only says where to look.
 *
 * The table grows by one small shard at a time (extendible hashing, Fagin 1979), so that no state waits for all others to
 * be moved.
 */
export class StateStore {
  readonly #states: StateList;
  /** By the first bits of a hash, as many as make up an index; a shard of less depth is there more than once. */
  #directory: Shard[] = [emptyShard(0)];
  /** Bits of a hash that are not part of an index to the directory. */
  #shift = 32;
  #shards = 1;

  constructor(words: number) {
    this.#states = new StateList(words);
  }

  get count(): number {
    return this.#states.count;
  }

  /** Memory in use, in bytes. */
  get bytes(): number {
    return this.#states.bytes + this.#shards * shardSlots * 8;
  }

  /** Copies state number `index` into `target`. */
  read(index: number, target: State): void {
    this.#states.read(index, target);
  }

  /**
   * Number of the state, which is added when it is new: then the number is the count before. -1 when it is new and
   * there are `capacity` states already.
   */
  add(state: State, capacity: number): number {
    const code = hash(state);
    const shard = this.#directory[this.#shift === 32 ? 0 : code >>> this.#shift]!;
    const { slots } = shard;
    let slot = code & slotMask;
    for (let entry = slots[2 * slot]!; entry !== 0; entry = slots[2 * slot]!) {
      if (slots[2 * slot + 1] === code && this.#states.equals(entry - 1, state)) return entry - 1;
      slot = (slot + 1) & slotMask;
    }
    if (this.#states.count >= capacity) return -1;
    const index = this.#states.push(state);
    slots[2 * slot] = index + 1;
    slots[2 * slot + 1] = code;
    if (++shard.count > mostInShard) this.#split(shard, code);
    return index;
  }

  /** Puts two shards, told apart by one more bit of the hash, in the place of one, in which `code` is. */
  #split({ depth, slots }: Shard, code: number): void {
    if (depth === 32 - this.#shift) {
      this.#directory = this.#directory.flatMap((shard) => [shard, shard]);
      this.#shift--;
    }
    const halves = [emptyShard(depth + 1), emptyShard(depth + 1)] as const;
    for (let slot = 0; slot < shardSlots; slot++) {
      const [entry, itsCode] = [slots[2 * slot]!, slots[2 * slot + 1]!];
      if (entry !== 0) insert(halves[(itsCode >>> (31 - depth)) & 1]!, entry, itsCode);
    }
    const copies = 1 << (32 - this.#shift - depth);
    const first = (depth === 0 ? 0 : code >>> (32 - depth)) * copies;
    for (let i = 0; i < copies; i++) this.#directory[first + i] = halves[i < copies / 2 ? 0 : 1];
    this.#shards++;
  }
}

function emptyShard(depth: number): Shard {
  return { depth, slots: new Int32Array(2 * shardSlots), count: 0 };
}

function insert(shard: Shard, entry: number, code: number): void {
  const { slots } = shard;
  let slot = code & slotMask;
  while (slots[2 * slot] !== 0) slot = (slot + 1) & slotMask;
  slots[2 * slot] = entry;
  slots[2 * slot + 1] = code;
  shard.count++;
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
