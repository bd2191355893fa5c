import type { Program } from '../program.ts';
import { lowest } from '../state/bits.ts';
import type { AccessRecord, State } from '../state/layout.ts';
import type { Actors } from './actors.ts';
import { SharedFootprints } from './footprints.ts';
import { Frontier, type Move } from './frontier.ts';
import { type Future, Futures } from './futures.ts';
import { LiveBits } from './live-bits.ts';

/** Most threads that a set of them has room for. */
export const mostThreads = 31;

/**
 * Chooses, state by state, threads whose next steps are enough to be tried: a persistent set (Godefroid 1996). Whatever
 * the others do before one of them moves is independent of it, so that this thread could as well have moved first. See
 * docs/adr for why footprints that were learned are enough, if none was learned since.
 */
export class PersistentSets {
  readonly frontier: Frontier;
  readonly liveBits: LiveBits;
  readonly #futures: Futures;
  readonly #record: AccessRecord;
  /** What conditions can become, see `Possible`. */
  readonly #possible: Int32Array;

  constructor(program: Program, actors: Actors, record: AccessRecord, shared = new SharedFootprints()) {
    this.frontier = new Frontier(program, actors, record, shared);
    this.#futures = new Futures(this.frontier.threads, this.frontier.footprints);
    this.#record = record;
    this.#possible = new Int32Array(2 * program.layout.words);
    this.liveBits = new LiveBits(program, this.frontier, this.#futures);
  }

  /** Grows whenever sets that were chosen before might have to be larger. */
  get version(): number {
    return this.frontier.footprints.version;
  }

  /** The judgement of a state has just been recorded. */
  learnJudgement(): void {
    this.frontier.footprints.learnJudgement(this.#record);
  }

  /** A smallest set that was found, as bits by thread; 0 when no thread can move. Thread `first`, if any, is tried first. */
  choose(state: State, first: number): number {
    const { frontier } = this;
    frontier.enter(state);
    // Most often one thread alone will do, and it takes no foresight to see that.
    this.#futures.assumeNothing();
    const alone = this.#smallest(first, 2);
    if (alone !== 0) return alone;
    this.#foresee();
    return this.#smallest(first, frontier.threads.length + 1);
  }

  /** A smallest set of fewer than `most` threads that can move; 0 when none was found. */
  #smallest(first: number, most: number): number {
    const { frontier } = this;
    let best = 0;
    let least = most;
    for (let i = first < 0 ? 1 : 0; i <= frontier.threads.length && least > 1; i++) {
      const actor = i === 0 ? first : frontier.threads.length - i;
      if ((i > 0 && actor === first) || !frontier.isMovable(actor)) continue;
      const set = this.#close(actor, least);
      if (set === 0) continue;
      best = set;
      least = this.#countMovable(set);
    }
    return best;
  }

  #countMovable(set: number): number {
    let count = 0;
    for (let rest = set; rest !== 0; rest &= rest - 1) if (this.frontier.isMovable(lowest(rest))) count++;
    return count;
  }

  /** The persistent set that grows from one thread that can move; 0 when it would have `most` or more of these. */
  #close(seed: number, most: number): number {
    const { frontier } = this;
    let set = 1 << seed;
    let movable = 1;
    for (let todo = set; todo !== 0; ) {
      const actor = lowest(todo);
      todo &= todo - 1;
      const moves = frontier.countMoves(actor);
      for (let i = 0; i < moves; i++) {
        const move = frontier.move(actor, i);
        for (let other = 0; other < frontier.threads.length; other++) {
          if ((set & (1 << other)) !== 0 || !this.#matters(move, other, set)) continue;
          if (frontier.isMovable(other) && ++movable >= most) return 0;
          set |= 1 << other;
          todo |= 1 << other;
        }
      }
    }
    return set;
  }

  /**
   * Does it matter whether a thread outside of the set goes on before or after a move of the set? Where that has to wait: may
   * the thread change what it waits for? The thread is there, or may come to be while the set stands still.
   */
  #matters(move: Move, other: number, set: number): boolean {
    const standing = this.frontier.standing(other);
    if (standing === 'finished' || !this.#disturbs(move, this.#future(other))) return false;
    // To find out who holds it back is dear, and most often not needed.
    const held = this.#heldFuture(other, set);
    if (held !== undefined && !this.#disturbs(move, held)) return false;
    return standing === 'going on' || this.#canBeBorn(other, set);
  }

  #disturbs(move: Move, future: Future): boolean {
    return move.ready ? this.#conflicts(move, future) : this.#changes(move.reads, future);
  }

  #canBeBorn(completion: number, set: number): boolean {
    const { frontier } = this;
    frontier.countMoves(completion);
    const { reads } = frontier.move(completion, 0);
    for (let other = 0; other < frontier.threads.length; other++) {
      if ((set & (1 << other)) !== 0 || frontier.standing(other) !== 'going on') continue;
      if (this.#changes(reads, this.#heldFuture(other, set) ?? this.#future(other))) return true;
    }
    return false;
  }

  /** What can become of the conditions by all that the threads may do. */
  #foresee(): void {
    const { state, conditions } = this.frontier;
    const possible = this.#possible;
    const words = state.length;
    for (let i = 0; i < words; i++) {
      possible[i] = conditions[i]! & ~state[i]!;
      possible[words + i] = conditions[i]! & state[i]!;
    }
    do this.#futures.assume(possible);
    while (this.#spread());
  }

  /** One round of `foresee`; true when something became possible. */
  #spread(): boolean {
    const { frontier } = this;
    const { conditions } = frontier;
    const possible = this.#possible;
    const words = conditions.length;
    let grown = 0;
    for (let actor = 0; actor < frontier.threads.length; actor++) {
      if (frontier.standing(actor) === 'finished' || !frontier.isThere(actor, possible, words)) continue;
      const { accesses } = this.#future(actor);
      for (let i = 0; i < words; i++) {
        const zeros = accesses[words + i]! & conditions[i]! & ~possible[i]!;
        const ones = accesses[2 * words + i]! & conditions[i]! & ~possible[words + i]!;
        grown |= zeros | ones;
        possible[i]! |= zeros;
        possible[words + i]! |= ones;
      }
    }
    return grown !== 0;
  }

  /** What a thread may still do. */
  #future(actor: number): Future {
    return this.#futures.of(actor, this.frontier.position(actor), 0);
  }

  /** The same while the threads of the set stand still, where they hold it back; undefined where they do not. */
  #heldFuture(actor: number, set: number): Future | undefined {
    const { frontier } = this;
    const position = frontier.position(actor);
    const gates = this.#futures.gatesFrom(actor, position);
    let closed = 0;
    for (let i = 0; i < gates.length; i++) {
      if ((frontier.holders(actor, gates[i]!) & set) !== 0) closed |= 1 << i;
    }
    return closed === 0 ? undefined : this.#futures.of(actor, position, closed);
  }

  #conflicts(move: Move, future: Future): boolean {
    const { state } = this.frontier;
    const words = state.length;
    const { accesses } = future;
    for (let both = move.words & future.words; both !== 0; both &= both - 1) {
      for (let i = lowest(both); i < words; i += 32) {
        const now = state[i]!;
        const zeros = accesses[words + i]!;
        const ones = accesses[2 * words + i]!;
        const clash =
          (move.reads[i]! & ((now & zeros) | (~now & ones))) |
          ((now ^ move.successor[i]!) & accesses[i]!) |
          (move.zeros[i]! & ones) |
          (move.ones[i]! & zeros);
        if (clash !== 0) return true;
      }
    }
    return this.#changesJudged(move) && this.#changes(this.frontier.footprints.judged, future);
  }

  #changesJudged({ successor }: Move): boolean {
    const { state, footprints } = this.frontier;
    for (let i = 0; i < state.length; i++) {
      if (((state[i]! ^ successor[i]!) & footprints.judged[i]!) !== 0) return true;
    }
    return false;
  }

  /** Can one of the bits become another one than it is? */
  #changes(bits: Int32Array, { accesses }: Future): boolean {
    const { state } = this.frontier;
    const words = state.length;
    for (let i = 0; i < words; i++) {
      const now = state[i]!;
      if ((bits[i]! & ((now & accesses[words + i]!) | (~now & accesses[2 * words + i]!))) !== 0) return true;
    }
    return false;
  }
}
