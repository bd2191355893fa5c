import type { State } from '../state/layout.ts';

/** What a step's `apply` returns to leave the operation at once. */
export const end = 'end';

/** In `goesTo`: the step that follows in the table, for which `apply` returns nothing. */
export const following = 'following';

/**
 * One atomic step of an operation, named after the kernel function that does the work. Other tasks run
 * between steps only.
 */
export interface Step {
  /** Part of the language: schedules and references name it. */
  readonly name: string;
  /** Tells apart steps of one operation that share a name; the name where absent. */
  readonly label?: string;
  /** Locks held while the step runs, in the kernel's terms; empty for none. */
  readonly locks: string;
  /** What the step does, in one sentence. */
  readonly does: string;
  /** Part of the operation also where nothing can fail, but left out there. */
  readonly onlyOnFailure?: true;
  /** The step is left out in states where this is false. The last step of an operation is never left out. */
  readonly when?: (state: State) => boolean;
  /** The step may as well be left out in states where this is true: what decides that is not in the model. */
  readonly optional?: (state: State) => boolean;
  /** The step has to wait in states where this is false. */
  readonly ready?: (state: State) => boolean;
  /**
   * The threads (bits by number: tasks, then completions by file and segment) each of which has to take a step before
   * this one can be ready, whatever others do; 0 for none.
   */
  readonly heldBy?: (state: State) => number;
  /** What a step that is not ready waits for, in words. */
  readonly waitsFor?: string;
  /** Every label that `apply` can return; absent where it always goes on with the following step. */
  readonly goesTo?: readonly string[];
  /** A loop may lead back to this step; asked while the operation is behind it. */
  readonly repeats?: (state: State) => boolean;
  /** What the step finds, in words, asked before it runs; nothing where the changed state says it all. */
  readonly says?: (state: State) => string | undefined;
  /** Changes the state. Returns the label of the next step, `end`, or nothing for the step that follows. */
  readonly apply: (state: State) => string | undefined;
}
