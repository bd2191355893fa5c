import { readFileSync, writeFileSync } from 'node:fs';
import type { TextEdit } from '../../language/index.ts';
import { provedFix } from '../../repairs/proved-fixes.ts';
import { Misuse } from '../exit-codes.ts';
import { type SourceFile, whyUnusable } from '../source-file.ts';
import type { CheckReport, ScenarioReport } from './report.ts';

/** A scenario that was repaired by turning on guards. */
export interface AppliedFix {
  readonly report: ScenarioReport;
  readonly guards: readonly string[];
}

/** Writes the preferred proved guards into the files, for every scenario that loses what no `expect` names. Throws a Misuse. */
export function applyFixes({ scenarios }: CheckReport): AppliedFix[] {
  const edits = new Map<SourceFile, TextEdit[]>();
  const applied = scenarios.flatMap((report): AppliedFix[] => {
    const { file, lowered, analysis } = report;
    const [fix] = analysis.fixes ?? [];
    if (fix === undefined || analysis.expectation.expected.every(Boolean)) return [];
    const change = provedFix(file.text, lowered, fix);
    if (change === undefined) return [];
    edits.set(file, [...(edits.get(file) ?? []), ...change.edits]);
    return [{ report, guards: fix.guards }];
  });
  for (const [file, changes] of edits) write(file, changes);
  return applied;
}

function write({ path, text }: SourceFile, edits: readonly TextEdit[]): void {
  const fromTheEnd = [...edits].sort((a, b) => b.span.start - a.span.start);
  const changed = fromTheEnd.reduce(
    (result, { span, newText }) => result.slice(0, span.start) + newText + result.slice(span.end),
    text,
  );
  try {
    // Bytes that are no text, and changes that we have not seen, would be lost.
    if (!Buffer.from(text).equals(readFileSync(path))) throw new Error('it is not UTF-8, or has just changed');
    writeFileSync(path, changed);
  } catch (error) {
    throw new Misuse(`cannot write fixes to ${path}: ${whyUnusable(error)}`);
  }
}
