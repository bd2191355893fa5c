import type { Program } from '../program.ts';
import { lowest } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import type { Thread } from '../thread.ts';
import type { BoundHit } from '../verdict.ts';
import { Actors } from './actors.ts';
import { EffectTracker } from './effects.ts';
import { estimateStates } from './estimate.ts';
import { type FoundViolation, FoundViolations } from './found-violations.ts';
import { longestRun } from './longest-run.ts';
import { StateGraph } from './state-graph.ts';
import { StateStore } from './state-store.ts';
import { type ExploreLimits, type SearchControl, Watch } from './watch.ts';

/** How many states are visited between two looks at the watch. */
const pollInterval = 1024;

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
  readonly #watch: Watch;
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
  /** How far from the start the search was when a bound was hit. */
  #stopped: number | undefined;
  #runLength: number | undefined;
  /** Steps that could run in the state being expanded, and whether they are only counted. */
  #moved = 0;
  #probing = false;

  /** `watch` is for searches that share one. */
  constructor(
    program: Program,
    limits: ExploreLimits,
    control: SearchControl = {},
    watch: Watch = new Watch(limits, control),
  ) {
    this.#program = program;
    this.#limits = limits;
    this.#control = control;
    this.#watch = watch;
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

  /** Memory that the states, their table and the edges take. */
  get bytes(): number {
    return this.#store.bytes + this.graph.bytes;
  }

  /** Every interleaving was looked at up to so many steps. */
  get depth(): number {
    return this.#stopped ?? this.#depthAtHand();
  }

  /** About how many states there are in all, as far as that can be told. */
  get estimate(): number | undefined {
    // Of those that are farther off not all may be known.
    const estimate = estimateStates(this.graph.levels.slice(0, this.depth + 1), () => {
      this.#runLength ??= longestRun(this.#program);
      return this.#runLength;
    });
    return estimate && Math.max(estimate, this.states);
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
      if (index % pollInterval === pollInterval - 1) this.#hit(this.#watch.look(this));
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
    if (this.#probing && this.#moved > 0) this.#hit({ kind: 'steps', limit: this.#limits.steps });
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
      this.graph.addState(depth, this.#index - 1);
      this.#control.noteState?.(state, index);
      if (depth > 0 && this.#isJudgedLike(state)) {
        if (this.graph.isLosing(this.#index - 1)) this.graph.markLosing(index);
      } else if (this.#violations.judge(state, index, depth)) {
        this.graph.markLosing(index);
        this.#stopAtFirst();
      }
    } else if (index < 0) this.#hit({ kind: 'states', limit: this.#limits.states });
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
    if (this.#control.untilFirstViolation) this.#hit({ kind: 'violation', limit: 1 });
  }

  /** Ends the search; at the bound of steps, states that are as far off as any are still looked at. */
  #hit(bound: BoundHit | undefined): void {
    if (bound === undefined || (this.bound !== undefined && this.bound.kind !== 'steps')) return;
    this.bound = bound;
    this.#stopped = this.#depthAtHand();
  }

  #depthAtHand(): number {
    return this.graph.depth(Math.max(0, this.#index - 1));
  }
}

/** Explores all that can be reached within the limits. */
export function explore(program: Program, limits: ExploreLimits, control: SearchControl = {}): Exploration {
  return new Exploration(program, limits, control).advance();
}
