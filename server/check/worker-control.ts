const stopped = 0;
const states = 1;
const beats = 2;
const thousands = 3;
const words = 4;

/**
 * Memory that the server shares with one worker: the way to reach it while it searches, and to see how
 * far it is, without messages. The side that has no buffer yet creates it.
 */
export class WorkerControl {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;

  constructor(buffer = new SharedArrayBuffer(words * Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer);
  }

  /** Tells the worker to end request `id` early; no effect on any other. */
  stop(id: number): void {
    Atomics.store(this.#words, stopped, id);
  }

  /** Asked by the worker; counts as a sign of life. */
  isStopped(id: number): boolean {
    Atomics.add(this.#words, beats, 1);
    return Atomics.load(this.#words, stopped) === id;
  }

  /** Distinct states that the search under way has reached. */
  get states(): number {
    return Atomics.load(this.#words, states);
  }

  set states(count: number) {
    Atomics.store(this.#words, states, count);
  }

  /** About how many states there are in all, in thousands so that it has room; undefined while nobody can tell. */
  get estimate(): number | undefined {
    return Atomics.load(this.#words, thousands) * 1000 || undefined;
  }

  set estimate(count: number | undefined) {
    Atomics.store(this.#words, thousands, Math.min(Math.round((count ?? 0) / 1000), 2 ** 31 - 1));
  }

  /** Changes as long as the worker searches. */
  get beats(): number {
    return Atomics.load(this.#words, beats);
  }
}
