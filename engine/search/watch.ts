import type { State } from '../state/layout.ts';
import type { BoundHit } from '../verdict.ts';

/** Limits of a search that are in force; see `SearchBounds` for what an author may set. */
export interface ExploreLimits {
  readonly states: number;
  readonly steps: number;
  /** Bytes of states and edges. */
  readonly memory: number;
  /** Without one, and without a clock (`SearchControl.now`), a search takes as long as it takes. */
  readonly milliseconds?: number | undefined;
}

/** Ways to watch a search and to end it. */
export interface SearchControl {
  /** Polled many times a second. */
  readonly shouldStop?: (() => boolean) | undefined;
  /** Told as often how far the search is, and about how many states there are in all, as far as that can be told. */
  readonly progress?: ((states: number, transitions: number, estimate: number | undefined) => void) | undefined;
  /** A clock in milliseconds; only differences count. */
  readonly now?: (() => number) | undefined;
  /** End the search at the first broken promise or deadlock: enough to know that a fix does not work. */
  readonly untilFirstViolation?: boolean | undefined;
  /** Told each state when it is reached first, with its number; the state is only lent. */
  readonly noteState?: ((state: State, index: number) => void) | undefined;
  /** Told each step that a thread (by its number as an actor) takes, as often as it does; the states are only lent. */
  readonly noteStep?: ((actor: number, position: number, before: State, after: State) => void) | undefined;
}

/** How far a search is. */
interface SearchProgress {
  readonly states: number;
  readonly transitions: number;
  /** Memory that its states, their table and its edges take. */
  readonly bytes: number;
  /** About how many states there are in all. */
  readonly estimate: number | undefined;
}

/**
 * Watches the searches that lead to one verdict: tells how far they are, and finds out when they have to end. They share the
 * time, which runs from here on, and the memory.
 */
export class Watch {
  /** Bytes that searches before the one under way keep. */
  held = 0;
  readonly #limits: ExploreLimits;
  readonly #control: SearchControl;
  /** By the clock; undefined where time is no limit. */
  readonly #end: number | undefined;

  constructor(limits: ExploreLimits, control: SearchControl) {
    this.#limits = limits;
    this.#control = control;
    if (limits.milliseconds !== undefined && control.now !== undefined) {
      this.#end = control.now() + limits.milliseconds;
    }
  }

  /** To be called many times a second. Returns the bound that was hit. */
  look(search: SearchProgress): BoundHit | undefined {
    const { memory, milliseconds = 0 } = this.#limits;
    this.#control.progress?.(search.states, search.transitions, search.estimate);
    if (this.#control.shouldStop?.()) return { kind: 'cancelled', limit: 0 };
    if (this.#isLate()) return { kind: 'time', limit: milliseconds };
    return this.held + search.bytes > memory ? { kind: 'memory', limit: memory } : undefined;
  }

  /** The search was cancelled, or its time is over. */
  readonly shouldStop = (): boolean => this.#control.shouldStop?.() === true || this.#isLate();

  #isLate(): boolean {
    return this.#end !== undefined && this.#control.now!() >= this.#end;
  }
}
