import { type Command, Option } from 'commander';
import { checkWorkerBundle } from '../../bundle.ts';
import { CheckingService } from '../../check/checking-service.ts';
import type { SearchLimits } from '../../check/worker-protocol.ts';
import { workerThreads } from '../../check/worker-thread.ts';
import {
  defaultWorkers,
  parseBound,
  parseGuard,
  parseKernel,
  parseShard,
  parseWorkers,
  type Shard,
} from '../arguments.ts';
import { type AppliedFix, applyFixes } from '../check/apply-fixes.ts';
import { jsonReport } from '../check/json-report.ts';
import { showProgress } from '../check/progress.ts';
import { type CheckReport, exitCodeOf, type Problem } from '../check/report.ts';
import { type CheckRequest, runCheck } from '../check/run.ts';
import { watchPaths } from '../check/watch.ts';
import type { ExitCode } from '../exit-codes.ts';
import { appliedLines, prettyReport } from '../pretty/check-report.ts';
import { count } from '../pretty/words.ts';
import { placeOf } from '../source-file.ts';
import type { Terminal } from '../terminal.ts';

interface CheckOptions {
  readonly format: 'pretty' | 'json';
  readonly kernel?: string;
  readonly guard?: Readonly<Record<string, boolean>>;
  readonly bound?: SearchLimits;
  readonly workers: number;
  readonly shard?: Shard;
  readonly reduction: 'on' | 'off';
  readonly fix?: true;
  readonly watch?: true;
}

/** `fsrace check [PATH…]` */
export function addCheck(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  program
    .command('check')
    .summary('check every scenario under the paths')
    .description('Checks every scenario in the files and folders given, over all interleavings.')
    .argument('[path...]', 'scenario files, and folders with them (default: the working directory)')
    .addOption(
      new Option('--format <format>', 'for people or for programs').choices(['pretty', 'json']).default('pretty'),
    )
    .option('--kernel <version>', 'check as that mainline release, whatever the scenarios say', parseKernel)
    .option('--guard <name=on|off>', 'turn one guard on or off, over kernel and scenarios (repeatable)', parseGuard)
    .option(
      '--bound <limit=n>',
      'end each search at states=N, steps=N, memory=512M or time=30s (repeatable)',
      parseBound,
    )
    .option('--workers <n>', 'searches at a time; the answer is the same for any number', parseWorkers, defaultWorkers)
    .option('--shard <i/n>', 'check only part i of n of the scenarios', parseShard)
    .addOption(
      new Option(
        '--reduction <on|off>',
        'in large searches, skip interleavings that are sure to end like another one; off: search them all',
      )
        .choices(['on', 'off'])
        .default('on'),
    )
    .addOption(
      new Option(
        '--fix',
        'write proved guards into the files for losses that no `expect` names, then check again',
      ).conflicts(['kernel', 'guard']),
    )
    .addOption(new Option('--watch', 'check again whenever a file changes').conflicts(['format', 'fix']))
    .action(async (paths: string[], options: CheckOptions) => {
      const { kernel, guard, bound, shard } = options;
      const request: CheckRequest = {
        paths: paths.length > 0 ? paths : ['.'],
        kernel,
        guards: guard,
        bounds: bound,
        shard,
        reduction: options.reduction === 'on',
      };
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
  complainAboutProblems(terminal, report);
  return exitCodeOf(report);
}

/** In a terminal the report takes the place of the one before. */
async function checkAgain(request: CheckRequest, service: CheckingService, terminal: Terminal): Promise<void> {
  const report = await runCheck(request, service, showProgress);
  if (process.stdout.isTTY) terminal.write('\x1b[2J\x1b[3J\x1b[H');
  terminal.write(prettyReport(terminal, report));
  complainAboutProblems(terminal, report);
}

function formatJson(report: CheckReport, applied: readonly AppliedFix[]): string {
  return `${JSON.stringify(jsonReport(report, applied), null, 2)}\n`;
}

/** One line that tells why not everything was checked, and what to do about it. */
function complainAboutProblems(terminal: Terminal, { problems }: CheckReport): void {
  const [first] = problems;
  if (first === undefined) return;
  const others = problems.length > 1 ? ` (and ${count(problems.length - 1, 'more problem')})` : '';
  terminal.complain(describeProblem(first) + others);
}

function describeProblem({ path, message, source }: Problem): string {
  if (source === undefined) return `cannot read ${path}: ${message}; give scenario files, or folders with them`;
  const { line, column } = placeOf(source.file, source.span);
  return `mend ${path}:${line}:${column}, then check again: ${message}`;
}
