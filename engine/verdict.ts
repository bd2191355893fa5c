import type { ByteRange, ViolationKind } from './scenario.ts';

/** What the search found out about one scenario. Plain data: it crosses a worker boundary. */
export interface Verdict {
  /** `safe` is proved when `complete`; `unknown`: a bound was hit and nothing was found. */
  readonly verdict: 'safe' | 'unsafe' | 'unknown';
  /** Every interleaving was looked at. */
  readonly complete: boolean;
  /** The bound that was hit, when not complete. */
  readonly bound?: BoundHit | undefined;
  readonly interleavings: InterleavingCount;
  /** Distinct states reached, the initial one included. */
  readonly states: number;
  readonly transitions: number;
  /** Bytes that those states, their table, and what leads to them took. */
  readonly memory: number;
  readonly violations: readonly Violation[];
  /** A shortest way into a state in which some task waits for ever, if there is one. */
  readonly deadlock?: Deadlock | undefined;
  /** Operations that changed nothing in any interleaving. Empty unless complete. */
  readonly noEffect: readonly NoEffect[];
}

export interface BoundHit {
  /** `violation`: the search was asked to end at the first one. */
  readonly kind: 'states' | 'steps' | 'memory' | 'time' | 'cancelled' | 'violation';
  /** States, steps, bytes or milliseconds. */
  readonly limit: number;
  /** Every interleaving was looked at up to so many steps; undefined where nothing is known of that. */
  readonly depth?: number | undefined;
  /** About how many states there are in all, where that can be told. */
  readonly estimate?: number | undefined;
}

/** Decimal strings, for they outgrow doubles. Not exact: at least this many. */
export interface InterleavingCount {
  readonly total: string;
  readonly losing: string;
  readonly exact: boolean;
}

/** One broken promise: a class, a file, a promise, and a maximal contiguous range lost in one state. */
export interface Violation {
  readonly kind: ViolationKind;
  readonly file: number;
  readonly range: ByteRange;
  /** The operation whose success promised the data; null when it is the state before the scenario, or nobody. */
  readonly promisedBy: OperationReference | null;
  /** True when the range is missing because the file came back too short. */
  readonly sizeOnly: boolean;
  /** Id of the transaction whose commit would end the exposure. */
  readonly transaction: number;
  /** A shortest run into the loss: fewest steps, then fewest switches between tasks, then the latest ones. */
  readonly witness: readonly WitnessStep[];
}

export interface OperationReference {
  readonly task: number;
  readonly operation: number;
}

/** Who takes a step: an operation of a task, or the completion of one ordered extent. */
export type Actor =
  | ({ readonly kind: 'task' } & OperationReference)
  | {
      readonly kind: 'endio';
      readonly file: number;
      readonly range: ByteRange;
      /** The operation that created the ordered extent. */
      readonly startedBy: OperationReference;
    };

export interface WitnessStep {
  readonly actor: Actor;
  /** Name of the step, as in the step tables. */
  readonly step: string;
}

export interface Deadlock {
  readonly witness: readonly WitnessStep[];
  /** Tasks that wait for ever, each with what it waits for, in words. */
  readonly waiting: readonly {
    readonly task: number;
    readonly operation: number;
    readonly step: string;
    readonly reason: string;
  }[];
}

export interface NoEffect extends OperationReference {
  /** Why, in words: `I is 16 MiB: before 6.10, page release drops extent maps only of larger files`. */
  readonly reason: string;
}

/** What the search found out about one question. */
export interface QuestionAnswer {
  /** False is proved: every interleaving was looked at. Null: a bound was hit, and no such state was found. */
  readonly reached: boolean | null;
  /** The bound that was hit, when not every interleaving was looked at. */
  readonly bound?: BoundHit | undefined;
  readonly interleavings: PassingCount;
  /** Distinct states looked at. */
  readonly states: number;
  /** A shortest run into such a state; empty where there is none, and where it is the initial state. */
  readonly witness: readonly WitnessStep[];
}

/** Decimal strings: of all interleavings, those that pass such a state. Not exact: at least this many. */
export interface PassingCount {
  readonly total: string;
  readonly passing: string;
  readonly exact: boolean;
}

/** A set of guards, or a kernel release, with which every interleaving was proved to keep what was promised. */
export interface Fix {
  /** Guards to turn on; empty for a release. */
  readonly guards: readonly string[];
  /** The release to use instead, for a fix by release. */
  readonly kernel?: string | undefined;
  /** How many interleavings were proved to keep the data; undefined where there were too many to count. */
  readonly interleavings: string | undefined;
}
