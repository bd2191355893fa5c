import { type CodeAction, CodeActionKind, type Diagnostic, type WorkspaceEdit } from 'vscode-languageserver';
import type { Violation } from '../../engine/index.ts';
import type { ScenarioAnalysis } from '../check/analysis.ts';
import type { VerdictDiagnostic } from '../check/verdict-diagnostic.ts';
import type { CheckedScenario, ScenarioDocument } from '../documents/scenario-document.ts';
import type { LanguageDiagnostic, LoweredScenario, Span, TextFix } from '../language/index.ts';
import { recordLoss } from '../repairs/expectation.ts';
import { provedFix } from '../repairs/proved-fixes.ts';
import { raiseBound } from '../repairs/raise-bound.ts';
import { removeMember } from '../repairs/remove-member.ts';
import { writeInterleaving } from '../repairs/write-interleaving.ts';
import { verdictDiagnostics } from './diagnostics.ts';

/** Part of a code action request. */
interface ActionContext {
  readonly span: Span;
  /** What the client shows there; actions say which of these they repair. */
  readonly shown: readonly Diagnostic[];
  /** The client takes edits that name the version they were made for. */
  readonly versionedEdits: boolean;
}

interface Repair {
  readonly fix: TextFix;
  readonly preferred: boolean;
}

/** Repairs for what is wrong at a place, as far as they are known now: see `repairsToCome`. */
export function codeActions(document: ScenarioDocument, context: ActionContext): CodeAction[] {
  const actions: CodeAction[] = [];
  const offer = (diagnostic: LanguageDiagnostic | VerdictDiagnostic, repairs: readonly Repair[]) => {
    for (const { fix, preferred } of repairs) {
      // One fix may repair several diagnostics at one place; it is offered once.
      if (actions.some(({ title }) => title === fix.title)) continue;
      actions.push({
        title: fix.title,
        kind: CodeActionKind.QuickFix,
        ...(preferred && { isPreferred: true }),
        diagnostics: shownAs(document, diagnostic, context.shown),
        edit: workspaceEdit(document, fix, context.versionedEdits),
      });
    }
  };
  for (const diagnostic of document.reading.diagnostics) {
    if (!touches(diagnostic.span, context.span)) continue;
    const { fixes = [] } = diagnostic;
    offer(
      diagnostic,
      fixes.map((fix) => ({ fix, preferred: fixes.length === 1 })),
    );
  }
  for (const scenario of document.scenarios) {
    if (!touches(scenario.lowered.span, context.span)) continue;
    for (const diagnostic of verdictDiagnostics(scenario)) {
      if (touches(diagnostic.span, context.span))
        offer(diagnostic, verdictRepairs(document.text, scenario, diagnostic));
    }
  }
  return actions;
}

/** Resolves when nothing more will be known about what is wrong at a place. */
export async function repairsToCome(document: ScenarioDocument, { span }: Pick<ActionContext, 'span'>): Promise<void> {
  const concerned = document.scenarios.filter(({ lowered }) => touches(lowered.span, span));
  await Promise.all(concerned.map(({ check }) => check?.completed));
}

function verdictRepairs(text: string, { lowered, check }: CheckedScenario, diagnostic: VerdictDiagnostic): Repair[] {
  const analysis = check?.analysis;
  if (analysis === undefined) return [];
  switch (diagnostic.code) {
    case 'lost-extent':
    case 'corrupt-extent':
    case 'resurrected-extent':
      return lossRepairs(text, lowered, analysis, diagnostic);
    case 'search-bounded': {
      const { question } = diagnostic;
      const { bound } = question === undefined ? analysis.verdict : (analysis.questions?.[question] ?? {});
      return bound === undefined ? [] : ordinary(raiseBound(text, lowered, bound));
    }
    case 'redundant-guard': {
      const title = `Remove \`${text.slice(diagnostic.span.start, diagnostic.span.end)}\``;
      return ordinary({ title, edits: [removeMember(text, diagnostic.span)] });
    }
    default:
      return [];
  }
}

function lossRepairs(
  text: string,
  lowered: LoweredScenario,
  analysis: ScenarioAnalysis,
  diagnostic: VerdictDiagnostic,
): Repair[] {
  const { fixes = [], kernelFix } = analysis;
  const violation = lossToRecord(analysis, diagnostic);
  const interleaving = analysis.losingSchedules?.[diagnostic.violation ?? -1];
  return [
    ...fixes.flatMap((fix, index) =>
      ordinary(provedFix(text, lowered, fix)).map((repair) => ({ ...repair, preferred: index === 0 })),
    ),
    ...(kernelFix ? ordinary(provedFix(text, lowered, kernelFix)) : []),
    ...(interleaving ? ordinary(writeInterleaving(text, lowered, interleaving)) : []),
    ...(violation === undefined ? [] : ordinary(recordLoss(text, lowered, violation))),
  ];
}

/** The violation to write down as expected: one that nobody expects yet, and that the search over all interleavings found. */
function lossToRecord({ verdict }: ScenarioAnalysis, { severity, loss }: VerdictDiagnostic): Violation | undefined {
  if (severity !== 'error' || loss === undefined) return undefined;
  return verdict.violations.find((found) => sameLoss(found, loss));
}

function sameLoss(a: Violation, b: Violation): boolean {
  return a.kind === b.kind && a.file === b.file && a.range.start === b.range.start && a.range.end === b.range.end;
}

function ordinary(fix: TextFix | undefined): Repair[] {
  return fix === undefined ? [] : [{ fix, preferred: false }];
}

function workspaceEdit(document: ScenarioDocument, { edits }: TextFix, versioned: boolean): WorkspaceEdit {
  const { uri, version } = document;
  const textEdits = edits.map(({ span, newText }) => ({ range: document.rangeOf(span), newText }));
  if (!versioned) return { changes: { [uri]: textEdits } };
  return { documentChanges: [{ textDocument: { uri, version }, edits: textEdits }] };
}

/** The diagnostics of the client that tell of it, with or without what was found out since they were published. */
function shownAs(
  document: ScenarioDocument,
  { code, message, span }: LanguageDiagnostic | VerdictDiagnostic,
  shown: readonly Diagnostic[],
): Diagnostic[] {
  const { start } = document.rangeOf(span);
  return shown.filter(
    ({ range, ...other }) =>
      other.code === code &&
      `${String(other.message)}\n`.startsWith(`${message}\n`) &&
      range.start.line === start.line &&
      range.start.character === start.character,
  );
}

/** Overlap, or neighbourhood: a cursor right behind a word is still at it. */
function touches(a: Span, b: Span): boolean {
  return a.start <= b.end && b.start <= a.end;
}
