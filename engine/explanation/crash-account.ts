import { replayed, sizeAfterCrash } from '../durability/after-crash.ts';
import { Losses } from '../durability/judge.ts';
import { formatOffset } from '../format.ts';
import { below } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import { type Sentence, sentence } from './explanation.ts';
import { membersOf } from './fact.ts';
import type { LosingRun } from './losing-run.ts';
import type { RunWords } from './run-words.ts';

/** What a power failure at the end of the run leaves of the lost range, and from where, in words. */
export function accountOfCrash(run: LosingRun, words: RunWords): Sentence[] {
  const { inode, program, violation, segments } = run;
  const { log } = program.machine;
  const state = run.stateAt(run.steps.length);
  const losses = new Losses();
  losses.judge(inode, program.promises[violation.file]!, program.machine, state);
  const after = 'After a power failure, ';
  if (losses.missing) {
    return [sentence(`${after}${inode.name} has none of the names of which it was promised to have one.`)];
  }
  const fromLog = replayed(inode, log, state);
  if (violation.kind === 'corrupt') return corruptItems(run, words, state, fromLog);
  const size = sizeAfterCrash(inode, log, state);
  const inside = segments & below(size.get(state));
  if (violation.sizeOnly || inside === 0) return [sentence(after, foundSize(run, words, state), '.')];
  const says = inode.diskLog.existsOnly.get(state) === 1 && size === inode.committed.size;
  return [
    sentence(
      after,
      ...(says ? [foundSize(run, words, state), '; '] : []),
      foundItems(run, words, state, inside, fromLog),
      '.',
    ),
  ];
}

/** What is wrong with the items found, which no one wrote like that. */
function corruptItems({ inode, segments }: RunOf, words: RunWords, state: State, fromLog: number): Sentence[] {
  const { diskLog, committed } = inode;
  const logged = segments & fromLog;
  const unwritten = logged & diskLog.unwritten.get(state);
  const foreign = logged & diskLog.foreign.get(state) & ~unwritten;
  const unreadable = logged & diskLog.withoutChecksums.get(state) & ~unwritten & ~foreign;
  const kinds: readonly (readonly [number, string, string])[] = [
    [unwritten, 'in the log on disk', 'have not been written'],
    [foreign, 'in the log on disk', 'do not hold what was written to the file'],
    [
      unreadable,
      'in the log on disk',
      'have no checksums, neither in the log nor in the csum tree: they cannot be read',
    ],
    [
      segments & ~fromLog & committed.foreign.get(state),
      'of the last commit',
      'do not hold what was written to the file',
    ],
  ];
  return kinds
    .filter(([mask]) => mask !== 0)
    .map(([mask, where, what]) =>
      sentence(`The item for ${words.ranges(mask)} ${where} points to blocks that ${what}.`),
    );
}

type RunOf = Pick<LosingRun, 'inode' | 'segments' | 'program' | 'steps'>;

/** Which i_size is found, and where it comes from. */
function foundSize({ inode, program, steps }: RunOf, words: RunWords, state: State): Sentence {
  const { name, committed, diskLog, segments } = inode;
  const { log } = program.machine;
  const size = sizeAfterCrash(inode, log, state);
  const bytes = formatOffset(segments.cuts[size.get(state)]!);
  const writer = words.writer('logged-inode-item', steps.length);
  const by = writer === undefined ? [] : [', as ', words.step(writer), ' logged it'];
  if (size !== committed.size) return sentence(`replay takes i_size of ${name} from the log on disk: ${bytes}`, ...by);
  const stays = `: i_size stays ${bytes}, as in the last commit`;
  if (log.onDisk.get(state) === 0) return sentence('there is no log on disk', stays);
  if (diskLog.present.get(state) === 0) return sentence(`the log on disk has nothing of ${name}`, stays);
  return sentence(
    `the log on disk says of ${name} only that it exists, with no size that replay would take`,
    ...by,
    stays,
  );
}

/** What is found for segments within i_size, and where it comes from. */
function foundItems(run: RunOf, words: RunWords, state: State, inside: number, fromLog: number): string {
  const { inode, program } = run;
  const found = new Map<string, number>();
  for (const segment of membersOf(inside)) {
    const isLogged = (fromLog & (1 << segment)) !== 0;
    const image = isLogged ? inode.diskLog : inode.committed;
    const what = `${isLogged} ${words.version(segment, image.version[segment]!.get(state))}`;
    found.set(what, (found.get(what) ?? 0) | (1 << segment));
  }
  const hasLog = program.machine.log.onDisk.get(state) === 1;
  return [...found]
    .map(([key, mask]) => {
      const [isLogged, what] = [key.startsWith('true'), key.slice(key.indexOf(' ') + 1)];
      const range = words.ranges(mask);
      if (isLogged) return `replay takes ${range} from the log on disk: ${what}`;
      if (!hasLog) return `there is no log on disk, and what the last commit has for ${range} stays: ${what}`;
      return `the log on disk has no item for ${range}, and what the last commit has there stays: ${what}`;
    })
    .join('; ');
}
