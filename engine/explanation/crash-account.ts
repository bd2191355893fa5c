import { replayed, sizeAfterCrash } from '../durability/after-crash.ts';
import { Losses } from '../durability/judge.ts';
import { formatOffset } from '../format.ts';
import { below } from '../state/bits.ts';
import { type Sentence, sentence } from './explanation.ts';
import { bitsOf } from './facts.ts';
import type { LosingRun } from './losing-run.ts';
import type { RunWords } from './run-words.ts';

/** What a power failure at the end of the run leaves of the lost range, and from where, in words. */
export function accountOfCrash(run: LosingRun, words: RunWords): Sentence[] {
  const { program, violation, segments } = run;
  const { machine } = program;
  const inode = machine.inodes[violation.file]!;
  const state = run.stateAt(run.steps.length);
  const losses = new Losses();
  losses.judge(inode, program.promises[violation.file]!, machine, state);
  const { name } = inode;
  if (losses.missing)
    return [sentence(`After a power failure, ${name} has none of the names that it was promised to have.`)];
  const fromLog = replayed(inode, machine.log, state);
  if (violation.kind === 'corrupt') return corrupt(fromLog & segments, segments & ~fromLog);
  const size = sizeAfterCrash(inode, machine.log, state);
  const hasLog = machine.log.onDisk.get(state) === 1 && inode.diskLog.present.get(state) === 1;
  const cut = segments & ~below(size.get(state));
  if (violation.sizeOnly || cut === segments) return [sizeAccount()];
  const inside = segments & below(size.get(state));
  return [...items(inside & fromLog, true), ...items(inside & ~fromLog, false)];

  function corrupt(logged: number, committed: number): Sentence[] {
    const { unwritten, withoutChecksums, foreign } = inode.diskLog;
    const classes: [number, string][] = [
      [logged & unwritten.get(state), 'points to blocks that have not been written'],
      [
        logged & foreign.get(state) & ~unwritten.get(state),
        'points to blocks that do not hold what was written to the file',
      ],
      [
        logged & withoutChecksums.get(state) & ~unwritten.get(state) & ~foreign.get(state),
        'points to blocks that have no checksums, neither in the log nor in the csum tree: they cannot be read',
      ],
    ];
    return [
      ...classes
        .filter(([mask]) => mask !== 0)
        .map(([mask, what]) => sentence(`The item for ${words.ranges(mask)} in the log on disk ${what}.`)),
      ...(committed & inode.committed.foreign.get(state)
        ? [
            sentence(
              `The committed item for ${words.ranges(committed)} points to blocks that do not hold what was written to the file.`,
            ),
          ]
        : []),
    ];
  }

  function sizeAccount(): Sentence {
    const found = formatOffset(inode.segments.cuts[size.get(state)]!);
    const { existsOnly, size: logged } = inode.diskLog;
    if (size === inode.committed.size && hasLog && existsOnly.get(state) === 1) {
      const zero = logged.get(state) === 0 ? ', and gives no size that replay would take' : '';
      return sentence(
        `The log on disk says of ${name} that it exists${zero}`,
        loggedBy(),
        `: i_size stays ${found}, as in the last commit.`,
      );
    }
    if (size !== inode.committed.size)
      return sentence(
        `After a power failure, replay takes i_size of ${name} from the log on disk: ${found}`,
        loggedBy(),
        '.',
      );
    return sentence(`${hasLog ? '' : `${noLog()}, so that `}i_size of ${name} stays ${found}, as in the last commit.`);
  }

  function loggedBy(): Sentence {
    const writer = words.writer(`the inode item of ${name} in the log tree`, run.steps.length);
    return writer === undefined ? [] : sentence(', as logged in ', words.step(writer));
  }

  function noLog(): string {
    return machine.log.onDisk.get(state) === 1 ? `the log on disk has nothing of ${name}` : 'there is no log on disk';
  }

  function items(mask: number, logged: boolean): Sentence[] {
    const image = logged ? inode.diskLog : inode.committed;
    const found = new Map<string, number>();
    for (const segment of bitsOf(mask)) {
      const what = words.version(segment, image.version[segment]!.get(state));
      found.set(what, (found.get(what) ?? 0) | (1 << segment));
    }
    return [...found].map(([what, part]) => {
      const range = words.ranges(part);
      if (logged) return sentence(`After a power failure, replay takes ${range} from the log on disk: ${what}.`);
      if (!hasLog) return sentence(`After a power failure, ${noLog()}, and the last commit has ${what} for ${range}.`);
      return sentence(
        `After a power failure, the log on disk has no item for ${range}: what the last commit has there stays, ${what}.`,
      );
    });
  }
}
