import type { Program } from '../program.ts';
import { lowest } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import type { Thread } from '../thread.ts';
import type { BoundHit } from '../verdict.ts';
import { Actors } from './actors.ts';
import { EffectTracker } from './effects.ts';
import { type FoundViolation, FoundViolations } from './found-violations.ts';
import { StateGraph } from './state-graph.ts';
import { StateStore } from './state-store.ts';

/** Limits of a search that are in force; see `SearchBounds` for what an author may set. */
export interface ExploreLimits {
  readonly states: number;
  readonly steps: number;
  /** Bytes of states and edges. */
  readonly memory: number;
}

/** Ways to watch a search and to end it. */
export interface SearchControl {
  /** Polled every few thousand states. */
  readonly shouldStop?: (() => boolean) | undefined;
  readonly progress?: ((states: number, transitions: number) => void) | undefined;
  /** End the search at the first broken promise or deadlock: enough to know that a fix does not work. */
  readonly untilFirstViolation?: boolean | undefined;
  /** Told each state when it is reached first, with its number; the state is only lent. */
  readonly noteState?: ((state: State, index: number) => void) | undefined;
  /** Told each step that a thread (by its number as an actor) takes, as often as it does; the states are only lent. */
  readonly noteStep?: ((actor: number, position: number, before: State, after: State) => void) | undefined;
}

/** How many states are visited between two looks at `SearchControl`. */
const pollInterval = 4096;

/**
 * Visits every state that some interleaving of the program's threads reaches, breadth first, so that
 * the first state of a kind is a nearest one. A crash is judged in each. States are not expanded once a
 * bound is hit.
 */
export class Exploration {
  readonly graph = new StateGraph();
  readonly actors: Actors;
  readonly effects: EffectTracker;
  /** First state, if any, in which a task waits for ever. */
  deadlock: number | undefined;
  bound: BoundHit | undefined;
  readonly #program: Program;
  readonly #limits: ExploreLimits;
  readonly #control: SearchControl;
  readonly #store: StateStore;
  readonly #violations: FoundViolations;
  /** Bits on which the judgement of a crash depends. */
  readonly #judged: Int32Array;
  readonly #current: State;
  readonly #next: State;
  /** The states before this one are expanded. */
  #index = 0;
  /** How far the state being expanded is from the start. */
  #depth = 0;
  /** Steps that could run in the state being expanded, and whether they are only counted. */
  #moved = 0;
  #probing = false;

  constructor(program: Program, limits: ExploreLimits, control: SearchControl = {}) {
    this.#program = program;
    this.#limits = limits;
    this.#control = control;
    this.actors = new Actors(program);
    this.effects = new EffectTracker(program);
    this.#store = new StateStore(program.layout.words);
    this.#violations = new FoundViolations(program);
    this.#judged = program.layout.bitsOf('judged');
    this.#current = new Int32Array(program.layout.words);
    this.#next = new Int32Array(program.layout.words);
    this.#reach(program.initial, 0);
  }

  get found(): readonly FoundViolation[] {
    return this.#violations.all;
  }

  get states(): number {
    return this.graph.states;
  }

  get transitions(): number {
    return this.graph.edges;
  }

  /** Every state is expanded, or will not be since a bound was hit. */
  get isOver(): boolean {
    return this.#index === this.#store.count;
  }

  /** Goes on until the search is over, or there are at least `pause` states. */
  advance(pause = Number.POSITIVE_INFINITY): this {
    while (!this.isOver && this.#store.count < pause) {
      const index = this.#index++;
      this.graph.beginEdges();
      if (index % pollInterval === pollInterval - 1) this.#poll();
      if (this.bound !== undefined && this.bound.kind !== 'steps') continue;
      this.#store.read(index, this.#current);
      this.#depth = this.graph.depth(index);
      this.#expand(index);
    }
    return this;
  }

  #expand(index: number): void {
    const { tasks, machine, completions } = this.#program;
    this.#probing = this.#depth >= this.#limits.steps;
    this.#moved = 0;
    let unfinished = false;
    for (let task = 0; task < tasks.length; task++) {
      if (this.#tryStep(tasks[task]!, task)) unfinished = true;
    }
    for (const inode of machine.inodes) {
      const threads = completions[inode.index]!;
      for (let rest = inode.orderedExtents.starts.get(this.#current); rest !== 0; rest &= rest - 1) {
        const start = lowest(rest);
        this.#tryStep(threads[start]!, this.actors.ofCompletion(inode.index, start));
      }
    }
    if (this.#probing && this.#moved > 0) this.bound ??= { kind: 'steps', limit: this.#limits.steps };
    if (this.#moved === 0 && unfinished) {
      this.deadlock ??= index;
      this.#stopAtFirst();
    }
  }

  /** Takes each step that may come next in the thread, where it can. False when the thread has none left. */
  #tryStep(thread: Thread, actor: number): boolean {
    let position = thread.next(this.#current);
    if (position >= thread.steps.length) return false;
    for (let choice = 0; position >= 0; choice++) {
      if (thread.isReady(this.#current, position)) {
        this.#moved++;
        if (!this.#probing) this.#take(thread, position, this.actors.code(actor, choice));
      }
      position = thread.without(this.#current, position);
    }
    return true;
  }

  #take(thread: Thread, position: number, code: number): void {
    const next = this.#next;
    next.set(this.#current);
    thread.take(next, position);
    this.effects.note(this.actors.actorOf(code), thread.steps[position]!, this.#current, next);
    this.#control.noteStep?.(this.actors.actorOf(code), position, this.#current, next);
    const target = this.#reach(next, this.#depth + 1);
    if (target >= 0) this.graph.addEdge(code, target);
  }

  /** Number of the state, which is the initial one or follows the one being expanded; -1 when it is a new one beyond the bound. */
  #reach(state: State, depth: number): number {
    const before = this.#store.count;
    const index = this.#store.add(state, this.#limits.states);
    if (index === before) {
      this.graph.addState(depth);
      this.#control.noteState?.(state, index);
      if (depth > 0 && this.#isJudgedLike(state)) {
        if (this.graph.isLosing(this.#index - 1)) this.graph.markLosing(index);
      } else if (this.#violations.judge(state, index, depth)) {
        this.graph.markLosing(index);
        this.#stopAtFirst();
      }
    } else if (index < 0) this.bound ??= { kind: 'states', limit: this.#limits.states };
    return index;
  }

  /** A crash in the state loses what one in the state being expanded does, which is nearer to the start. */
  #isJudgedLike(state: State): boolean {
    for (let i = 0; i < state.length; i++) {
      if (((state[i]! ^ this.#current[i]!) & this.#judged[i]!) !== 0) return false;
    }
    return true;
  }

  #stopAtFirst(): void {
    if (this.#control.untilFirstViolation) this.bound ??= { kind: 'violation', limit: 1 };
  }

  #poll(): void {
    this.#control.progress?.(this.graph.states, this.graph.edges);
    if (this.#control.shouldStop?.()) this.bound ??= { kind: 'cancelled', limit: 0 };
    if (this.#store.bytes + this.graph.bytes > this.#limits.memory) {
      this.bound ??= { kind: 'memory', limit: this.#limits.memory };
    }
  }
}

/** Explores all that can be reached within the limits. */
export function explore(program: Program, limits: ExploreLimits, control: SearchControl = {}): Exploration {
  return new Exploration(program, limits, control).advance();
}
