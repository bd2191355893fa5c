/** A growing array of numbers of one width. */
class NumberList {
  #items = new Int32Array(1 << 10);
  length = 0;

  push(value: number): void {
    if (this.length === this.#items.length) {
      const larger = new Int32Array(this.length * 2);
      larger.set(this.#items);
      this.#items = larger;
    }
    this.#items[this.length++] = value;
  }

  at(index: number): number {
    return this.#items[index]!;
  }

  or(index: number, bits: number): void {
    this.#items[index]! |= bits;
  }

  get bytes(): number {
    return this.#items.byteLength;
  }
}

const losingBit = 2;

/**
 * What a search keeps besides the states themselves: who leads from which state to which, how far each
 * is from the start, and whether a crash there breaks a promise. States are added in breadth-first
 * order, the edges of one state after those of the state before.
 */
export class StateGraph {
  readonly #firstEdge = new NumberList();
  readonly #targets = new NumberList();
  readonly #actors = new NumberList();
  readonly #depths = new NumberList();
  readonly #flags = new NumberList();

  get states(): number {
    return this.#depths.length;
  }

  get edges(): number {
    return this.#targets.length;
  }

  get bytes(): number {
    return [this.#firstEdge, this.#targets, this.#actors, this.#depths, this.#flags].reduce(
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

  addEdge(actor: number, target: number): void {
    this.#targets.push(target);
    this.#actors.push(actor);
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

  actor(edge: number): number {
    return this.#actors.at(edge);
  }

  markLosing(state: number): void {
    this.#flags.or(state, losingBit);
  }

  isLosing(state: number): boolean {
    return (this.#flags.at(state) & losingBit) !== 0;
  }
}
