import { NumberList } from './number-list.ts';

/** The lower bits are the number of a state. */
const losingBit = 1 << 31;

/**
 * What a search keeps besides the states themselves: who leads from which state to which, how far each
 * is from the start and by way of whom, and whether a crash there breaks a promise. States are added in breadth-first
 * order, the edges of one state after those of the state before.
 */
export class StateGraph {
  readonly #firstEdge = new NumberList();
  readonly #targets = new NumberList();
  readonly #moves = new NumberList();
  readonly #depths = new NumberList();
  /** From which state each was reached first, and whether a crash there breaks a promise. */
  readonly #origins = new NumberList();
  /** How many states there are at each depth. */
  readonly levels: number[] = [];

  get states(): number {
    return this.#depths.length;
  }

  get edges(): number {
    return this.#targets.length;
  }

  get bytes(): number {
    return [this.#firstEdge, this.#targets, this.#moves, this.#depths, this.#origins].reduce(
      (sum, list) => sum + list.bytes,
      0,
    );
  }

  /** `origin` is the state whose edge is the first to lead to it; of no matter for the initial state. */
  addState(depth: number, origin: number): void {
    this.#depths.push(depth);
    this.#origins.push(origin & ~losingBit);
    this.levels[depth] = (this.levels[depth] ?? 0) + 1;
  }

  /** Begins the edges of the next state; to be called once per state, in order. */
  beginEdges(): void {
    this.#firstEdge.push(this.#targets.length);
  }

  /** `move` says who leads to the target by which step: see `Actors.code`. */
  addEdge(move: number, target: number): void {
    this.#targets.push(target);
    this.#moves.push(move);
  }

  depth(state: number): number {
    return this.#depths.at(state);
  }

  /** The state from which it was reached first, one step nearer to the start. */
  origin(state: number): number {
    return this.#origins.at(state) & ~losingBit;
  }

  firstEdge(state: number): number {
    return state < this.#firstEdge.length ? this.#firstEdge.at(state) : this.#targets.length;
  }

  /** The edges of a state are those from `firstEdge` to before this. */
  endOfEdges(state: number): number {
    return this.firstEdge(state + 1);
  }

  target(edge: number): number {
    return this.#targets.at(edge);
  }

  move(edge: number): number {
    return this.#moves.at(edge);
  }

  markLosing(state: number): void {
    this.#origins.or(state, losingBit);
  }

  isLosing(state: number): boolean {
    return (this.#origins.at(state) & losingBit) !== 0;
  }
}
