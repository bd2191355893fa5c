import { type Diagnostic, DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver';
import { diagnose, diagnoseFailure } from '../check/diagnose.ts';
import type { VerdictDiagnostic } from '../check/verdict-diagnostic.ts';
import type { CheckedScenario, ScenarioDocument } from '../documents/scenario-document.ts';
import type { LanguageDiagnostic } from '../language/index.ts';

/** Name that the diagnostics appear under. */
const source = 'fsrace';

/** All that is wrong with a document as far as it is known now. `page` is the address of docs/diagnostics.md. */
export function diagnostics(document: ScenarioDocument, page: string): Diagnostic[] {
  const verdicts = document.scenarios.flatMap(verdictDiagnostics);
  return [...document.reading.diagnostics, ...verdicts].map((diagnostic) => toLsp(document, diagnostic, page));
}

/** What the search has found out about one scenario so far; nothing before its verdict. */
export function verdictDiagnostics({ lowered, check }: CheckedScenario): VerdictDiagnostic[] {
  if (check === undefined) return [];
  const found = check.analysis === undefined ? [] : diagnose(lowered, check.analysis);
  return check.failure === '' ? [...found] : [...found, diagnoseFailure(lowered, check.failure)];
}

function toLsp(
  document: ScenarioDocument,
  diagnostic: LanguageDiagnostic | VerdictDiagnostic,
  page: string,
): Diagnostic {
  const { code, message, span, severity, related = [] } = diagnostic;
  return {
    source,
    code,
    codeDescription: { href: `${page}#${code}` },
    message,
    range: document.rangeOf(span),
    severity: severities[severity],
    ...('unnecessary' in diagnostic && diagnostic.unnecessary && { tags: [DiagnosticTag.Unnecessary] }),
    ...(related.length > 0 && {
      relatedInformation: related.map((place) => ({
        location: { uri: document.uri, range: document.rangeOf(place.span) },
        message: place.message,
      })),
    }),
  };
}

const severities: Readonly<Record<LanguageDiagnostic['severity'], DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};
