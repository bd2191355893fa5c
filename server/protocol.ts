/**
 * What server and client say to each other beyond LSP. Plain types and names: the client loads this
 * file, and nothing else of the server.
 */
import type { Explanation, Trace } from '../engine/index.ts';

/** Request: replay an interleaving. `TraceParams` in, `TraceResult` out. */
export const traceMethod = 'fsrace/trace';

/** Notification from the server, whenever it changes: how far the check of a document is. `StatusParams`. */
export const statusMethod = 'fsrace/status';

/** Command of a replay lens; its one argument is a `TraceParams`. */
export const replayCommand = 'fsrace.replay';

/** Zero-based line and UTF-16 column, as in LSP. */
export interface TextPosition {
  readonly line: number;
  readonly character: number;
}

export interface TextRange {
  readonly start: TextPosition;
  readonly end: TextPosition;
}

/** What to replay: a scenario (its witness, or some complete interleaving when it is safe), or a schedule or question in it. */
export interface ReplayTarget {
  /** Index of the scenario in its file. */
  readonly scenario: number;
  /** Index of the explicit interleaving in the scenario. */
  readonly schedule?: number | undefined;
  /** Index of the question in the scenario whose witness is meant; not together with `schedule`. */
  readonly question?: number | undefined;
}

export type TraceParams = {
  readonly uri: string;
  /** Version that the target was named in; the request fails with `ContentModified` when there is a newer one. */
  readonly version?: number | undefined;
} & (
  | ReplayTarget
  /** The explicit interleaving or the question at this place, or the scenario around it. */
  | { readonly position: TextPosition }
);

export interface TraceResult {
  readonly uri: string;
  /** Version of the document that the places are in. */
  readonly version: number;
  readonly target: ReplayTarget;
  /** Name of the interleaving, of the question, or of the scenario. */
  readonly title: string;
  readonly trace: Trace;
  /** For each step, the operation in the text; a completion is at the operation that started it. */
  readonly places: readonly TextRange[];
  /** Why its first loss comes about; absent where it has none. */
  readonly explanation?: Explanation | undefined;
  /** What the run shows: its losses and, for a schedule that cannot be run to its end, why. Empty when nothing is wrong. */
  readonly findings: readonly string[];
}

/** How far the check of one document is: numbers of scenarios by state. They add up to all scenarios. */
export interface StatusParams {
  readonly uri: string;
  readonly version: number;
  readonly checking: number;
  /** Proved. */
  readonly safe: number;
  readonly unsafe: number;
  /** A bound was hit and nothing was found. */
  readonly unknown: number;
  /** Not checked: the text has errors there, or the checker failed. */
  readonly error: number;
  /** Scenarios, among those that were judged, that are not as their `expect` says. */
  readonly unmet: number;
  /** Errors in syntax and names, also those outside of scenarios. */
  readonly problems: number;
  /** Search time and distinct states of the judged scenarios, summed up. */
  readonly milliseconds: number;
  readonly states: number;
}
