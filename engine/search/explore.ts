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
}

/** Everything a search learned; states are referred to by number. */
export interface Exploration {
  readonly graph: StateGraph;
  readonly actors: Actors;
  readonly found: readonly FoundViolation[];
  /** First state, if any, in which a task waits for ever. */
  readonly deadlock: number | undefined;
  readonly bound: BoundHit | undefined;
  readonly effects: EffectTracker;
}

const pollInterval = 4096;

/**
 * Visits every state that some interleaving of the program's threads reaches, breadth first, so that
 * the first state of a kind is a nearest one. A crash is judged in each. States are not expanded once a
 * bound is hit.
 */
export function explore(program: Program, limits: ExploreLimits, control: SearchControl = {}): Exploration {
  const store = new StateStore(program.layout.words);
  const graph = new StateGraph();
  const actors = new Actors(program);
  const effects = new EffectTracker(program);
  const violations = new FoundViolations(program);
  const current: State = new Int32Array(program.layout.words);
  const next: State = new Int32Array(program.layout.words);
  let deadlock: number | undefined;
  let bound: BoundHit | undefined;
  /** Steps that could run in the state being expanded, and whether they are only counted. */
  let moved = 0;
  let probing = false;

  reach(program.initial, 0);
  for (let index = 0; index < store.count; index++) {
    graph.beginEdges();
    if (index % pollInterval === pollInterval - 1) poll();
    if (bound !== undefined && bound.kind !== 'steps') continue;
    store.read(index, current);
    expand(graph.depth(index), index);
  }
  return { graph, actors, found: violations.all, deadlock, bound, effects };

  function expand(depth: number, index: number): void {
    probing = depth >= limits.steps;
    moved = 0;
    let unfinished = false;
    for (let task = 0; task < program.tasks.length; task++) {
      if (tryStep(program.tasks[task]!, task, depth)) unfinished = true;
    }
    for (const inode of program.machine.inodes) {
      const threads = program.completions[inode.index]!;
      for (let rest = inode.orderedExtents.starts.get(current); rest !== 0; rest &= rest - 1) {
        const start = lowest(rest);
        tryStep(threads[start]!, actors.ofCompletion(inode.index, start), depth);
      }
    }
    if (probing && moved > 0) bound ??= { kind: 'steps', limit: limits.steps };
    if (moved === 0 && unfinished) {
      deadlock ??= index;
      stopAtFirst();
    }
  }

  /** Takes the thread's next step where it can. False when the thread has none left. */
  function tryStep(thread: Thread, actor: number, depth: number): boolean {
    const position = thread.next(current);
    if (position >= thread.steps.length) return false;
    if (!thread.isReady(current, position)) return true;
    moved++;
    if (probing) return true;
    next.set(current);
    thread.take(next, position);
    effects.note(actor, thread.steps[position]!, current, next);
    const target = reach(next, depth + 1);
    if (target >= 0) graph.addEdge(actor, target);
    return true;
  }

  /** Number of the state; -1 when it is a new one beyond the bound. */
  function reach(state: State, depth: number): number {
    const before = store.count;
    const index = store.add(state, limits.states);
    if (index === before) {
      graph.addState(depth);
      if (violations.judge(state, index, depth)) {
        graph.markLosing(index);
        stopAtFirst();
      }
    } else if (index < 0) bound ??= { kind: 'states', limit: limits.states };
    return index;
  }

  function stopAtFirst(): void {
    if (control.untilFirstViolation) bound ??= { kind: 'violation', limit: 1 };
  }

  function poll(): void {
    control.progress?.(graph.states, graph.edges);
    if (control.shouldStop?.()) bound ??= { kind: 'cancelled', limit: 0 };
    if (store.bytes + graph.bytes > limits.memory) bound ??= { kind: 'memory', limit: limits.memory };
  }
}
