import type { Field, Layout, State } from '../state/layout.ts';
import type { SuperErrors } from './super-errors.ts';

/** What memory keeps about writes of one file that failed; no bit where none can fail. */
export class WriteErrors {
  /** Blocks whose write has failed and that were not changed since: what they hold is not defined (struct page, PG_error). */
  readonly blocks: Field;
  /** AS_EIO of the address space, which the first who waits for writeback takes. */
  readonly #mapping: Field;
  /** Tasks whose open file has not been told of the last error yet (struct file, f_wb_err). */
  readonly #untold: Field;
  /** BTRFS_INODE_COW_WRITE_ERROR (f13e01b89daf). */
  readonly cow: Field;
  readonly #superErrors: SuperErrors;

  constructor(layout: Layout, superErrors: SuperErrors, segments: number, tasks: number, possible: boolean) {
    this.blocks = layout.set(possible ? segments : 0);
    this.#mapping = layout.field(possible ? 1 : 0);
    this.#untold = layout.set(possible ? tasks : 0);
    this.cow = layout.field(possible ? 1 : 0);
    this.#superErrors = superErrors;
  }

  /** Some write can fail. */
  get possible(): boolean {
    return this.#mapping.mask !== 0;
  }

  /** mapping_set_error: `blocks` could not be written. */
  note(state: State, blocks: number): void {
    this.undefine(state, blocks);
    this.#mapping.set(state, 1);
    this.#untold.set(state, this.#untold.mask);
    this.#superErrors.note(state);
  }

  /** What the blocks hold is not defined, and nobody is to be told: the system call has returned the error. */
  undefine(state: State, blocks: number): void {
    this.blocks.include(state, blocks);
  }

  /** filemap_check_errors has something to return. */
  inMapping(state: State): boolean {
    return this.#mapping.get(state) === 1;
  }

  takeFromMapping(state: State): void {
    this.#mapping.set(state, 0);
  }

  /** file_check_and_advance_wb_err has something to return to the task. */
  untold(state: State, task: number): boolean {
    return (this.#untold.get(state) & (1 << task)) !== 0;
  }

  /** The address space leaves memory, and what it knew of errors with it. */
  forget(state: State): void {
    this.#mapping.set(state, 0);
    this.#untold.set(state, 0);
    this.cow.set(state, 0);
  }

  tell(state: State, task: number): void {
    this.#untold.set(state, this.#untold.get(state) & ~(1 << task));
  }
}
