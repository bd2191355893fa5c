import type { Command } from 'commander';
import { checkWorkerBundle } from '../../bundle.ts';
import { CheckingService } from '../../check/checking-service.ts';
import { workerThreads } from '../../check/worker-thread.ts';
import { showProgress } from '../check/progress.ts';
import { complainAboutProblems } from '../complain.ts';
import { jsonReport } from '../coverage/json-report.ts';
import { exitCodeOf, runCoverage } from '../coverage/run.ts';
import type { ExitCode } from '../exit-codes.ts';
import { coverageReport } from '../pretty/coverage-report.ts';
import { addSearchOptions, requestOf, type SearchOptions } from '../search-options.ts';
import type { Terminal } from '../terminal.ts';

/** `fsrace coverage [PATH…]` */
export function addCoverage(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  const command = program
    .command('coverage')
    .summary('tell what of the model no interleaving exercises')
    .description(
      'Tells which operations, steps, branches and guards are exercised in no interleaving of the scenarios in the files and folders given.',
    );
  addSearchOptions(command).action(async (paths: string[], options: SearchOptions) => {
    const service = new CheckingService({ start: workerThreads(checkWorkerBundle), size: options.workers });
    try {
      const run = await runCoverage(requestOf(paths, options), service, showProgress);
      terminal.write(
        options.format === 'json' ? `${JSON.stringify(jsonReport(run), null, 2)}\n` : coverageReport(terminal, run),
      );
      complainAboutProblems(terminal, run.problems);
      end(exitCodeOf(run));
    } finally {
      service.dispose();
    }
  });
}
