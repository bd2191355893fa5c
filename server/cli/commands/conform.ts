import type { Command } from 'commander';
import { conformTo } from '../conform/run.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { conformReport } from '../pretty/conform-report.ts';
import type { Terminal } from '../terminal.ts';

/** `fsrace conform CORPUS.jsonl…` */
export function addConform(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  program
    .command('conform')
    .summary('compare predictions with recordings of a real kernel')
    .description(
      'Predicts every crash outcome of recordings made on a real kernel, and compares. Recordings with operations or options that are not modelled are skipped, and counted by what they use.',
    )
    .argument('<corpus...>', 'recordings, as JSON lines')
    .action((paths: string[]) => {
      const results = paths.map(conformTo);
      terminal.write(conformReport(terminal, results));
      if (results.some(({ mismatches }) => mismatches.length > 0)) end(exitCodes.found);
    });
}
