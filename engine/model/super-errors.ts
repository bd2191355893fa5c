import type { Field, Layout, State } from '../state/layout.ts';

/**
 * What the super block keeps about writes that have failed, of any address space of the file system: those of the files,
 * and that of the trees (s_wb_err, 735e4ae5ba28).
 */
export class SuperErrors {
  /** Tasks whose open file has not been told of the last error yet (struct file, f_sb_err). */
  readonly #untold: Field;

  /** `tasks`: how many there are that may be told; 0 where nothing fails or nobody calls syncfs. */
  constructor(layout: Layout, tasks: number) {
    this.#untold = layout.set(tasks);
  }

  /** errseq_set, by mapping_set_error. */
  note(state: State): void {
    this.#untold.include(state, this.#untold.mask);
  }

  /** errseq_check_and_advance has something to return to the task. */
  isUntold(state: State, task: number): boolean {
    return this.#untold.within(state, 1 << task) !== 0;
  }

  tell(state: State, task: number): void {
    this.#untold.exclude(state, 1 << task);
  }
}
