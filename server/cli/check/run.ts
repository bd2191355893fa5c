import { contentOf } from '../../check/check-content.ts';
import type { Checking } from '../../check/checking.ts';
import type { CheckingService } from '../../check/checking-service.ts';
import { diagnoseFailure } from '../../check/diagnose.ts';
import { isInShard, type Shard } from '../arguments.ts';
import { readSourceFiles, type SourceFile, type UnreadablePath } from '../source-file.ts';
import { type CheckSettings, configure } from './configure.ts';
import { type CheckableScenario, type CheckReport, type Problem, reportOn } from './report.ts';

/** What to check, and how. */
export interface CheckRequest extends CheckSettings {
  readonly paths: readonly string[];
  readonly shard?: Shard | undefined;
  /** Off: large searches visit all states too. */
  readonly reduction?: boolean | undefined;
}

/** Shows how far searches are; returns what ends that. */
type ShowProgress = (checkings: readonly Checking[]) => () => void;

/** Checks all scenarios that a request names. The report is in the order of paths and text, whatever the workers do. */
export async function runCheck(
  request: CheckRequest,
  service: CheckingService,
  showProgress: ShowProgress,
): Promise<CheckReport> {
  const { files, unreadable } = readSourceFiles(request.paths);
  const ownFiles = files.filter((_, position) => isInShard(position, request.shard));
  const scenarios = files
    .flatMap((file) => checkables(file, request))
    .filter((_, position) => isInShard(position, request.shard));
  // The scenarios have those bounds of the command line that a scenario can set, and go first.
  const settings = { limits: request.bounds, reduction: request.reduction, releases: true };
  const shares = scenarios.map(({ scenario }) => service.share(contentOf(scenario, settings), () => {}));
  const checkings = shares.map(({ checking }) => checking);
  const endProgress = showProgress(checkings);
  await Promise.all(checkings.map(({ completed }) => completed));
  endProgress();
  const report: CheckReport = {
    scenarios: scenarios.flatMap((checkable, i) => {
      const { analysis, state } = checkings[i]!;
      return state === 'done' && analysis !== undefined ? [reportOn(checkable, analysis)] : [];
    }),
    problems: [
      ...unreadable.map(unreadableProblem),
      ...ownFiles.flatMap(textProblems),
      ...scenarios.flatMap((checkable, i) => failureOf(checkable, checkings[i]!)),
    ],
  };
  for (const share of shares) share.release();
  return report;
}

function checkables(file: SourceFile, settings: CheckSettings): CheckableScenario[] {
  return file.reading.scenarios.flatMap((lowered) =>
    lowered.scenario === undefined ? [] : [{ file, lowered, scenario: configure(lowered.scenario, settings) }],
  );
}

function unreadableProblem({ path, reason }: UnreadablePath): Problem {
  return { path, code: 'unreadable', message: reason };
}

function textProblems(file: SourceFile): Problem[] {
  return file.reading.diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ code, message, span }) => ({ path: file.path, code, message, source: { file, span } }));
}

function failureOf({ file, lowered }: CheckableScenario, { state, failure }: Checking): Problem[] {
  if (state === 'done') return [];
  const { code, message, span } = diagnoseFailure(lowered, failure);
  return [{ path: file.path, code, message, source: { file, span } }];
}
