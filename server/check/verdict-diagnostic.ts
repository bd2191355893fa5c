import type { Sentence, Violation } from '../../engine/index.ts';
import type { DiagnosticSeverity, RelatedPlace, Span } from '../language/index.ts';

/** Stable names of what the checker reports; each is documented in docs/diagnostics.md. */
export type VerdictCode =
  | 'lost-extent'
  | 'corrupt-extent'
  | 'resurrected-extent'
  | 'unmet-expectation'
  | 'infeasible-schedule'
  | 'deadlock'
  | 'reached'
  | 'not-reached'
  | 'search-bounded'
  | 'no-effect'
  | 'redundant-guard'
  | 'internal-error';

/** Something that a search found out about a scenario, at its place in the text. */
export interface VerdictDiagnostic {
  readonly code: VerdictCode;
  readonly severity: DiagnosticSeverity;
  readonly message: string;
  readonly span: Span;
  /** The steps of the run that shows it, in order; empty when there is none. */
  readonly related: readonly RelatedPlace[];
  /** Why it comes about, in sentences; empty where that is not known, or not yet. */
  readonly explanation: readonly Sentence[];
  /** What stands there could be left out. */
  readonly unnecessary: boolean;
  /** Index of the violation in the verdict, for one that is a finding of the search. */
  readonly violation?: number | undefined;
  /** The broken promise, of the search or of an explicit interleaving. */
  readonly loss?: Violation | undefined;
  /** Index of the explicit interleaving that it is about. */
  readonly schedule?: number | undefined;
  /** Index of the question that it answers. */
  readonly question?: number | undefined;
}
