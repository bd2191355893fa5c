import { NumberList } from './number-list.ts';

const losingBit = 2;

/**
 * What a search keeps besides the states themselves: who leads from which state to which, how far each
 * is from the start, and whether a crash there breaks a promise. States are added in breadth-first
 * order, the edges of one state after those of the state before.
 */
export class StateGraph {
  readonly #firstEdge = new NumberList();
  readonly #targets = new NumberList();
  readonly #moves = new NumberList();
  readonly #depths = new NumberList();
  readonly #flags = new NumberList();

  get states(): number {
    return this.#depths.length;
  }

  get edges(): number {
    return this.#targets.length;
  }

  get bytes(): number {
    return [this.#firstEdge, this.#targets, this.#moves, this.#depths, this.#flags].reduce(
      (sum, list) => sum + list.bytes,
      0,
    );
  }

  addState(depth: number): void {
    this.#depths.push(depth);
    this.#flags.push(0);
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
    this.#flags.or(state, losingBit);
  }

  isLosing(state: number): boolean {
    return (this.#flags.at(state) & losingBit) !== 0;
  }
}
