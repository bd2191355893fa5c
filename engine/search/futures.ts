import type { Thread } from '../thread.ts';
import type { Case, Footprints } from './footprints.ts';

/** What condition bits can become, word by word: those that can be 0, then those that can be 1. */
export type Possible = Int32Array;

/** What a thread may still do: bits that it may read, may write as 0, and as 1, word by word, one after the other. */
export interface Future {
  readonly accesses: Int32Array;
  /** Which words it touches at all, see `touches`. */
  readonly words: number;
}

/** A set of words of a state, as bits: word number i is bit i modulo 32. */
export function touches(words: number, touched: (word: number) => boolean): number {
  let set = 0;
  for (let i = 0; i < words; i++) if (touched(i)) set |= 1 << i;
  return set;
}

/** What threads may do if certain conditions are possible; per thread, per position, by the gates that are closed. */
interface Outlook {
  readonly possible: Possible;
  readonly futures: ({ readonly closed: number; readonly future: Future }[] | undefined)[][];
}

/** More outlooks than that are not kept. */
const mostOutlooks = 20_000;

/** Steps that can be told to be held: any other might be passed. */
const mostGates = 12;

/**
 * What a thread may still read and write, from where it stands, by the footprints learned so far: the union over the steps
 * that it can come to without passing a closed gate, and of each step over the cases that are possible.
 */
export class Futures {
  /** Per thread, the positions of steps that others can hold. */
  readonly #gates: readonly (readonly number[])[];
  readonly #gatesFrom: (readonly number[] | undefined)[][];
  readonly #threads: readonly Thread[];
  readonly #footprints: Footprints;
  readonly #outlooks = new Map<number, Outlook[]>();
  #count = 0;
  #version = -1;
  /** The outlook in which every condition is possible. */
  #open: Outlook;
  #outlook: Outlook;

  constructor(threads: readonly Thread[], footprints: Footprints) {
    this.#threads = threads;
    this.#footprints = footprints;
    const gatesOf = ({ steps }: Thread) => steps.filter(({ step }) => step.heldBy !== undefined);
    this.#gates = threads.map((thread) => gatesOf(thread).map(({ position }) => position));
    this.#gatesFrom = threads.map(() => []);
    this.#open = this.#outlookOn(new Int32Array(2 * footprints.words).fill(-1));
    this.#outlook = this.#open;
  }

  /** From here on it is asked for what threads may do if these conditions are possible. */
  assume(possible: Possible): void {
    this.#keepUp();
    let hash = 0;
    for (let i = 0; i < possible.length; i++) hash = Math.imul(hash ^ possible[i]!, 0xcc9e2d51) ^ (hash >>> 15);
    const bucket = this.#outlooks.get(hash);
    const known = bucket?.find((outlook) => isSame(outlook.possible, possible));
    if (known !== undefined) {
      this.#outlook = known;
      return;
    }
    this.#count++;
    this.#outlook = this.#outlookOn(possible.slice());
    if (bucket === undefined) this.#outlooks.set(hash, [this.#outlook]);
    else bucket.push(this.#outlook);
  }

  /** From here on every condition is possible: this is always true, and needs no foresight. */
  assumeNothing(): void {
    this.#keepUp();
    this.#outlook = this.#open;
  }

  /** Positions of the steps that others can hold, from the operation at `position` on; as many as a set has room for. */
  gatesFrom(actor: number, position: number): readonly number[] {
    const known = this.#gatesFrom[actor]!;
    const { first } = this.#threads[actor]!.steps[position]!;
    known[position] ??= this.#gates[actor]!.filter((gate) => gate >= first).slice(0, mostGates);
    return known[position];
  }

  /** The future from `position` on; bit i of `closed` says that the i-th of `gatesFrom` there cannot be passed. */
  of(actor: number, position: number, closed: number): Future {
    const places = this.#outlook.futures[actor]!;
    const known = places[position];
    if (known !== undefined) {
      for (let i = 0; i < known.length; i++) if (known[i]!.closed === closed) return known[i]!.future;
    }
    const future = this.#collect(actor, position, closed);
    if (known === undefined) places[position] = [{ closed, future }];
    else known.push({ closed, future });
    return future;
  }

  #outlookOn(possible: Possible): Outlook {
    return { possible, futures: this.#threads.map(() => []) };
  }

  #keepUp(): void {
    if (this.#version === this.#footprints.version && this.#count <= mostOutlooks) return;
    this.#outlooks.clear();
    this.#open = this.#outlookOn(this.#open.possible);
    this.#count = 0;
    this.#version = this.#footprints.version;
  }

  #collect(actor: number, position: number, closed: number): Future {
    const { steps } = this.#threads[actor]!;
    const { words } = this.#footprints;
    const union = new Int32Array(3 * words);
    const seen = new Uint8Array(steps.length);
    const gates = this.gatesFrom(actor, position);
    const waiting = [position];
    for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
      if (place >= steps.length || seen[place] === 1) continue;
      seen[place] = 1;
      const { step, targets } = steps[place]!;
      if (step.when !== undefined || step.optional !== undefined) waiting.push(place + 1);
      this.#addCases(this.#footprints.attemptsAt(actor, place), union);
      const gate = gates.indexOf(place);
      if (gate >= 0 && (closed & (1 << gate)) !== 0) continue;
      this.#addCases(this.#footprints.casesAt(actor, place), union);
      waiting.push(...targets.values());
    }
    return {
      accesses: union,
      words: touches(words, (i) => (union[i]! | union[words + i]! | union[2 * words + i]!) !== 0),
    };
  }

  #addCases(cases: readonly Case[], union: Int32Array): void {
    const { possible } = this.#outlook;
    const { words } = this.#footprints;
    for (const { zeros, ones, accesses } of cases) {
      let impossible = 0;
      for (let i = 0; i < words; i++) impossible |= (zeros[i]! & ~possible[i]!) | (ones[i]! & ~possible[words + i]!);
      if (impossible === 0) for (let i = 0; i < union.length; i++) union[i]! |= accesses[i]!;
    }
  }
}

function isSame(a: Possible, b: Possible): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
