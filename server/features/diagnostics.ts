import { type Diagnostic, DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver';
import { sentenceText } from '../../engine/index.ts';
import { diagnose, diagnoseFailure } from '../check/diagnose.ts';
import type { VerdictDiagnostic } from '../check/verdict-diagnostic.ts';
import type { CheckedScenario, ScenarioDocument } from '../documents/scenario-document.ts';
import type { LanguageDiagnostic, RelatedPlace } from '../language/index.ts';

/** Name that the diagnostics appear under. */
const source = 'fsrace';

/**
 * So many related places are sent with one document. In a file with hundreds of losses they would be megabytes
 * at each key stroke; the losses beyond have a message, and a replay.
 */
const mostRelated = 5000;

/** All that is wrong with a document as far as it is known now. `page` is the address of docs/diagnostics.md. */
export function diagnostics(document: ScenarioDocument, page: string): Diagnostic[] {
  let room = mostRelated;
  const verdicts = document.scenarios.flatMap(verdictDiagnostics);
  return [...document.reading.diagnostics, ...verdicts].map((diagnostic) => {
    const { related = [] } = diagnostic;
    room -= related.length;
    return toLsp(document, diagnostic, page, room >= 0 ? related : []);
  });
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
  related: readonly RelatedPlace[],
): Diagnostic {
  const { code, message, span, severity } = diagnostic;
  return {
    source,
    code,
    codeDescription: { href: `${page}#${code}` },
    message: 'explanation' in diagnostic ? [message, ...diagnostic.explanation.map(sentenceText)].join('\n') : message,
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
