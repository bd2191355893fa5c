import type { State } from '../state/layout.ts';
import type { PlacedStep, Thread } from '../thread.ts';
import type { StepCoverage } from './coverage.ts';

/** What one thread has been seen to do. */
export class ThreadRecord {
  readonly #thread: Thread;
  /** One each per position. */
  readonly #taken: Uint8Array;
  readonly #skipped: Uint8Array;
  readonly #leftOut: Uint8Array;
  readonly #waited: Uint8Array;
  /** Per position, where it went on at. */
  readonly #landings: readonly Set<number>[];

  constructor(thread: Thread) {
    const count = thread.steps.length;
    this.#thread = thread;
    this.#taken = new Uint8Array(count);
    this.#skipped = new Uint8Array(count);
    this.#leftOut = new Uint8Array(count);
    this.#waited = new Uint8Array(count);
    this.#landings = thread.steps.map(() => new Set());
  }

  /** The thread has taken the step at `position`. What it passed by on the way there tells the state before. */
  noteStep(position: number, before: State, after: State): void {
    const { steps } = this.#thread;
    for (let at = this.#thread.at(before); at < position; at++) {
      const { when } = steps[at]!.step;
      const hadNothingToDo = when !== undefined && !when(before);
      (hadNothingToDo ? this.#skipped : this.#leftOut)[at] = 1;
    }
    this.#taken[position] = 1;
    const { targets, next } = steps[position]!;
    const at = this.#thread.at(after);
    // A completion that has ended stands at its beginning again.
    this.#landings[position]!.add([...targets.values()].includes(at) ? at : next);
  }

  /** The thread is there in this state: which of the steps that may come next have to wait? */
  noteWaiting(state: State): void {
    const { steps } = this.#thread;
    for (let at = this.#thread.next(state); at >= 0 && at < steps.length; at = this.#thread.without(state, at)) {
      const { ready } = steps[at]!.step;
      if (this.#waited[at] === 0 && ready !== undefined && !ready(state)) this.#waited[at] = 1;
    }
  }

  /** Did an operation, which is at these positions, take its last step? */
  hasEnded(first: number, next: number): boolean {
    return this.#landings.slice(first, next).some((landings) => landings.has(next));
  }

  /** The steps at these positions; all of them by default. */
  steps(first = 0, next = this.#thread.steps.length): StepCoverage[] {
    return this.#thread.steps.slice(first, next).map((placed) => this.#step(placed));
  }

  #step({ step, position, targets }: PlacedStep): StepCoverage {
    const { name, label = name, does, when, optional, ready } = step;
    const landings = this.#landings[position]!;
    const isBranch = new Set(targets.values()).size > 1;
    return {
      name,
      label,
      does,
      taken: this.#taken[position] === 1,
      skipped: when === undefined ? null : this.#skipped[position] === 1,
      leftOut: optional === undefined ? null : this.#leftOut[position] === 1,
      waited: ready === undefined ? null : this.#waited[position] === 1,
      targets: isBranch ? [...targets].map(([target, at]) => ({ label: target, taken: landings.has(at) })) : [],
    };
  }
}
