import {
  answerQuestions,
  type CheckOptions,
  check,
  checkSchedule,
  type ExpectationResult,
  type Explanation,
  explainGuards,
  explainViolation,
  type Fix,
  findFixes,
  findKernelFix,
  findUnsafeReleases,
  judgeExpectation,
  Proofs,
  type QuestionAnswer,
  redundantGuards,
  type Scenario,
  type ScheduleEntry,
  type ScheduleVerdict,
  type Sentence,
  type TraceStep,
  traceWitness,
  type UnsafeReleases,
  type Verdict,
  type Violation,
  type WitnessStep,
} from '../../engine/index.ts';
import { losingSchedule } from './losing-schedule.ts';

/** The stages of an analysis, in the order in which they are done; `outlook` only, and up to twice, where the search is long. */
export type AnalysisStage =
  | 'outlook'
  | 'verdict'
  | 'schedules'
  | 'explanations'
  | 'questions'
  | 'fixes'
  | 'kernel-fix'
  | 'losing-schedules'
  | 'redundant-guards'
  | 'unsafe-releases';

/** A step of a run with what it changed, in words; the states are left out. */
export type NotedStep = Omit<TraceStep, 'state'>;

/** One explicit interleaving, judged. */
export interface ScheduleAnalysis extends ScheduleVerdict {
  /** Its steps with what each changed; empty when it breaks no promise. */
  readonly notes: readonly NotedStep[];
}

/** One question, answered. */
export interface QuestionAnalysis extends QuestionAnswer {
  /** The steps of the witness with what each changed. */
  readonly notes: readonly NotedStep[];
}

/** All that is known about one scenario. Plain data; what a later stage finds out is undefined until then. */
export interface ScenarioAnalysis {
  readonly verdict: Verdict;
  /** The search goes on: there may be more violations (bound `violation`), or shorter witnesses; nothing is counted yet. */
  readonly isOutlook?: true | undefined;
  readonly expectation: ExpectationResult;
  /** Time that the search took, and nothing else. */
  readonly milliseconds: number;
  /** For each violation of the verdict, its witness with what each step changed. */
  readonly notes: readonly (readonly NotedStep[])[];
  /** The same for the way into a deadlock; empty when there is none. */
  readonly deadlockNotes: readonly NotedStep[];
  /** Parallel to the explicit interleavings of the scenario. */
  readonly schedules?: readonly ScheduleAnalysis[] | undefined;
  /** For each of the first violations of the verdict, why it comes about. */
  readonly explanations?: readonly Explanation[] | undefined;
  /** Parallel to the questions of the scenario. */
  readonly questions?: readonly QuestionAnalysis[] | undefined;
  /** Proved sets of guards, the preferred one first; empty when there is nothing to repair. */
  readonly fixes?: readonly Fix[] | undefined;
  /** For each of the same violations, how the preferred set of guards prevents it; null where that cannot be told, or there is none. */
  readonly preventions?: readonly (Sentence | null)[] | undefined;
  /** Those are all minimal sets. */
  readonly fixesComplete?: boolean | undefined;
  /** The first later release that is proved safe; null when there is none, or nothing to repair. */
  readonly kernelFix?: Fix | null | undefined;
  /** For each violation of the verdict, an explicit interleaving that shows it; null where none was found. */
  readonly losingSchedules?: readonly (readonly ScheduleEntry[] | null)[] | undefined;
  /** Guards that the scenario turns on and is proved safe without. */
  readonly redundantGuards?: readonly string[] | undefined;
  /** Where it is unsafe, of all releases; null when nothing is found but what is expected. Only when asked for. */
  readonly unsafeReleases?: UnsafeReleases | null | undefined;
}

/** How an analysis is watched, bounded and ended. */
export interface AnalysisOptions extends CheckOptions {
  /** A clock in milliseconds; only differences count. */
  readonly now: () => number;
  /** Also find out on which releases the scenario is unsafe: that can take much longer than all else. */
  readonly releases?: boolean | undefined;
  /** Called after each stage with all that is known by then. */
  readonly onStage?: ((stage: AnalysisStage, analysis: ScenarioAnalysis) => void) | undefined;
}

/**
 * Checks a scenario, then what follows from the verdict, stage by stage. Synchronous and CPU bound. When
 * `shouldStop` says so, the verdict is bounded by `cancelled`, and what later stages would find stays undefined.
 * Throws what the engine throws.
 */
export function analyseScenario(scenario: Scenario, options: AnalysisOptions): ScenarioAnalysis {
  return completeAnalysis(scenario, judgeScenario(scenario, options), options);
}

/** The first two stages: the verdict over all interleavings, and over the explicit ones. */
export function judgeScenario(scenario: Scenario, options: AnalysisOptions): ScenarioAnalysis {
  const { overrides, onStage } = options;
  const start = options.now();
  const note = (steps: readonly WitnessStep[]) => notesOf(scenario, steps, options);
  const analysisOf = (verdict: Verdict): ScenarioAnalysis => ({
    verdict,
    expectation: judgeExpectation(scenario, verdict),
    milliseconds: options.now() - start,
    notes: verdict.violations.map(({ witness }) => note(witness)),
    deadlockNotes: verdict.deadlock === undefined ? [] : note(verdict.deadlock.witness),
  });
  const onOutlook = (outlook: Verdict) => {
    // Whether what is expected was found is known when all was found.
    if (outlook.complete || scenario.expect.length === 0) {
      onStage?.('outlook', { ...analysisOf(outlook), isOutlook: true });
    }
  };
  const judged = analysisOf(check(scenario, { ...options, onOutlook: onStage && onOutlook }));
  onStage?.('verdict', judged);
  const schedules = scenario.schedules.map((_, index): ScheduleAnalysis => {
    const schedule = checkSchedule(scenario, index, overrides);
    return { ...schedule, notes: schedule.violations.length > 0 ? note(schedule.steps) : [] };
  });
  const analysis = { ...judged, schedules };
  onStage?.('schedules', analysis);
  return analysis;
}

/**
 * The later stages that need nothing of each other, in two parts of about the same work: where it is much, two workers share it. Within
 * a part, what one stage proves the next ones can use.
 */
export const partsOfLaterStages: readonly (readonly AnalysisStage[])[] = [
  ['explanations', 'questions', 'fixes', 'losing-schedules'],
  ['kernel-fix', 'redundant-guards', 'unsafe-releases'],
];

/**
 * The later stages, or some of them, for a scenario that has been judged: what would repair it, or what it could do without.
 */
export function completeAnalysis(
  scenario: Scenario,
  judged: ScenarioAnalysis,
  options: AnalysisOptions,
  stages: readonly AnalysisStage[] = partsOfLaterStages.flat(),
): ScenarioAnalysis {
  let analysis = judged;
  const proofs = new Proofs(scenario, options);
  for (const [stage, find] of laterStages) {
    if (!stages.includes(stage) || (stage === 'unsafe-releases' && options.releases !== true)) continue;
    const found = find(scenario, judged, options, proofs);
    // A proof that was cut short says nothing about what it did not prove.
    if (options.shouldStop?.() === true) break;
    analysis = { ...analysis, ...found };
    options.onStage?.(stage, analysis);
  }
  return analysis;
}

type LaterStage = (
  scenario: Scenario,
  judged: ScenarioAnalysis,
  options: CheckOptions,
  proofs: Proofs,
) => Partial<ScenarioAnalysis>;

/** Where there are more violations than that, those beyond are not explained: repairs must not wait for that. */
const mostExplained = 20;

const laterStages: readonly (readonly [AnalysisStage, LaterStage])[] = [
  [
    'explanations',
    (scenario, { verdict: { violations } }, { overrides, shouldStop }) => ({
      explanations: violations
        .slice(0, mostExplained)
        .flatMap((violation) => explainUnlessStopped(scenario, violation, { overrides, shouldStop })),
    }),
  ],
  [
    'questions',
    (scenario, _, options) => ({
      questions: answerQuestions(scenario, options).map((answer) => ({
        ...answer,
        notes: notesOf(scenario, answer.witness, options),
      })),
    }),
  ],
  [
    'fixes',
    (scenario, { verdict: { verdict, violations } }, options, proofs) => {
      if (verdict !== 'unsafe') return { fixes: [], preventions: [], fixesComplete: true };
      const { fixes, complete } = findFixes(scenario, options, proofs);
      const [fix] = fixes;
      const prevent = (violation: Violation) =>
        fix && explainGuards(scenario, violation, fix.guards, options.overrides);
      const preventions = violations.slice(0, mostExplained).map((violation) => prevent(violation) ?? null);
      return { fixes, preventions, fixesComplete: complete };
    },
  ],
  [
    'kernel-fix',
    (scenario, { verdict: { verdict } }, options, proofs) => ({
      kernelFix: verdict === 'unsafe' ? (findKernelFix(scenario, options, proofs) ?? null) : null,
    }),
  ],
  [
    'losing-schedules',
    (scenario, { verdict: { violations } }, { shouldStop }) => ({
      losingSchedules: violations.map((violation) =>
        shouldStop?.() === true ? null : (losingSchedule(scenario, violation) ?? null),
      ),
    }),
  ],
  [
    'redundant-guards',
    (scenario, { verdict: { verdict } }, options, proofs) => ({
      redundantGuards: verdict === 'safe' ? redundantGuards(scenario, options, proofs) : [],
    }),
  ],
  [
    'unsafe-releases',
    (scenario, { verdict, expectation }, options, proofs) => {
      const isNews = verdict.deadlock !== undefined || !expectation.expected.every(Boolean);
      return { unsafeReleases: isNews ? (findUnsafeReleases(scenario, options, proofs) ?? null) : null };
    },
  ],
];

/** Nothing when it was stopped: the stage is not heard of then. */
function explainUnlessStopped(
  scenario: Scenario,
  violation: Violation,
  { overrides, shouldStop }: CheckOptions,
): Explanation[] {
  try {
    return [explainViolation(scenario, violation, overrides, shouldStop)];
  } catch (error) {
    if (shouldStop?.() === true) return [];
    throw error;
  }
}

function notesOf(scenario: Scenario, steps: readonly WitnessStep[], { overrides }: CheckOptions): NotedStep[] {
  return traceWitness(scenario, steps, overrides).steps.map(({ state: _, ...note }) => note);
}
