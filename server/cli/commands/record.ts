import type { Command } from 'commander';
import type { Recording } from '../../record/workload.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { count } from '../pretty/words.ts';
import { chooseWorkloads } from '../record/choose-workloads.ts';
import { recordTo } from '../record/run.ts';
import type { Terminal } from '../terminal.ts';

interface RecordOptions {
  readonly out: string;
  readonly scenario?: string;
  readonly interleaving?: string;
  readonly items?: boolean;
}

/** `fsrace record FILE… --out CORPUS.jsonl` */
export function addRecord(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  program
    .command('record')
    .summary('run scenarios on a real btrfs that loses power, and record the outcomes')
    .description(
      'Runs the operations of scenarios on a real btrfs, in an image of its own, and records what a power failure after each of them leaves; `fsrace conform` compares that with the model. The operations run one after the other: as the explicit interleavings of a scenario have them, or task by task when it has none. Needs root, btrfs in the running kernel, loop devices, mkfs.btrfs and python3.',
    )
    .argument('<file...>', 'scenario files, folders with them, and workloads or recordings as JSON lines (*.jsonl)')
    .requiredOption('--out <corpus.jsonl>', 'file to write the recordings to, as JSON lines')
    .option('--scenario <name>', 'only the scenario of that name, or number, of each file')
    .option('--interleaving <name>', 'only the explicit interleaving of that name, or number, of each scenario')
    .option('--items', 'record the items of log trees, too')
    .action(async (paths: string[], { out, items = false, ...request }: RecordOptions) => {
      const chosen = chooseWorkloads(paths, request, (message) => {
        terminal.complain(message);
        end(exitCodes.misuse);
      });
      if (chosen.length === 0) return;
      let crashPoints = 0;
      await recordTo(
        out,
        chosen.map(({ workload }) => workload),
        { items },
        (recording, index) => {
          crashPoints += recording.outcomes.length;
          terminal.write(recordingLines(recording, chosen[index]!.notes, terminal));
        },
      );
      const recordings = `${count(chosen.length, 'recording')} with ${count(crashPoints, 'crash point')}`;
      terminal.write(`\n${terminal.colors.bold(recordings)} ${chosen.length === 1 ? 'is' : 'are'} in ${out}\n`);
    });
}

function recordingLines({ id, outcomes }: Recording, notes: readonly string[], { colors }: Terminal): string {
  const logs = outcomes.filter(({ log }) => log).length;
  const unmountable = outcomes.filter(({ mount_errno: errno }) => errno !== undefined).length;
  const facts = [
    count(outcomes.length, 'crash point'),
    ...(logs > 0 ? [`${logs} with a log to replay`] : []),
    ...(unmountable > 0 ? [colors.red(`${unmountable} that cannot be mounted`)] : []),
  ];
  return [`${id}: ${facts.join(', ')}`, ...notes.map((note) => `    ${colors.dim(note)}`), ''].join('\n');
}
