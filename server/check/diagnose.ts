import type { Expectation, NoEffect, OperationReference, Scenario, Sentence, Violation } from '../../engine/index.ts';
import type { LoweredScenario, RelatedPlace, ScenarioSources, Span } from '../language/index.ts';
import type { NotedStep, ScenarioAnalysis } from './analysis.ts';
import type { VerdictCode, VerdictDiagnostic } from './verdict-diagnostic.ts';
import {
  describeAnswer,
  describeBound,
  describeCoverage,
  describeLoss,
  describeViolation,
  formatCount,
} from './wording.ts';

/**
 * What an analysis has to say about a scenario, at places of the text that it was lowered from. Works on
 * an unfinished analysis too: what later stages find is then missing. Empty for a scenario that was not lowered.
 */
export function diagnose(lowered: LoweredScenario, analysis: ScenarioAnalysis): readonly VerdictDiagnostic[] {
  const { scenario, sources } = lowered;
  if (scenario === undefined) return [];
  return [
    ...violations(scenario, sources, analysis),
    ...deadlock(scenario, sources, analysis),
    ...schedules(scenario, sources, analysis),
    ...questions(scenario, sources, analysis),
    ...unmetExpectations(scenario, sources, analysis),
    ...searchBound(sources, analysis),
    ...analysis.verdict.noEffect.map((noEffect) => ineffective(sources, noEffect)),
    ...(analysis.redundantGuards ?? []).flatMap((name) => redundantGuard(sources, name)),
  ];
}

/** A failure of the checker itself, on the name of the scenario that it failed on. */
export function diagnoseFailure({ sources }: LoweredScenario, message: string): VerdictDiagnostic {
  return plain('internal-error', 'error', `the checker failed on this scenario: ${message}`, sources.name);
}

function violations(scenario: Scenario, sources: ScenarioSources, analysis: ScenarioAnalysis): VerdictDiagnostic[] {
  const { verdict, expectation, notes, explanations } = analysis;
  return verdict.violations.map((violation, index) => ({
    code: codes[violation.kind],
    severity: expectation.expected[index] === true ? 'information' : 'error',
    message: describeViolation(scenario, violation),
    span: placeOfPromise(sources, violation),
    related: relatedSteps(sources, notes[index] ?? [], explanations?.[index]?.relevant),
    explanation: explanationOf(analysis, index),
    unnecessary: false,
    violation: index,
    loss: violation,
  }));
}

const codes: Readonly<Record<Violation['kind'], VerdictCode>> = {
  lost: 'lost-extent',
  corrupt: 'corrupt-extent',
  resurrected: 'resurrected-extent',
};

/** The operation that promised; for what was there before the scenario, the file. */
function placeOfPromise(sources: ScenarioSources, { promisedBy, file }: Violation): Span {
  return promisedBy === null ? sources.files[file]!.name : placeOfOperation(sources, promisedBy);
}

function placeOfOperation({ tasks }: ScenarioSources, { task, operation }: OperationReference): Span {
  return tasks[task]!.operations[operation]!.span;
}

/** Why a violation of the verdict comes about, as far as that is known by now, and how the preferred guards prevent it. */
export function explanationOf({ explanations, preventions }: ScenarioAnalysis, violation: number): readonly Sentence[] {
  const prevention = preventions?.[violation];
  return [...(explanations?.[violation]?.sentences ?? []), ...(prevention ? [prevention] : [])];
}

/** One entry per step; a completion is shown at the operation that started it. Of one that is not relevant that is said. */
function relatedSteps(
  sources: ScenarioSources,
  notes: readonly NotedStep[],
  relevant?: readonly boolean[],
): RelatedPlace[] {
  return notes.map(({ actor, task, operation, step, changes }, index) => {
    const what = actor.kind === 'endio' ? operation : `${task}: ${operation}`;
    const change = changes.length > 0 ? ` — ${changes.join('; ')}` : '';
    const mark = relevant?.[index] === false ? ' (does not matter)' : '';
    return {
      span: placeOfOperation(sources, actor.kind === 'endio' ? actor.startedBy : actor),
      message: `${index + 1}. ${what}, ${step}${change}${mark}`,
    };
  });
}

function deadlock(
  scenario: Scenario,
  sources: ScenarioSources,
  { verdict, deadlockNotes }: ScenarioAnalysis,
): VerdictDiagnostic[] {
  const waiting = verdict.deadlock?.waiting ?? [];
  const [first] = waiting;
  if (first === undefined) return [];
  const waits = waiting.map(({ task, operation, step, reason }) => {
    const { name, operations } = scenario.tasks[task]!;
    return `${name} waits for ever at ${step} of ${operations[operation]!.kind}, for ${reason}`;
  });
  const message = waits.join('; ');
  const related = relatedSteps(sources, deadlockNotes);
  return [{ ...plain('deadlock', 'error', message, placeOfOperation(sources, first)), related }];
}

function schedules(scenario: Scenario, sources: ScenarioSources, analysis: ScenarioAnalysis): VerdictDiagnostic[] {
  return (analysis.schedules ?? []).flatMap(({ problem, violations, notes }, schedule) => {
    const { entries, name } = sources.schedules[schedule]!;
    if (problem !== undefined) {
      const span = entries[problem.entry] ?? name;
      return [{ ...plain('infeasible-schedule', 'error', problem.message, span), schedule }];
    }
    const crash = scenario.schedules[schedule]!.entries.findIndex(({ kind }) => kind === 'crash');
    return violations.map(
      (violation): VerdictDiagnostic => ({
        code: codes[violation.kind],
        severity: isExpected(scenario, violation) ? 'information' : 'error',
        message: describeViolation(scenario, violation),
        span: entries[crash] ?? name,
        related: relatedSteps(sources, notes.slice(0, violation.witness.length)),
        explanation: [],
        unnecessary: false,
        loss: violation,
        schedule,
      }),
    );
  });
}

/** Some `expect` covers it. */
function isExpected({ expect }: Scenario, { kind, file, range }: Violation): boolean {
  return expect.some(
    (expectation) =>
      expectation.kind === kind &&
      expectation.file === file &&
      expectation.range.start <= range.start &&
      expectation.range.end >= range.end,
  );
}

function questions(
  { questions: asked = [] }: Scenario,
  sources: ScenarioSources,
  analysis: ScenarioAnalysis,
): VerdictDiagnostic[] {
  return (analysis.questions ?? []).map((answer, question) => {
    const { name } = asked[question]!;
    const message = `${name === undefined ? '' : `"${name}": `}${describeAnswer(answer)}`;
    const { span } = sources.questions[question]!;
    const [code, severity] = answers[String(answer.reached) as `${typeof answer.reached}`];
    return { ...plain(code, severity, message, span), related: relatedSteps(sources, answer.notes), question };
  });
}

const answers = {
  true: ['reached', 'information'],
  false: ['not-reached', 'information'],
  null: ['search-bounded', 'warning'],
} as const;

function unmetExpectations(
  scenario: Scenario,
  sources: ScenarioSources,
  { verdict, expectation }: ScenarioAnalysis,
): VerdictDiagnostic[] {
  const { total, losing, exact } = verdict.interleavings;
  return expectation.unmet.map((index) => {
    const expected = scenario.expect[index]!;
    return plain('unmet-expectation', 'error', explain(expected), sources.expect[index]!);
  });

  function explain(expected: Expectation): string {
    if (expected.kind === 'safe') {
      if (verdict.violations.length === 0) return 'not safe: some interleaving ends in a deadlock';
      return `not safe: ${exact ? '' : 'at least '}${formatCount(losing)} of ${formatCount(total)} interleavings lose data`;
    }
    const { file, range } = expected;
    const instead = verdict.violations.find(
      (found) => found.file === file && found.range.start < range.end && found.range.end > range.start,
    );
    if (instead !== undefined) return `not this loss, but another: ${describeLoss(scenario, instead)}`;
    if (!verdict.complete) return 'no interleaving that was looked at shows this loss';
    return `none of the ${formatCount(total)} interleavings shows this loss`;
  }
}

function searchBound({ bounds, name }: ScenarioSources, { verdict, isOutlook }: ScenarioAnalysis): VerdictDiagnostic[] {
  const { bound } = verdict;
  if (bound === undefined || isOutlook) return [];
  const span = (bound.kind === 'states' || bound.kind === 'steps' ? bounds[bound.kind] : undefined) ?? name;
  const rest = verdict.verdict === 'unsafe' ? 'there may be more to find' : 'nothing is proved';
  const message = `the search ${describeBound(bound)}, ${describeCoverage(bound, verdict.states)}: ${rest}`;
  return [plain('search-bounded', 'warning', message, span)];
}

function ineffective(sources: ScenarioSources, noEffect: NoEffect): VerdictDiagnostic {
  const message = `does nothing in any interleaving: ${noEffect.reason}`;
  return { ...plain('no-effect', 'hint', message, placeOfOperation(sources, noEffect)), unnecessary: true };
}

function redundantGuard({ guards }: ScenarioSources, name: string): VerdictDiagnostic[] {
  const span = guards[name];
  return span === undefined
    ? []
    : [plain('redundant-guard', 'hint', `the scenario is safe without \`${name}\` too`, span)];
}

function plain(
  code: VerdictCode,
  severity: VerdictDiagnostic['severity'],
  message: string,
  span: Span,
): VerdictDiagnostic {
  return { code, severity, message, span, related: [], explanation: [], unnecessary: false };
}
