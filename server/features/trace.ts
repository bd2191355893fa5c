import { LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import type { Trace, TraceStep } from '../../engine/index.ts';
import type { ScenarioAnalysis } from '../check/analysis.ts';
import { describeViolation } from '../check/wording.ts';
import type { RunToTrace } from '../check/worker-protocol.ts';
import type { CheckedScenario, ScenarioDocument } from '../documents/scenario-document.ts';
import type { LoweredScenario } from '../language/index.ts';
import type { ReplayTarget, TextPosition, TraceParams, TraceResult } from '../protocol.ts';

/** What is to be replayed, with everything that its places in the text are told from. */
export interface TraceSubject {
  readonly document: ScenarioDocument;
  readonly target: ReplayTarget;
  readonly scenario: CheckedScenario;
}

/** Finds what to replay. Throws a `ResponseError`: for an older version, for nothing there, for a scenario with errors. */
export function traceSubject(document: ScenarioDocument, params: TraceParams): TraceSubject {
  if (params.version !== undefined && params.version !== document.version) {
    throw new ResponseError(LSPErrorCodes.ContentModified, 'the document has changed since');
  }
  const target = 'position' in params ? targetAt(document, params.position) : params;
  const scenario = target && document.scenarios[target.scenario];
  if (target === undefined || scenario === undefined)
    throw new ResponseError(LSPErrorCodes.RequestFailed, 'there is no scenario here');
  if (scenario.lowered.scenario === undefined) {
    throw new ResponseError(LSPErrorCodes.RequestFailed, 'the scenario has errors: repair them first');
  }
  if (target.schedule !== undefined && scenario.lowered.sources.schedules[target.schedule] === undefined) {
    throw new ResponseError(LSPErrorCodes.RequestFailed, 'there is no such interleaving');
  }
  return { document, target: { scenario: target.scenario, schedule: target.schedule }, scenario };
}

/** Which run shows what is asked for: a schedule, or else the witness of the first finding, or else any run. */
export function runToTrace({ schedule }: ReplayTarget, analysis: ScenarioAnalysis | undefined): RunToTrace {
  if (schedule !== undefined) return { kind: 'schedule', index: schedule };
  const steps = (analysis?.verdict.violations[0] ?? analysis?.verdict.deadlock)?.witness;
  return steps === undefined ? { kind: 'first' } : { kind: 'witness', steps };
}

/** Puts a trace back into the text. */
export function traceResult(
  { document, target, scenario }: TraceSubject,
  trace: Trace,
  problem: string | undefined,
): TraceResult {
  const { lowered } = scenario;
  const { uri, version } = document;
  const crash = (trace.steps.at(-1)?.state ?? trace.initial).crash;
  const losses = crash.violations.map(
    (violation) => lowered.scenario && describeViolation(lowered.scenario, violation),
  );
  return {
    uri,
    version,
    target,
    title: titleOf(lowered, target),
    trace,
    places: trace.steps.map((step) => document.rangeOf(placeOf(lowered, step))),
    findings: [...losses, problem].filter((finding) => finding !== undefined),
  };
}

function targetAt(document: ScenarioDocument, position: TextPosition): ReplayTarget | undefined {
  const offset = document.offsetAt(position);
  const scenario = document.scenarios.findIndex(({ lowered: { span } }) => span.start <= offset && offset <= span.end);
  const schedules = document.scenarios[scenario]?.lowered.sources.schedules;
  if (schedules === undefined) return undefined;
  const schedule = schedules.findIndex(({ span }) => span.start <= offset && offset <= span.end);
  return schedule < 0 ? { scenario } : { scenario, schedule };
}

function titleOf({ name, scenario }: LoweredScenario, { schedule }: ReplayTarget): string {
  const own = schedule === undefined ? undefined : scenario?.schedules[schedule]?.name;
  return own ?? name;
}

function placeOf({ sources }: LoweredScenario, { actor }: TraceStep) {
  const { task, operation } = actor.kind === 'endio' ? actor.startedBy : actor;
  return sources.tasks[task]!.operations[operation]!.span;
}
