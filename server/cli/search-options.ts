import { type Command, Option } from 'commander';
import type { SearchLimits } from '../check/worker-protocol.ts';
import { defaultWorkers, parseBound, parseGuard, parseKernel, parseWorkers } from './arguments.ts';
import type { CheckRequest } from './check/run.ts';

/** Options of every command that searches the scenarios of files and folders. */
export interface SearchOptions {
  readonly format: 'pretty' | 'json';
  readonly kernel?: string;
  readonly guard?: Readonly<Record<string, boolean>>;
  readonly bound?: SearchLimits;
  readonly workers: number;
  readonly reduction: 'on' | 'off';
}

/** The paths, and the options. */
export function addSearchOptions(command: Command): Command {
  return command
    .argument('[path...]', 'scenario files, and folders with them (default: the working directory)')
    .addOption(
      new Option('--format <format>', 'for people or for programs').choices(['pretty', 'json']).default('pretty'),
    )
    .option('--kernel <version>', 'search as that mainline release, whatever the scenarios say', parseKernel)
    .option('--guard <name=on|off>', 'turn one guard on or off, over kernel and scenarios (repeatable)', parseGuard)
    .option(
      '--bound <limit=n>',
      'end each search at states=N, steps=N, memory=512M or time=30s (repeatable)',
      parseBound,
    )
    .option('--workers <n>', 'searches at a time; the answer is the same for any number', parseWorkers, defaultWorkers)
    .addOption(
      new Option(
        '--reduction <on|off>',
        'in large searches, skip interleavings that are sure to end like another one; off: search them all',
      )
        .choices(['on', 'off'])
        .default('on'),
    );
}

/** What is asked for. */
export function requestOf(paths: readonly string[], options: SearchOptions): CheckRequest {
  const { kernel, guard, bound, reduction } = options;
  return {
    paths: paths.length > 0 ? paths : ['.'],
    kernel,
    guards: guard,
    bounds: bound,
    reduction: reduction === 'on',
  };
}
