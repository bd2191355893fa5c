import { contentOf } from '../../check/check-content.ts';
import type { Checking } from '../../check/checking.ts';
import type { CheckingService } from '../../check/checking-service.ts';
import { collectScenarios, failureProblem, type ScenarioSelection } from './collect.ts';
import type { ShowProgress } from './progress.ts';
import { type CheckReport, reportOn } from './report.ts';

/** What to check, and how. */
export interface CheckRequest extends ScenarioSelection {
  /** Off: large searches visit all states too. */
  readonly reduction?: boolean | undefined;
}

/** Checks all scenarios that a request names. The report is in the order of paths and text, whatever the workers do. */
export async function runCheck(
  request: CheckRequest,
  service: CheckingService,
  showProgress: ShowProgress,
): Promise<CheckReport> {
  const { scenarios, problems } = collectScenarios(request);
  // The bounds of the command line are in the scenarios.
  const shares = scenarios.map(({ scenario }) =>
    service.share(contentOf(scenario, { reduction: request.reduction, releases: true }), () => {}),
  );
  const checkings = shares.map(({ checking }) => checking);
  const endProgress = showProgress(checkings.length, () => progressOf(checkings));
  await Promise.all(checkings.map(({ completed }) => completed));
  endProgress();
  const report: CheckReport = {
    scenarios: scenarios.flatMap((checkable, i) => {
      const { analysis, state } = checkings[i]!;
      return state === 'done' && analysis !== undefined ? [reportOn(checkable, analysis)] : [];
    }),
    problems: [
      ...problems,
      ...scenarios.flatMap((checkable, i) => {
        const { state, failure } = checkings[i]!;
        return state === 'done' ? [] : [failureProblem(checkable, failure)];
      }),
    ],
  };
  for (const share of shares) share.release();
  return report;
}

function progressOf(checkings: readonly Checking[]) {
  return {
    done: checkings.filter(({ state }) => state !== 'judging' && state !== 'completing').length,
    states: checkings.reduce((sum, { analysis, states }) => sum + (analysis?.verdict.states ?? states), 0),
  };
}
