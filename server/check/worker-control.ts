const stopped = 0;
const states = 1;
const beats = 2;
const words = 3;

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

  /** Changes as long as the worker searches. */
  get beats(): number {
    return Atomics.load(this.#words, beats);
  }
}
