import { Command, CommanderError } from 'commander';
import { version } from '../../package.json';
import { addCheck } from './commands/check.ts';
import { addConform } from './commands/conform.ts';
import { addCoverage } from './commands/coverage.ts';
import { addExplain } from './commands/explain.ts';
import { addGuards } from './commands/guards.ts';
import { addLsp } from './commands/lsp.ts';
import { addRecord } from './commands/record.ts';
import { addReplay } from './commands/replay.ts';
import { type ExitCode, exitCodes, Misuse } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** Runs one command line. Returns the exit code; failures of the program itself are thrown. */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = exitCodes.clean;
  const program = new Command('fsrace')
    .description('Finds the interleavings in which a btrfs fsync loses data that it promised to keep.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.write(text),
      outputError: (message) => terminal.complain(message.replace(/^error: /, '')),
    });
  const end = (result: ExitCode) => {
    code = result;
  };
  addCheck(program, terminal, end);
  addReplay(program, terminal, end);
  addCoverage(program, terminal, end);
  addGuards(program, terminal);
  addExplain(program, terminal);
  addConform(program, terminal, end);
  addRecord(program, terminal, end);
  addLsp(program);
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.clean : exitCodes.misuse;
    if (!(error instanceof Misuse)) throw error;
    terminal.complain(error.message);
    return exitCodes.misuse;
  }
}
