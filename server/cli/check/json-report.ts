import {
  type ByteRange,
  type Explanation,
  type OperationReference,
  sentenceText,
  type Violation,
} from '../../../engine/index.ts';
import type { NotedStep, QuestionAnalysis, ScheduleAnalysis } from '../../check/analysis.ts';
import { explanationOf } from '../../check/diagnose.ts';
import { type Place, placeOf } from '../source-file.ts';
import type { AppliedFix } from './apply-fixes.ts';
import type { CheckReport, Problem, ScenarioReport } from './report.ts';

/** Changes when a field is removed or means something else; additions do not change it. */
const version = 1;

/** The report as `check --format json` prints it: the contract of docs/cli.md. */
export function jsonReport({ scenarios, problems }: CheckReport, applied: readonly AppliedFix[]): object {
  return {
    version,
    scenarios: scenarios.map(scenarioJson),
    problems: problems.map(problemJson),
    fixed: applied.map(({ report, guards }) => ({ file: report.file.path, name: report.lowered.name, guards })),
  };
}

function scenarioJson(report: ScenarioReport): object {
  const { file, lowered, profile, analysis } = report;
  const { verdict, expectation, fixes = [], fixesComplete, kernelFix, unsafeReleases } = analysis;
  const fixesJson = fixes.map(({ guards, interleavings = null }) => ({ guards, proved: true, interleavings }));
  return {
    file: file.path,
    name: lowered.name,
    ...placeOf(file, lowered.sources.name),
    kernel: profile.release,
    rulesOf: profile.rulesOf,
    approximate: profile.approximate,
    guards: profile.guards,
    verdict: verdict.verdict,
    complete: verdict.complete,
    bound: verdict.bound ?? null,
    interleavings: verdict.interleavings,
    states: verdict.states,
    transitions: verdict.transitions,
    memory: { bytes: verdict.memory, bytesPerState: Math.round(verdict.memory / verdict.states) },
    milliseconds: round(analysis.milliseconds),
    expectation: { declared: expectation.declared, met: expectation.met },
    violations: verdict.violations.map((violation, i) => ({
      ...violationJson(report, violation, analysis.notes[i] ?? [], analysis.explanations?.[i]),
      explanation: explanationOf(analysis, i).map(sentenceText),
      decisive: stepNumber(analysis.explanations?.[i]?.decisive),
      expected: expectation.expected[i] ?? false,
      fixes: fixesJson,
    })),
    kernelFix: kernelFix
      ? { kernel: kernelFix.kernel, proved: true, interleavings: kernelFix.interleavings ?? null }
      : null,
    fixesComplete: fixesComplete ?? false,
    unsafeReleases: unsafeReleases ?? null,
    deadlock: deadlockJson(report),
    schedules: (analysis.schedules ?? []).map((schedule, i) => scheduleJson(report, schedule, i)),
    questions: (analysis.questions ?? []).map((question, i) => questionJson(report, question, i)),
    notices: [...report.notices, ...report.findings.filter(({ severity }) => severity !== 'error')]
      .filter(({ severity }) => severity !== 'information')
      .map(({ code, severity, message, span }) => ({ ...placeOf(file, span), severity, code, message })),
  };
}

/** Tenths are more than any clock is good for here. */
function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

/** As the sentences and the tables count steps. */
function stepNumber(index: number | undefined): number | null {
  return index === undefined ? null : index + 1;
}

function violationJson(
  report: ScenarioReport,
  violation: Violation,
  notes: readonly NotedStep[],
  explanation?: Explanation,
) {
  const { scenario } = report;
  const { kind, file, range, promisedBy, sizeOnly, transaction } = violation;
  return {
    kind,
    inode: scenario.files[file]!.name,
    range: bytes(range),
    sizeOnly,
    transaction,
    promisedBy: promisedBy && {
      task: scenario.tasks[promisedBy.task]!.name,
      operation: scenario.tasks[promisedBy.task]!.operations[promisedBy.operation]!.kind,
      ...placeOfOperation(report, promisedBy),
    },
    witness: stepsJson(report, notes.slice(0, violation.witness.length), explanation?.relevant),
  };
}

function stepsJson(report: ScenarioReport, notes: readonly NotedStep[], relevant?: readonly boolean[]): object[] {
  const { tasks } = report.scenario;
  return notes.map(({ actor, task, step, changes }, i) => ({
    task,
    operation: actor.kind === 'endio' ? 'endio' : tasks[actor.task]!.operations[actor.operation]!.kind,
    step,
    ...placeOfOperation(report, actor.kind === 'endio' ? actor.startedBy : actor),
    changes,
    ...(relevant === undefined ? {} : { relevant: relevant[i] }),
  }));
}

function scheduleJson(report: ScenarioReport, schedule: ScheduleAnalysis, index: number): object {
  const { file, lowered, scenario } = report;
  const source = lowered.sources.schedules[index]!;
  const { problem } = schedule;
  return {
    name: scenario.schedules[index]!.name ?? '',
    ...placeOf(file, source.name),
    verdict: schedule.verdict,
    violations: schedule.violations.map((violation) => violationJson(report, violation, schedule.notes)),
    problem:
      problem === undefined
        ? null
        : { ...placeOf(file, source.entries[problem.entry] ?? source.name), message: problem.message },
  };
}

function questionJson(report: ScenarioReport, question: QuestionAnalysis, index: number): object {
  const { file, lowered, scenario } = report;
  const { reached, bound = null, interleavings, notes } = question;
  return {
    name: scenario.questions?.[index]?.name ?? '',
    ...placeOf(file, lowered.sources.questions[index]!.name),
    reached,
    bound,
    interleavings,
    witness: reached ? stepsJson(report, notes) : null,
  };
}

function deadlockJson(report: ScenarioReport): object | null {
  const { tasks } = report.scenario;
  const { verdict, deadlockNotes } = report.analysis;
  if (verdict.deadlock === undefined) return null;
  return {
    waiting: verdict.deadlock.waiting.map(({ task, operation, step, reason }) => ({
      task: tasks[task]!.name,
      operation: tasks[task]!.operations[operation]!.kind,
      step,
      ...placeOfOperation(report, { task, operation }),
      reason,
    })),
    witness: stepsJson(report, deadlockNotes),
  };
}

export function problemJson({ path, code, message, source }: Problem): object {
  const place: Place = source === undefined ? { line: 1, column: 1 } : placeOf(source.file, source.span);
  return { file: path, ...place, code, message };
}

function placeOfOperation({ file, lowered }: ScenarioReport, { task, operation }: OperationReference): Place {
  return placeOf(file, lowered.sources.tasks[task]!.operations[operation]!.span);
}

function bytes({ start, end }: ByteRange): [start: number, end: number] {
  return [start, end];
}
