import type { CheckOptions, Explanation, Scenario, ScenarioCoverage, Trace, WitnessStep } from '../../engine/index.ts';
import type { AnalysisStage, ScenarioAnalysis } from './analysis.ts';
import type { Loss } from './wording.ts';

/** Limits for searches, from the settings; a scenario's own bounds go first. */
export type SearchLimits = NonNullable<CheckOptions['limits']>;

/** How scenarios are searched. Plain data. */
export interface SearchSettings {
  readonly limits?: SearchLimits | undefined;
  /** Off: searches of every size visit all states, see `CheckOptions`. */
  readonly reduction?: boolean | undefined;
  /** Also find out on which releases the scenario is unsafe, see `AnalysisOptions`. */
  readonly releases?: boolean | undefined;
}

/** What a worker can be asked to do. Plain data. */
export type WorkerTask =
  | { readonly kind: 'judge'; readonly scenario: Scenario; readonly settings: SearchSettings }
  | {
      readonly kind: 'complete';
      readonly scenario: Scenario;
      readonly settings: SearchSettings;
      readonly judged: ScenarioAnalysis;
      /** Those of the later stages that are wanted. */
      readonly stages: readonly AnalysisStage[];
    }
  | { readonly kind: 'cover'; readonly scenario: Scenario; readonly settings: SearchSettings }
  | { readonly kind: 'trace'; readonly scenario: Scenario; readonly run: RunToTrace };

/** Which run of a scenario to trace: given steps, an explicit interleaving, or any complete run. */
export type RunToTrace =
  | { readonly kind: 'witness'; readonly steps: readonly WitnessStep[] }
  | { readonly kind: 'schedule'; readonly index: number }
  | { readonly kind: 'first' };

export interface Replay {
  readonly trace: Trace;
  /** What a crash at its end loses; for an explicit interleaving, its violations. */
  readonly losses: readonly Loss[];
  /** Why the first loss of the run comes about, where it is one of a run that ends in it or of an explicit interleaving. */
  readonly explanation: Explanation | undefined;
  /** Why an explicit interleaving cannot be run to its end; the trace goes as far as it can be. */
  readonly problem: string | undefined;
}

export interface WorkerRequest {
  readonly id: number;
  readonly task: WorkerTask;
}

/** One outcome for each request; before it, of a search that takes long, what is certain already. */
export type WorkerReply = { readonly id: number } & (WorkerOutcome | WorkerOutlook);

export interface WorkerOutlook {
  readonly kind: 'outlook';
  readonly analysis: ScenarioAnalysis;
}

export type WorkerOutcome =
  | {
      readonly kind: 'analysed';
      readonly analysis: ScenarioAnalysis;
      /** It was told to stop, and may have ended early. */
      readonly stopped: boolean;
    }
  | { readonly kind: 'covered'; readonly coverage: ScenarioCoverage }
  | { readonly kind: 'traced'; readonly replay: Replay }
  /** The engine threw: a bug, or a scenario that it does not take. */
  | { readonly kind: 'failed'; readonly message: string };
