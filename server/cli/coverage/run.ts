import { type CoverageReport, reportCoverage, type ScenarioCoverage } from '../../../engine/index.ts';
import type { CheckingService } from '../../check/checking-service.ts';
import type { JobOutcome } from '../../check/job.ts';
import { collectScenarios, failureProblem } from '../check/collect.ts';
import type { ShowProgress } from '../check/progress.ts';
import type { CheckableScenario, Problem } from '../check/report.ts';
import type { CheckRequest } from '../check/run.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';

/** A scenario, and what its interleavings exercise. */
export interface CoveredScenario extends CheckableScenario {
  readonly coverage: ScenarioCoverage;
}

/** What one run of `coverage` found. */
export interface CoverageRun {
  readonly scenarios: readonly CoveredScenario[];
  readonly report: CoverageReport;
  readonly problems: readonly Problem[];
}

/** Finds out what all scenarios that a request names exercise, in the order of paths and text. */
export async function runCoverage(
  request: CheckRequest,
  service: CheckingService,
  showProgress: ShowProgress,
): Promise<CoverageRun> {
  const { scenarios, problems } = collectScenarios(request);
  const jobs = scenarios.map(({ scenario }) =>
    service.cover(scenario, { limits: request.bounds, reduction: request.reduction }),
  );
  const outcomes: (JobOutcome | undefined)[] = jobs.map(() => undefined);
  const endProgress = showProgress(jobs.length, () => ({
    done: outcomes.filter((outcome) => outcome !== undefined).length,
    states: jobs.reduce((sum, { states }, i) => sum + (coverageOf(outcomes[i])?.states ?? states), 0),
    all: '',
  }));
  await Promise.all(
    jobs.map(async ({ outcome }, i) => {
      outcomes[i] = await outcome;
    }),
  );
  endProgress();
  const covered = scenarios.flatMap((checkable, i): CoveredScenario[] => {
    const coverage = coverageOf(outcomes[i]);
    return coverage === undefined ? [] : [{ ...checkable, coverage }];
  });
  const failures = scenarios.flatMap((checkable, i) => {
    const failure = failureOf(outcomes[i]);
    return failure === undefined ? [] : [failureProblem(checkable, failure)];
  });
  return { scenarios: covered, report: reportCoverage(covered), problems: [...problems, ...failures] };
}

/** What could not be searched weighs most, then a bound that was hit: what was not exercised may be in what was left out. */
export function exitCodeOf({ scenarios, problems }: CoverageRun): ExitCode {
  if (problems.length > 0) return exitCodes.misuse;
  return scenarios.every(isComplete) ? exitCodes.clean : exitCodes.bounded;
}

/** Every interleaving was looked at. */
export function isComplete({ coverage }: CoveredScenario): boolean {
  return coverage.bound === undefined;
}

function coverageOf(outcome: JobOutcome | undefined): ScenarioCoverage | undefined {
  return outcome?.kind === 'covered' ? outcome.coverage : undefined;
}

function failureOf(outcome: JobOutcome | undefined): string | undefined {
  if (outcome?.kind === 'failed') return outcome.message;
  return outcome?.kind === 'lost' ? `the worker was lost (${outcome.reason})` : undefined;
}
