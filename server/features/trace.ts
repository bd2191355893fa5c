import { LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import type { Scenario, TraceStep } from '../../engine/index.ts';
import type { ScenarioAnalysis } from '../check/analysis.ts';
import { describeViolation } from '../check/wording.ts';
import type { Replay, RunToTrace } from '../check/worker-protocol.ts';
import type { ScenarioCheck, ScenarioDocument } from '../documents/scenario-document.ts';
import type { LoweredScenario, Span } from '../language/index.ts';
import type { ReplayTarget, TextPosition, TraceParams, TraceResult } from '../protocol.ts';

/** What is to be replayed, with everything that its places in the text are told from. */
interface TraceSubject {
  readonly document: ScenarioDocument;
  readonly target: ReplayTarget;
  readonly lowered: LoweredScenario;
  readonly scenario: Scenario;
  readonly check: ScenarioCheck;
}

/** Finds what to replay. Throws a `ResponseError`: for an older version, for nothing there, for a scenario with errors. */
export function traceSubject(document: ScenarioDocument, params: TraceParams): TraceSubject {
  if (params.version !== undefined && params.version !== document.version) {
    throw new ResponseError(LSPErrorCodes.ContentModified, 'the document has changed since');
  }
  const target = 'position' in params ? targetAt(document, params.position) : params;
  const found = target && document.scenarios[target.scenario];
  if (target === undefined || found === undefined) throw failure('there is no scenario here');
  const { lowered, check } = found;
  const { scenario } = lowered;
  if (scenario === undefined || check === undefined) throw failure('the scenario has errors: repair them first');
  const { schedule, question } = target;
  if (schedule !== undefined && scenario.schedules[schedule] === undefined)
    throw failure('there is no such interleaving');
  if (question !== undefined && scenario.questions?.[question] === undefined)
    throw failure('there is no such question');
  return { document, target: { scenario: target.scenario, schedule, question }, lowered, scenario, check };
}

function failure(message: string): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestFailed, message);
}

/**
 * Which run shows what is asked for: a schedule, or the witness of a question, or else that of the first finding, or else
 * any run. Throws a `ResponseError` for a question that no run answers.
 */
export function runToTrace({ schedule, question }: ReplayTarget, analysis: ScenarioAnalysis | undefined): RunToTrace {
  if (schedule !== undefined) return { kind: 'schedule', index: schedule };
  if (question !== undefined) {
    const answer = analysis?.questions?.[question];
    if (!answer?.reached) throw failure('no interleaving is known that comes to such a state');
    return { kind: 'witness', steps: answer.witness };
  }
  const steps = (analysis?.verdict.violations[0] ?? analysis?.verdict.deadlock)?.witness;
  return steps === undefined ? { kind: 'first' } : { kind: 'witness', steps };
}

/** Puts a trace back into the text. */
export function traceResult({ document, target, lowered, scenario }: TraceSubject, replay: Replay): TraceResult {
  const { trace, problem } = replay;
  const losses = replay.losses.map((loss) => describeViolation(scenario, loss));
  const { uri, version } = document;
  const { schedule, question } = target;
  const part = schedule === undefined ? scenario.questions?.[question ?? -1] : scenario.schedules[schedule];
  return {
    uri,
    version,
    target,
    title: part?.name ?? lowered.name,
    trace,
    places: trace.steps.map((step) => document.rangeOf(placeOf(lowered, step))),
    // What the run of a question is shown for is its state, not what it may lose.
    explanation: target.question === undefined ? replay.explanation : undefined,
    findings: problem === undefined ? losses : [...losses, problem],
  };
}

function targetAt(document: ScenarioDocument, position: TextPosition): ReplayTarget | undefined {
  const offset = document.offsetAt(position);
  const scenario = document.scenarios.findIndex(({ lowered: { span } }) => span.start <= offset && offset <= span.end);
  const sources = document.scenarios[scenario]?.lowered.sources;
  if (sources === undefined) return undefined;
  const isHere = ({ span }: { readonly span: Span }) => span.start <= offset && offset <= span.end;
  const schedule = sources.schedules.findIndex(isHere);
  const question = sources.questions.findIndex(isHere);
  return { scenario, ...(schedule < 0 ? {} : { schedule }), ...(question < 0 ? {} : { question }) };
}

function placeOf({ sources }: LoweredScenario, { actor }: TraceStep): Span {
  const { task, operation } = actor.kind === 'endio' ? actor.startedBy : actor;
  return sources.tasks[task]!.operations[operation]!.span;
}
