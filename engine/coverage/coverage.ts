import type { OperationKind } from '../scenario.ts';
import type { BoundHit, OperationReference } from '../verdict.ts';

/** What the interleavings of one scenario exercise. Plain data: it crosses a worker boundary. */
export interface ScenarioCoverage {
  /** In the order of tasks and text. */
  readonly operations: readonly OperationCoverage[];
  /** The steps of completions: one table for each place of a file where an ordered extent begins in some interleaving. */
  readonly completions: readonly (readonly StepCoverage[])[];
  /** Guards and rules of the kernel that were looked at, with their setting. */
  readonly switches: Readonly<Record<string, boolean>>;
  /** Distinct states reached. */
  readonly states: number;
  /** The bound that was hit: what was not exercised by then may be in other interleavings. */
  readonly bound?: BoundHit | undefined;
  /** Every state was visited. Else the search was reduced, or bounded: then a step may wait though it was not seen to. */
  readonly allStates: boolean;
}

/** One operation of a scenario. */
export interface OperationCoverage extends OperationReference {
  readonly kind: OperationKind;
  /** In some interleaving it takes a step. */
  readonly begun: boolean;
  /** In some interleaving it takes its last one. */
  readonly ended: boolean;
  readonly steps: readonly StepCoverage[];
}

/** One step at its place in an operation: what happens with it in some interleaving. */
export interface StepCoverage {
  readonly name: string;
  /** Tells it apart from others of the operation; mostly the name. */
  readonly label: string;
  /** What it does, in one sentence. */
  readonly does: string;
  readonly taken: boolean;
  /** Passed by, since there is nothing for it to do; null for a step that is always taken. */
  readonly skipped: boolean | null;
  /** Passed by, though it could have been taken; null for a step of which that is never so. */
  readonly leftOut: boolean | null;
  /** Not ready when it comes next; null for a step that never has to wait. The orders of the scenario do not count. */
  readonly waited: boolean | null;
  /** The steps that it can go on at, where there is more than one. */
  readonly targets: readonly TargetCoverage[];
}

export interface TargetCoverage {
  /** The label of a step, `following`, or `end`. */
  readonly label: string;
  readonly taken: boolean;
}
