import type { CorpusResult } from '../conform/run.ts';
import type { Terminal } from '../terminal.ts';
import { type Cell, table, wrap } from './table.ts';
import { count, formatCount } from './words.ts';

/** What was compared in each corpus, what was not and why, every wrong prediction, and one line for all. */
export function conformReport(terminal: Terminal, results: readonly CorpusResult[]): string {
  const mismatches = results.flatMap((result) => mismatchLines(terminal, result));
  const blocks = [
    corpusTable(terminal, results),
    ...(mismatches.length > 0 ? [mismatches] : []),
    [totals(terminal, results)],
  ];
  return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
}

function corpusTable({ colors, width }: Terminal, results: readonly CorpusResult[]): string[] {
  const heading = ['corpus', 'compared', 'crash points', 'log items', 'mismatches', 'skipped', ''];
  const rows = results.map((result): Cell[] => [
    { text: result.path },
    number(result.compared),
    number(result.crashPoints),
    number(result.comparedLogs),
    { ...number(result.mismatches.length), paint: result.mismatches.length > 0 ? colors.red : colors.green },
    number(skippedRecords(result)),
    { text: '' },
  ]);
  const [head = '', ...lines] = table([heading.map((text) => ({ text, paint: colors.dim })), ...rows], { width });
  return [
    head,
    ...results.flatMap((result, i) => [
      lines[i]!,
      ...reasons(result, width - 4).map((line) => `    ${colors.dim(line)}`),
    ]),
  ];
}

function number(value: number): Cell {
  return { text: formatCount(value), align: 'right' };
}

/** Why recordings were skipped, or their log items not compared, the most frequent reason first. */
function reasons({ skipped, otherLogs }: CorpusResult, width: number): string[] {
  return [...counted('skipped', skipped, width), ...counted('log items not compared', otherLogs, width)];
}

function counted(what: string, counts: ReadonlyMap<string, number>, width: number): string[] {
  if (counts.size === 0) return [];
  const parts = [...counts].sort(([, a], [, b]) => b - a).map(([reason, times]) => `${formatCount(times)} ${reason}`);
  return wrap(`${what}: ${parts.join(', ')}`, width);
}

function mismatchLines({ colors, width }: Terminal, { path, mismatches }: CorpusResult): string[] {
  return mismatches.flatMap(({ id, after, what, recorded, predicted }) => [
    `${colors.red('mismatch')} ${path}: ${colors.bold(id)}, power failure after operation ${after}: ${what}`,
    ...table(
      [
        [{ text: 'recorded', paint: colors.dim }, { text: recorded || '(nothing)' }],
        [{ text: 'predicted', paint: colors.dim }, { text: predicted || '(nothing)' }],
      ],
      { width, indent: 2 },
    ),
  ]);
}

function totals({ colors }: Terminal, results: readonly CorpusResult[]): string {
  const sum = (value: (result: CorpusResult) => number) => results.reduce((total, each) => total + value(each), 0);
  const wrong = sum(({ mismatches }) => mismatches.length);
  const parts = [
    `${count(
      sum(({ compared }) => compared),
      'recording',
    )} compared`,
    `${count(
      sum(({ crashPoints }) => crashPoints),
      'crash point',
    )}, of them ${formatCount(sum(({ comparedLogs }) => comparedLogs))} with log items compared`,
    (wrong > 0 ? colors.red : colors.green)(`${formatCount(wrong)} mismatch${wrong === 1 ? '' : 'es'}`),
    `${formatCount(sum(skippedRecords))} skipped`,
  ];
  return colors.bold(parts.slice(0, 1).join()) + ['', ...parts.slice(1)].join(', ');
}

function skippedRecords({ skipped }: CorpusResult): number {
  return [...skipped.values()].reduce((sum, number) => sum + number, 0);
}
