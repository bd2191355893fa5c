import type { Field, Layout, State } from '../state/layout.ts';

/** A file size, as an index into the file's cuts, and how often it had changed by then. */
export class VersionedSize {
  readonly #index: Field;
  readonly #changes: Field;

  constructor(index: Field, changes: Field) {
    this.#index = index;
    this.#changes = changes;
  }

  static create(layout: Layout, segments: number, changes: number): VersionedSize {
    return new VersionedSize(layout.field(segments), layout.field(changes));
  }

  get(state: State): number {
    return this.#index.get(state);
  }

  changes(state: State): number {
    return this.#changes.get(state);
  }

  /** Sets the size before anything has changed. */
  initialize(state: State, index: number): void {
    this.#index.set(state, index);
  }

  /** A new size; nothing happens when it is the size already. */
  change(state: State, index: number): void {
    if (this.#index.get(state) === index) return;
    this.#index.set(state, index);
    this.#changes.add(state, 1);
  }

  /** The size, but not more than `index`: what is known of it then is as old as it was. */
  limit(state: State, index: number): void {
    this.#index.set(state, Math.min(this.#index.get(state), index));
  }

  copyFrom(state: State, other: VersionedSize): void {
    this.#index.set(state, other.#index.get(state));
    this.#changes.set(state, other.#changes.get(state));
  }

  clear(state: State): void {
    this.#index.set(state, 0);
    this.#changes.set(state, 0);
  }
}
