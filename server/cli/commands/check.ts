import { type Command, Option } from 'commander';
import type { SearchBounds } from '../../../engine/index.ts';
import {
  defaultWorkers,
  parseBound,
  parseGuard,
  parseKernel,
  parseShard,
  parseWorkers,
  type Shard,
} from '../arguments.ts';
import { jsonReport } from '../check/json-report.ts';
import { type CheckReport, exitCodeOf, type Problem } from '../check/report.ts';
import { runCheck } from '../check/run.ts';
import { Workers } from '../check/workers.ts';
import type { ExitCode } from '../exit-codes.ts';
import { prettyReport } from '../pretty/check-report.ts';
import { count } from '../pretty/words.ts';
import { placeOf } from '../source-file.ts';
import type { Terminal } from '../terminal.ts';

interface CheckOptions {
  readonly format: 'pretty' | 'json';
  readonly kernel?: string;
  readonly guard?: Readonly<Record<string, boolean>>;
  readonly bound?: SearchBounds;
  readonly workers: number;
  readonly shard?: Shard;
}

/** `fsrace check [PATH…]` */
export function addCheck(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  program
    .command('check')
    .summary('check every scenario under the paths')
    .description('Checks every scenario in the files and folders given, over all interleavings.')
    .argument('[path...]', 'scenario files, and folders with them', ['.'])
    .addOption(
      new Option('--format <format>', 'for people or for programs').choices(['pretty', 'json']).default('pretty'),
    )
    .option('--kernel <version>', 'check as that mainline release, whatever the scenarios say', parseKernel)
    .option('--guard <name=on|off>', 'turn one guard on or off, over kernel and scenarios (repeatable)', parseGuard)
    .option('--bound <limit=n>', 'end each search at states=N or steps=N (repeatable)', parseBound)
    .option('--workers <n>', 'searches at a time; the answer is the same for any number', parseWorkers, defaultWorkers)
    .option('--shard <i/n>', 'check only part i of n of the scenarios', parseShard)
    .addOption(
      new Option(
        '--reduction <on|off>',
        'leave out interleavings that differ in nothing; the search has no such reduction yet, so both mean the same',
      ).choices(['on', 'off']),
    )
    .action(async (paths: string[], options: CheckOptions) => {
      const workers = new Workers(options.workers);
      try {
        const { kernel, guard, bound, shard } = options;
        const report = await runCheck({ paths, kernel, guards: guard, bounds: bound, shard }, workers);
        terminal.write(
          options.format === 'json'
            ? `${JSON.stringify(jsonReport(report), null, 2)}\n`
            : prettyReport(terminal, report),
        );
        complainAboutProblems(terminal, report);
        end(exitCodeOf(report));
      } finally {
        workers.dispose();
      }
    });
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
