import type { SyncPromise } from '../durability/promises.ts';
import type { FailureTest } from '../faults.ts';
import type { Machine } from '../model/machine.ts';
import type { Field } from '../state/layout.ts';
import type { Registers } from './registers.ts';

/** What the steps of one operation of one task are built from. */
export interface OperationContext {
  readonly machine: Machine;
  /** Index of the task. */
  readonly task: number;
  readonly registers: Registers;
  /** For an operation that promises durability: takes note of the call, and promises at the return. */
  readonly promise: SyncPromise;
  /** Which of its steps fail. */
  readonly fails: FailureTest;
  /** For a `fault`: the bit that puts it into force. */
  readonly inForce: Field | undefined;
  /** For the fsync of a file: which way it takes, kept only where a question asks. */
  readonly way: Field | undefined;
  /** Largest number of segments that any file has. */
  readonly segments: number;
  /** Per file, the starts of this operation's open ordered extents, kept only where an `order` refers to them. */
  readonly started: readonly (Field | undefined)[];
}
