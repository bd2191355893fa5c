import type { Thread } from '../thread.ts';
import type { Case, Footprints } from './footprints.ts';

/** What condition bits can become, word by word: those that can be 0, then those that can be 1. */
export type Possible = Int32Array;

/** What threads may do if certain conditions are possible; per thread, per position, by the gates that are closed. */
interface Outlook {
  readonly possible: Possible;
  readonly accesses: ({ readonly closed: number; readonly accesses: Int32Array }[] | undefined)[][];
}

/** More outlooks than that are not kept. */
const mostOutlooks = 20_000;

/**
 * What a thread may still read and write, from where it stands, by the footprints learned so far: the union over the steps
 * that it can come to without passing a closed gate, and of each step over the cases that are possible.
 */
export class Futures {
  /** Per thread, the positions that others can hold. */
  readonly gates: readonly (readonly number[])[];
  readonly #threads: readonly Thread[];
  readonly #footprints: Footprints;
  readonly #outlooks = new Map<number, Outlook[]>();
  #count = 0;
  #version = -1;
  #outlook: Outlook;

  constructor(threads: readonly Thread[], footprints: Footprints) {
    this.#threads = threads;
    this.#footprints = footprints;
    const gatesOf = ({ steps }: Thread) => steps.filter(({ step }) => step.heldBy !== undefined);
    this.gates = threads.map((thread) => gatesOf(thread).map(({ position }) => position));
    this.#outlook = { possible: new Int32Array(0), accesses: [] };
  }

  /** From here on it is asked for what threads may do if these conditions are possible. */
  assume(possible: Possible): void {
    if (this.#version !== this.#footprints.version || this.#count > mostOutlooks) this.#forget();
    let hash = 0;
    for (let i = 0; i < possible.length; i++) hash = Math.imul(hash ^ possible[i]!, 0xcc9e2d51) ^ (hash >>> 15);
    const bucket = this.#outlooks.get(hash);
    const known = bucket?.find((outlook) => isSame(outlook.possible, possible));
    if (known !== undefined) {
      this.#outlook = known;
      return;
    }
    this.#count++;
    this.#outlook = { possible: possible.slice(), accesses: this.#threads.map(() => []) };
    if (bucket === undefined) this.#outlooks.set(hash, [this.#outlook]);
    else bucket.push(this.#outlook);
  }

  /** The accesses (see `Case`) from `position` on; bit i of `closed` says that gate number i cannot be passed. */
  of(actor: number, position: number, closed: number): Int32Array {
    const places = this.#outlook.accesses[actor]!;
    const known = places[position];
    if (known !== undefined) {
      for (let i = 0; i < known.length; i++) if (known[i]!.closed === closed) return known[i]!.accesses;
    }
    const accesses = this.#collect(actor, position, closed);
    if (known === undefined) places[position] = [{ closed, accesses }];
    else known.push({ closed, accesses });
    return accesses;
  }

  #forget(): void {
    this.#outlooks.clear();
    this.#count = 0;
    this.#version = this.#footprints.version;
  }

  #collect(actor: number, position: number, closed: number): Int32Array {
    const { steps } = this.#threads[actor]!;
    const union = new Int32Array(3 * this.#footprints.words);
    const seen = new Uint8Array(steps.length);
    const waiting = [position];
    for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
      if (place >= steps.length || seen[place] === 1) continue;
      seen[place] = 1;
      const { step, targets } = steps[place]!;
      if (step.when !== undefined || step.optional !== undefined) waiting.push(place + 1);
      this.#addCases(this.#footprints.attemptsAt(actor, place), union);
      const gate = this.gates[actor]!.indexOf(place);
      if (gate >= 0 && (closed & (1 << gate)) !== 0) continue;
      this.#addCases(this.#footprints.casesAt(actor, place), union);
      waiting.push(...targets.values());
    }
    return union;
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
