import { writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { type ExitCode, exitCodes, Misuse } from '../exit-codes.ts';
import { raceDiagram } from '../pretty/race-diagram.ts';
import { replayReport } from '../pretty/replay-report.ts';
import { chooseRun } from '../replay/choose-run.ts';
import { openSourceFile, whyUnusable } from '../source-file.ts';
import type { Terminal } from '../terminal.ts';

interface ReplayOptions {
  readonly scenario?: string;
  readonly interleaving?: string;
  readonly question?: string;
  readonly diagram?: true;
  readonly trace?: string;
}

/** `fsrace replay FILE` */
export function addReplay(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  program
    .command('replay')
    .summary('print one interleaving step by step')
    .description(
      'Prints an interleaving step by step with what each step changed: the one named, or a shortest one that loses data, or the first complete one of a safe scenario.',
    )
    .argument('<file>', 'scenario file')
    .option('--scenario <name>', 'name of the scenario, or its number in the file (default: the first)')
    .option('--interleaving <name>', 'name of one of its explicit interleavings, or its number')
    .addOption(
      new Option('--question <name>', 'name of one of its questions that is reached, or its number').conflicts(
        'interleaving',
      ),
    )
    .option('--diagram', 'draw the race for a commit message: a column for each task, 72 columns, ASCII')
    .option('--trace <file>', 'write every state to a file as JSON; `-` is standard output')
    .action((path: string, options: ReplayOptions) => {
      const run = chooseRun(openSourceFile(path), options);
      if (options.trace !== undefined) writeTrace(terminal, options.trace, `${JSON.stringify(run.trace)}\n`);
      if (options.diagram) terminal.write(`${raceDiagram(run.trace).join('\n')}\n`);
      else if (options.trace !== '-') terminal.write(replayReport(terminal, run));
      if (run.problem === undefined) return;
      terminal.complain(`${run.file.path}:${run.problem.line}: the interleaving cannot go on: ${run.problem.message}`);
      end(exitCodes.found);
    });
}

function writeTrace(terminal: Terminal, path: string, json: string): void {
  try {
    if (path === '-') terminal.write(json);
    else writeFileSync(path, json);
  } catch (error) {
    throw new Misuse(`cannot write the trace to ${path}: ${whyUnusable(error)}`);
  }
}
