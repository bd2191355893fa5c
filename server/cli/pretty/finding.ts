import { traceWitness, type Violation } from '../../../engine/index.ts';
import type { NotedStep } from '../../check/analysis.ts';
import type { VerdictDiagnostic } from '../../check/verdict-diagnostic.ts';
import type { ScenarioReport } from '../check/report.ts';
import { placeOf } from '../source-file.ts';
import type { Terminal } from '../terminal.ts';
import { excerpt, remark } from './excerpt.ts';
import { explanationLines } from './explanation-lines.ts';
import { stepTable } from './step-table.ts';
import { count, describeFix, describeFound, formatCount, replayCommand } from './words.ts';

type Remark = readonly [label: string, text: string];

/** What a search found: the place, the run that shows it unless it is expected, and what follows from it. */
export function findingBlock(terminal: Terminal, report: ScenarioReport, finding: VerdictDiagnostic): string[] {
  const { file, scenario } = report;
  const tasks = scenario.tasks.map(({ name }) => name);
  const notes = notesOf(report, finding);
  const { line } = placeOf(file, finding.span);
  const relevant = report.analysis.explanations?.[finding.violation ?? -1]?.relevant;
  const table = stepTable(terminal, notes, tasks, relevant);
  const run = notes.length > 0 ? ['', introduction(report, finding), '', ...table] : [];
  const why = explanationLines(terminal, finding.explanation);
  const more = remarks(report, finding).flatMap(([label, text]) => remark(terminal, line, label, text));
  return [
    ...excerpt(terminal, finding, file, finding.span),
    ...run,
    ...(why.length > 0 ? ['', ...why] : []),
    ...(run.length > 0 && more.length > 0 ? [''] : []),
    ...more,
  ];
}

/** The run that shows a loss of the search, a deadlock, or the answer to a question. That of an explicit interleaving is in the text already. */
function notesOf({ analysis }: ScenarioReport, { code, violation, question }: VerdictDiagnostic): readonly NotedStep[] {
  if (code === 'deadlock') return analysis.deadlockNotes;
  if (question !== undefined) return analysis.questions?.[question]?.notes ?? [];
  return violation === undefined ? [] : (analysis.notes[violation] ?? []);
}

function introduction(
  { analysis: { verdict, explanations } }: ScenarioReport,
  { code, question, violation }: VerdictDiagnostic,
): string {
  if (code === 'deadlock') return '  A shortest way into it:';
  if (question !== undefined) return '  A shortest way there:';
  const { total, losing, exact } = verdict.interleavings;
  const stars = violation !== undefined && explanations?.[violation] !== undefined ? ', * for steps that matter' : '';
  if (exact && losing === '1') return `  The only losing interleaving (of ${formatCount(total)})${stars}:`;
  const which = `${exact ? '' : 'at least '}${count(losing, 'losing interleaving')}`;
  return `  The shortest of ${which} (of ${formatCount(total)})${stars}:`;
}

function remarks(report: ScenarioReport, finding: VerdictDiagnostic): Remark[] {
  const { file, scenario, analysis, lowered } = report;
  if (finding.schedule !== undefined) {
    const name = scenario.schedules[finding.schedule]?.name ?? String(finding.schedule + 1);
    return [['replay', replayCommand(file, lowered, ['--interleaving', name])]];
  }
  if (finding.question !== undefined) {
    if (finding.code !== 'reached') return [];
    const name = scenario.questions?.[finding.question]?.name ?? String(finding.question + 1);
    return [['replay', replayCommand(file, lowered, ['--question', name])]];
  }
  const violation = finding.violation === undefined ? undefined : analysis.verdict.violations[finding.violation];
  if (violation === undefined) return [];
  const crash = traceWitness(scenario, violation.witness).steps.at(-1)?.state.crash;
  const found = crash === undefined ? [] : describeFound(crash, violation);
  return [
    ...found.map((text): Remark => ['after the crash', text]),
    ['promised by', describePromiser(report, violation)],
    ...describeFixes(report).map((text): Remark => ['fix', text]),
    ...describeReleases(report).map((text): Remark => ['unsafe', text]),
  ];
}

/** Who promised the data, where, and when it was promised. */
function describePromiser({ file, lowered, scenario }: ScenarioReport, { promisedBy, witness }: Violation): string {
  if (promisedBy === null) return 'nobody: it was there, committed, before the scenario';
  const { name, operations } = scenario.tasks[promisedBy.task]!;
  const { line } = placeOf(file, lowered.sources.tasks[promisedBy.task]!.operations[promisedBy.operation]!.span);
  const returned = witness.findLastIndex(
    ({ actor }) => actor.kind === 'task' && actor.task === promisedBy.task && actor.operation === promisedBy.operation,
  );
  return `${operations[promisedBy.operation]!.kind} of ${name} (line ${line}), which returned success at step ${returned + 1}`;
}

/** From which release to which. */
function describeReleases({ analysis: { unsafeReleases } }: ScenarioReport): string[] {
  if (!unsafeReleases) return [];
  const { first, last, throughout, complete } = unsafeReleases;
  const between = throughout ? '' : ', not on all between';
  const others = complete ? '' : ', perhaps on others';
  return [first === last ? `on kernel ${first}${others}` : `from kernel ${first} to ${last}${between}${others}`];
}

function describeFixes({ analysis: { fixes = [], fixesComplete, kernelFix } }: ScenarioReport): string[] {
  const more =
    fixes.length > 0 && fixesComplete === false ? ['perhaps more: the search for sets of guards was bounded'] : [];
  const known = [...[...fixes, ...(kernelFix ? [kernelFix] : [])].map(describeFix), ...more];
  return known.length > 0 ? known : ['none: no set of guards and no later release was proved to keep the data'];
}
