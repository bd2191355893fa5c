import type { AccessRecord, State } from '../state/layout.ts';
import type { Thread } from '../thread.ts';

/**
 * Runs of one step that found the same values in the condition bits (see `Frontier`) that they read: the union of what they read, and wrote as 0
 * and as 1, word by word, one after the other.
 */
export interface Case {
  /** Condition bits that were read as 0, and as 1. */
  readonly zeros: Int32Array;
  readonly ones: Int32Array;
  readonly accesses: Int32Array;
}

/**
 * What every step of every thread has been seen to read and to write, over all states in which it ran. Grows while a
 * search goes on; decisions that rest on it hold if it has not grown since.
 */
export class Footprints {
  readonly words: number;
  readonly #conditions: Int32Array;
  readonly #cases: readonly (readonly Case[][])[];
  readonly #attempts: readonly (readonly Case[][])[];
  /** Bits that were read to find out who holds a step: see `Step.heldBy`. */
  readonly holders: Int32Array;
  /** Bits that the judgement of a crash has been seen to read: steps that change them keep their order. */
  readonly judged: Int32Array;
  /** Counts the times that something new was learned. */
  version = 0;

  /** Cases are told apart by the `conditions` among the bits of a state. */
  constructor(threads: readonly Thread[], conditions: Int32Array) {
    this.words = conditions.length;
    this.#conditions = conditions;
    const perStep = () => threads.map(({ steps }) => steps.map((): Case[] => []));
    this.#cases = perStep();
    this.#attempts = perStep();
    this.holders = new Int32Array(this.words);
    this.judged = new Int32Array(this.words);
  }

  casesAt(actor: number, position: number): readonly Case[] {
    return this.#cases[actor]![position]!;
  }

  /** Looks at a step that did not run: it has read something, no more. */
  attemptsAt(actor: number, position: number): readonly Case[] {
    return this.#attempts[actor]![position]!;
  }

  /** The step at `position` of thread number `actor`, run on `before`, did what the record says; or it had to wait. */
  learn(actor: number, position: number, ran: boolean, record: AccessRecord, before: State): void {
    const { words } = this;
    const cases = (ran ? this.#cases : this.#attempts)[actor]![position]!;
    const { accesses } = this.#caseOf(cases, record, before);
    const { reads, zeros, ones } = record;
    let fresh = 0;
    for (let i = 0; i < words; i++) {
      fresh |=
        (reads[i]! & ~accesses[i]!) | (zeros[i]! & ~accesses[words + i]!) | (ones[i]! & ~accesses[2 * words + i]!);
    }
    if (fresh === 0) return;
    this.version++;
    for (let i = 0; i < words; i++) {
      accesses[i]! |= reads[i]!;
      accesses[words + i]! |= zeros[i]!;
      accesses[2 * words + i]! |= ones[i]!;
    }
  }

  /** Somebody has looked who holds a step. */
  learnHolders(record: AccessRecord): void {
    this.#learnReads(this.holders, record);
  }

  /** The judgement of a state has just been recorded. */
  learnJudgement(record: AccessRecord): void {
    this.#learnReads(this.judged, record);
  }

  #learnReads(known: Int32Array, { reads }: AccessRecord): void {
    let fresh = 0;
    for (let i = 0; i < this.words; i++) fresh |= reads[i]! & ~known[i]!;
    if (fresh === 0) return;
    this.version++;
    for (let i = 0; i < this.words; i++) known[i]! |= reads[i]!;
  }

  #caseOf(cases: Case[], record: AccessRecord, before: State): Case {
    for (let i = 0; i < cases.length; i++) {
      const known = cases[i]!;
      if (!this.#matches(known, record, before)) continue;
      // What a step found last it is likely to find again.
      if (i > 0) [cases[i - 1], cases[i]] = [known, cases[i - 1]!];
      return known;
    }
    const read = (value: (word: number) => number) =>
      Int32Array.from({ length: this.words }, (_, i) => record.reads[i]! & this.#conditions[i]! & value(i));
    const fresh = {
      zeros: read((i) => ~before[i]!),
      ones: read((i) => before[i]!),
      accesses: new Int32Array(3 * this.words),
    };
    cases.push(fresh);
    this.version++;
    return fresh;
  }

  #matches({ zeros, ones }: Case, record: AccessRecord, before: State): boolean {
    for (let i = 0; i < this.words; i++) {
      const read = record.reads[i]! & this.#conditions[i]!;
      if (ones[i] !== (read & before[i]!) || zeros[i] !== (read & ~before[i]!)) return false;
    }
    return true;
  }
}

/**
 * Footprints that searches of one scenario under several profiles hand on to each other. Those of another profile can only be
 * too large or too small: too large makes sets of threads larger than they need be; too small is found out, as ever.
 */
export class SharedFootprints {
  readonly #known = new Map<string, Footprints>();

  /** Those of a program with these threads. */
  of(threads: readonly Thread[], conditions: Int32Array): Footprints {
    const steps = threads.map((thread) => thread.steps.map(({ step }) => step.label ?? step.name).join());
    const key = `${conditions.join()} ${steps.join(';')}`;
    const footprints = this.#known.get(key) ?? new Footprints(threads, conditions);
    this.#known.set(key, footprints);
    return footprints;
  }
}
