import { type Command, Option } from 'commander';
import { checkWorkerBundle } from '../../bundle.ts';
import { CheckingService } from '../../check/checking-service.ts';
import { workerThreads } from '../../check/worker-thread.ts';
import { parseShard, type Shard } from '../arguments.ts';
import { type AppliedFix, applyFixes } from '../check/apply-fixes.ts';
import { jsonReport } from '../check/json-report.ts';
import { showProgress } from '../check/progress.ts';
import { type CheckReport, exitCodeOf } from '../check/report.ts';
import { type CheckRequest, runCheck } from '../check/run.ts';
import { watchPaths } from '../check/watch.ts';
import { complainAboutProblems } from '../complain.ts';
import type { ExitCode } from '../exit-codes.ts';
import { appliedLines, prettyReport } from '../pretty/check-report.ts';
import { addSearchOptions, requestOf, type SearchOptions } from '../search-options.ts';
import type { Terminal } from '../terminal.ts';

interface CheckOptions extends SearchOptions {
  readonly shard?: Shard;
  readonly fix?: true;
  readonly watch?: true;
}

/** `fsrace check [PATH…]` */
export function addCheck(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  const command = program
    .command('check')
    .summary('check every scenario under the paths')
    .description('Checks every scenario in the files and folders given, over all interleavings.');
  addSearchOptions(command)
    .option('--shard <i/n>', 'check only part i of n of the scenarios', parseShard)
    .addOption(
      new Option(
        '--fix',
        'write proved guards into the files for losses that no `expect` names, then check again',
      ).conflicts(['kernel', 'guard']),
    )
    .addOption(new Option('--watch', 'check again whenever a file changes').conflicts(['format', 'fix']))
    .action(async (paths: string[], options: CheckOptions) => {
      const request = { ...requestOf(paths, options), shard: options.shard };
      const service = new CheckingService({ start: workerThreads(checkWorkerBundle), size: options.workers });
      try {
        if (options.watch) await watchPaths(request.paths, () => checkAgain(request, service, terminal));
        end(await checkOnce(request, options, service, terminal));
      } finally {
        service.dispose();
      }
    });
}

async function checkOnce(
  request: CheckRequest,
  { format, fix }: CheckOptions,
  service: CheckingService,
  terminal: Terminal,
): Promise<ExitCode> {
  let report = await runCheck(request, service, showProgress);
  const applied = fix ? applyFixes(report) : [];
  if (applied.length > 0) report = await runCheck(request, service, showProgress);
  terminal.write(
    format === 'json' ? formatJson(report, applied) : appliedLines(terminal, applied) + prettyReport(terminal, report),
  );
  complainAboutProblems(terminal, report.problems);
  return exitCodeOf(report);
}

/** In a terminal the report takes the place of the one before. */
async function checkAgain(request: CheckRequest, service: CheckingService, terminal: Terminal): Promise<void> {
  const report = await runCheck(request, service, showProgress);
  if (process.stdout.isTTY) terminal.write('\x1b[2J\x1b[3J\x1b[H');
  terminal.write(prettyReport(terminal, report));
  complainAboutProblems(terminal, report.problems);
}

function formatJson(report: CheckReport, applied: readonly AppliedFix[]): string {
  return `${JSON.stringify(jsonReport(report, applied), null, 2)}\n`;
}
