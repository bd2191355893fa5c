import type { VerdictDiagnostic } from '../../check/verdict-diagnostic.ts';
import type { AppliedFix } from '../check/apply-fixes.ts';
import type { CheckReport, Problem } from '../check/report.ts';
import type { Terminal } from '../terminal.ts';
import { excerpt } from './excerpt.ts';
import { findingBlock } from './finding.ts';
import { overview, summary } from './overview.ts';
import { formatCount } from './words.ts';

/** More problems of one file than these are only counted: they tend to follow from the first. */
const mostProblems = 20;

/**
 * The report for people: all verdicts, then what there is to say about single scenarios, then the whole
 * run in one line.
 */
export function prettyReport(terminal: Terminal, report: CheckReport): string {
  const blocks = [
    overview(terminal, report),
    ...problemBlocks(terminal, report.problems),
    ...report.scenarios.flatMap((scenario) => [
      ...scenario.notices.map((notice) => excerpt(terminal, notice, scenario.file, notice.span)),
      ...scenario.findings.filter(isNews).map((finding) => findingBlock(terminal, scenario, finding)),
    ]),
    [summary(terminal, report)],
  ];
  return `${blocks
    .filter(({ length }) => length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** The author knows what an `expect` says, but asked a question in order to know. */
function isNews({ severity, question }: VerdictDiagnostic): boolean {
  return severity !== 'information' || question !== undefined;
}

/** What was written into which scenario, one line each, and an empty one. */
export function appliedLines({ colors }: Terminal, applied: readonly AppliedFix[]): string {
  const lines = applied.map(({ report, guards }) => {
    const members = guards.map((name) => `guard ${name} on`).join(', ');
    return `${colors.green('fixed')} ${report.file.path}, "${report.lowered.name}": ${members}\n`;
  });
  return lines.length === 0 ? '' : `${lines.join('')}\n`;
}

/** Problems of the text; a path that could not be read has none to show. */
export function problemBlocks(terminal: Terminal, problems: readonly Problem[]): string[][] {
  const shown = new Map<string, number>();
  const blocks = problems.flatMap(({ path, code, message, source }) => {
    const before = shown.get(path) ?? 0;
    shown.set(path, before + 1);
    if (source === undefined || before >= mostProblems) return [];
    return [excerpt(terminal, { severity: 'error', code, message }, source.file, source.span)];
  });
  const hidden = [...shown].filter(([, number]) => number > mostProblems);
  const { dim } = terminal.colors;
  return [...blocks, ...hidden.map(([path, n]) => [dim(`${formatCount(n - mostProblems)} more problems in ${path}`)])];
}
