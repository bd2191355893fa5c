import { operationKinds, type SwitchCoverage } from '../../../engine/index.ts';
import { describeBound } from '../../check/wording.ts';
import type { CoverageRun, CoveredScenario } from '../coverage/run.ts';
import { placeOf } from '../source-file.ts';
import type { Terminal } from '../terminal.ts';
import { problemBlocks } from './check-report.ts';
import { namesTable } from './names-table.ts';
import { describeShares, operationCoverage } from './operation-coverage.ts';
import { type Cell, table } from './table.ts';
import { count } from './words.ts';

/** The report for people: what is never exercised, operation by operation, then all in one line. */
export function coverageReport(terminal: Terminal, run: CoverageRun): string {
  const blocks = [
    ...(run.scenarios.length > 0 ? exercised(terminal, run) : []),
    ...problemBlocks(terminal, run.problems),
    summary(terminal, run),
  ];
  return `${blocks
    .filter(({ length }) => length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function exercised(terminal: Terminal, { scenarios, report }: CoverageRun): string[][] {
  return [
    ...report.operations.map((operation) => operationCoverage(terminal, operation)),
    titled(terminal, 'operations', [
      ...namesTable(terminal, [['in no scenario', report.unused]]),
      ...unendedLines(terminal, scenarios),
    ]),
    titled(terminal, 'guards', guardLines(terminal, report.guards)),
    [ruleLine(terminal, report.rules)],
  ];
}

function titled({ colors }: Terminal, title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [colors.bold(title), ...lines];
}

function guardLines(terminal: Terminal, guards: readonly SwitchCoverage[]): string[] {
  const having = (on: boolean, off: boolean) =>
    guards.filter((guard) => guard.on > 0 === on && guard.off > 0 === off).map(({ name }) => name);
  return namesTable(terminal, [
    ['never looked at', having(false, false)],
    ['only while on', having(true, false)],
    ['only while off', having(false, true)],
  ]);
}

/** Rules have names in the JSON report only; people know them by releases. */
function ruleLine({ colors }: Terminal, rules: readonly SwitchCoverage[]): string {
  const lookedAt = rules.filter(({ on, off }) => on > 0 || off > 0);
  const bothWays = lookedAt.filter(({ on, off }) => on > 0 && off > 0);
  return `${colors.bold('rules of the kernel')}: ${lookedAt.length} of ${rules.length} looked at, ${bothWays.length} of them both ways`;
}

/** The operations that end in no interleaving of their scenario. */
function unendedLines({ width }: Terminal, scenarios: readonly CoveredScenario[]): string[] {
  const rows = scenarios.flatMap(({ file, lowered, scenario, coverage: { bound, operations } }) =>
    operations
      .filter(({ ended }) => !ended && bound === undefined)
      .map(({ task, operation, kind, begun }): Cell[] => {
        const { line, column } = placeOf(file, lowered.sources.tasks[task]!.operations[operation]!.span);
        return [
          { text: `${file.path}:${line}:${column}` },
          { text: `${scenario.tasks[task]!.name}: ${kind}` },
          { text: begun ? 'never ends' : 'never begins' },
        ];
      }),
  );
  return table(rows, { width, indent: 2 });
}

/** The whole run in one line, below those for searches that hit a bound. */
function summary({ colors }: Terminal, { scenarios, report }: CoverageRun): string[] {
  const bounded = scenarios.flatMap(({ file, lowered, coverage: { bound } }) =>
    bound === undefined
      ? []
      : [
          `${file.path}:${placeOf(file, lowered.sources.name).line}: the search ${describeBound(bound)}: it may exercise more`,
        ],
  );
  const used = operationKinds.length - report.unused.length;
  const states = scenarios.reduce((sum, { coverage }) => sum + coverage.states, 0);
  const parts = [
    `${used} of ${operationKinds.length} operations`,
    ...(report.operations.length > 0 ? [describeShares(report.operations)] : []),
    count(states, 'state'),
  ];
  const atLeast = bounded.length > 0 ? 'at least ' : '';
  return [
    ...bounded.map((line) => colors.yellow(line)),
    `${colors.bold(`${count(scenarios.length, 'scenario')} covered`)}: ${atLeast}${parts.join(', ')}`,
  ];
}
