import { describeBound } from '../../check/wording.ts';
import type { CheckReport, ScenarioReport } from '../check/report.ts';
import type { Terminal } from '../terminal.ts';
import { lengthOf } from './table.ts';
import { amount, count, describeChange, duration, formatCount, mebibytes } from './words.ts';

/** Of searches of so many states people want to know what they cost. */
const manyStates = 100_000;

/** Every scenario with its verdict in one line, below the file that it is in. */
export function overview(terminal: Terminal, { scenarios, problems }: CheckReport): string[] {
  const { colors, width } = terminal;
  const readable = problems.filter(({ source }) => source !== undefined).map(({ path }) => path);
  const paths = [...new Set([...scenarios.map(({ file }) => file.path), ...readable])].sort();
  const longest = Math.max(0, ...scenarios.map(({ lowered }) => lengthOf(lowered.name)));
  const verdictWidth = Math.max(0, ...scenarios.map((report) => lengthOf(describeVerdict(report))));
  const nameWidth = Math.max(0, Math.min(longest, width - verdictWidth - 4));
  return paths.flatMap((path) => {
    const uncheckable = problems.filter((problem) => problem.path === path).length;
    return [
      colors.underline(path),
      ...scenarios
        .filter(({ file }) => file.path === path)
        .flatMap((report) => verdictLines(terminal, report, nameWidth)),
      ...(uncheckable > 0 ? [`  ${colors.red(`not checked: ${count(uncheckable, 'problem')}`)}`] : []),
    ];
  });
}

/** One line, one for what a large search took, and one for what would mend a loss that is expected. A name too long for its column takes a line for itself. */
function verdictLines(terminal: Terminal, report: ScenarioReport, nameWidth: number): string[] {
  const { name } = report.lowered;
  const verdict = verdictColor(terminal, report)(describeVerdict(report));
  const indent = ' '.repeat(nameWidth + 4);
  const beside = lengthOf(name) <= nameWidth;
  return [
    ...(beside ? [] : [`  ${name}`]),
    beside ? `  ${name}${' '.repeat(nameWidth - lengthOf(name))}  ${verdict}` : indent + verdict,
    ...[...costLine(report), ...(hasError(report) ? [] : fixLine(report))].map(
      (line) => indent + terminal.colors.dim(line),
    ),
  ];
}

/** Time and memory, where there were many states, or not enough of either. */
function costLine({ analysis }: ScenarioReport): string[] {
  const { states, memory, bound } = analysis.verdict;
  if (states < manyStates && bound?.kind !== 'memory' && bound?.kind !== 'time') return [];
  const perState = formatCount(Math.round(memory / states));
  return [
    `searched ${count(states, 'state')} in ${duration(analysis.milliseconds)}, ${mebibytes(memory)}, ${perState} bytes per state`,
  ];
}

/** The preferred guards, and the release. */
function fixLine({ analysis: { fixes = [], kernelFix } }: ScenarioReport): string[] {
  const changes = [fixes[0], kernelFix].flatMap((fix) => (fix ? [describeChange(fix)] : []));
  return changes.length === 0 ? [] : [`fix: ${changes.join(', or ')}`];
}

function verdictColor({ colors }: Terminal, report: ScenarioReport): (text: string) => string {
  if (hasError(report)) return colors.red;
  return { safe: colors.green, unsafe: colors.cyan, unknown: colors.yellow }[report.analysis.verdict.verdict];
}

function describeVerdict(report: ScenarioReport): string {
  const { verdict, expectation } = report.analysis;
  const { total, losing, exact } = verdict.interleavings;
  switch (verdict.verdict) {
    case 'safe':
      return `safe: ${exact ? '' : 'at least '}${amount(total)} ${total === '1' ? 'interleaving' : 'interleavings'}, ${effort([report])}`;
    case 'unknown':
      return `unknown: the search ${verdict.bound === undefined ? 'ended early' : describeBound(verdict.bound)}`;
    case 'unsafe': {
      if (verdict.violations.length === 0) return 'unsafe: a task waits for ever';
      const expected = expectation.met ? ' as expected' : '';
      return `unsafe${expected}: ${exact ? '' : 'at least '}${amount(losing)} of ${amount(total)} lose data`;
    }
  }
}

/** States and search time, summed up. */
function effort(reports: readonly ScenarioReport[]): string {
  const sum = (value: (report: ScenarioReport) => number) => reports.reduce((total, each) => total + value(each), 0);
  const states = sum(({ analysis }) => analysis.verdict.states);
  return `${count(states, 'state')}, ${duration(sum(({ analysis }) => analysis.milliseconds))}`;
}

/** The whole run in one line. */
export function summary({ colors }: Terminal, { scenarios, problems }: CheckReport): string {
  const asExpected = scenarios.filter((report) => !hasError(report));
  const having = (verdict: string) => asExpected.filter(({ analysis }) => analysis.verdict.verdict === verdict).length;
  const parts: readonly [number: number, text: string, paint: (text: string) => string][] = [
    [having('safe'), 'safe', colors.green],
    [having('unsafe'), 'unsafe as expected', colors.cyan],
    [having('unknown'), 'unknown', colors.yellow],
    [scenarios.length - asExpected.length, 'with errors', colors.red],
    [problems.length, problems.length === 1 ? 'problem' : 'problems', colors.red],
  ];
  const shown = parts.flatMap(([number, text, paint]) =>
    number === 0 ? [] : [paint(`${formatCount(number)} ${text}`)],
  );
  const all = [...shown, ...(scenarios.length > 0 ? [effort(scenarios)] : [])].join(', ');
  return `${colors.bold(`${count(scenarios.length, 'scenario')} checked`)}: ${all}`;
}

/** Something about it is an error: a loss that nobody expects, an expectation that is not met, and the like. */
function hasError({ findings }: ScenarioReport): boolean {
  return findings.some(({ severity }) => severity === 'error');
}
