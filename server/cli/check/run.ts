import { contentOf } from '../../check/check-content.ts';
import type { Checking } from '../../check/checking.ts';
import type { CheckingService } from '../../check/checking-service.ts';
import { describeAll } from '../../check/wording.ts';
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
  // The scenarios have those bounds of the command line that a scenario can set, and go first.
  const settings = { limits: request.bounds, reduction: request.reduction, releases: true };
  const shares = scenarios.map(({ scenario }) => service.share(contentOf(scenario, settings), () => {}));
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

/** What `Checking` tells of how far it is. */
type CheckUnderWay = Pick<Checking, 'state' | 'analysis' | 'states' | 'estimate'>;

/** How far checks are; how many states there are in all only while it is about their verdicts. */
export function progressOf(checkings: readonly CheckUnderWay[]) {
  const judging = checkings.filter(({ state }) => state === 'judging');
  const completing = checkings.filter(({ state }) => state === 'completing');
  const states = checkings.reduce((sum, checking) => sum + statesOf(checking), 0);
  return {
    done: checkings.length - judging.length - completing.length,
    states,
    all: completing.length > 0 ? '' : describeAll(judging, states),
  };
}

function statesOf({ state, analysis, states }: CheckUnderWay): number {
  return state === 'judging' ? states : (analysis?.verdict.states ?? 0);
}
