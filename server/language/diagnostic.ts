import type { Span } from './syntax-tree.ts';

/** Stable names of what the language reports; each is documented in docs/diagnostics.md. */
export type DiagnosticCode =
  | 'syntax'
  | 'unknown-name'
  | 'duplicate-name'
  | 'reserved-name'
  | 'ambiguous-reference'
  | 'invalid-name'
  | 'invalid-range'
  | 'too-many-segments'
  | 'order-cycle'
  | 'impossible-fault'
  | 'conflicting-expectation'
  | 'not-modelled'
  | 'profile-approximate'
  | 'retired-guard';

export type DiagnosticSeverity = 'error' | 'warning' | 'information' | 'hint';

/** Something to tell about the text, found without a search. */
export interface LanguageDiagnostic {
  readonly code: DiagnosticCode;
  readonly severity: DiagnosticSeverity;
  readonly message: string;
  readonly span: Span;
  /** Other places that matter, such as the first of two equal names. */
  readonly related?: readonly RelatedPlace[] | undefined;
  /** Ways to repair it, the likeliest first. */
  readonly fixes?: readonly TextFix[] | undefined;
}

export interface RelatedPlace {
  readonly span: Span;
  readonly message: string;
}

/** A change of the text; its edits do not overlap and belong together. */
export interface TextFix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

export interface TextEdit {
  /** Empty for an insertion. */
  readonly span: Span;
  readonly newText: string;
}
