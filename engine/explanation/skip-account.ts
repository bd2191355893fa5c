import type { FileImage } from '../model/file-image.ts';
import type { Inode } from '../model/inode.ts';
import { inodeInLog } from '../model/machine.ts';
import { firstTransaction } from '../model/transaction.ts';
import type { State } from '../state/layout.ts';
import { type Sentence, sentence } from './explanation.ts';
import { overlaps, subset } from './fact.ts';
import { changedBits, type LosingRun, type LosingStep } from './losing-run.ts';
import type { RunWords } from './run-words.ts';

/** The sync took the inode for logged, or committed, as it was: in the skip check, which begins with `looks` and ends with `skips`. */
export function accountOfSkip(run: LosingRun, words: RunWords, looks: LosingStep, skips: LosingStep): Sentence[] {
  const { machine } = run.program;
  const { transaction } = machine;
  const { before } = looks;
  const inLog = looks === skips && inodeInLog(machine, run.inode, before, transaction.generation.get(before));
  const isCommitted = run.inode.lastTrans.get(before) <= transaction.lastCommitted.get(before);
  return [
    ...(inLog ? [logged(run, words, looks)] : isCommitted ? [committed(run, words, looks, skips)] : []),
    ...(inLog ? unlogged(run, words, looks) : []),
    ...unwritten(run, words, looks),
    ...unfinished(run, words, looks),
    sentence(`So ${words.sync} logged nothing.`),
  ];
}

/** Why btrfs_inode_in_log says yes: its numbers, and who set them. */
function logged({ program, inode }: LosingRun, words: RunWords, looks: LosingStep): Sentence {
  const { before, index } = looks;
  return sentence(
    words.step(looks),
    ` took ${inode.name} for logged as it was: logged_trans was ${firstTransaction + inode.loggedTrans.get(before)}, set`,
    words.setBy('logged_trans', index),
    `, and last_sub_trans (${inode.lastSubTrans.get(before)}`,
    words.setBy('last_sub_trans', index),
    `) was not above last_log_commit of the inode (${inode.getLastLogCommit(before)}`,
    words.setBy('last_log_commit', index),
    `) and of the root (${program.machine.log.lastLogCommit.get(before)}`,
    words.setBy("root's last_log_commit", index),
    ').',
  );
}

/** Why last_trans is that of a committed transaction; in a check of two looks, there were ordered extents no more at the second. */
function committed(run: LosingRun, words: RunWords, looks: LosingStep, skips: LosingStep): Sentence {
  const { name, lastTrans } = run.inode;
  const { bits } = words.fact('last_trans');
  const value = lastTrans.get(looks.before);
  const id = firstTransaction + value;
  const why =
    value === 0
      ? sentence(`${name} had not changed since the last commit, as far as its last_trans told`)
      : sentence(
          `last_trans of ${name} was ${id}, set`,
          words.setBy('last_trans', looks.index),
          `, and transaction ${id} was committed`,
          words.setBy('last_trans_committed', looks.index),
        );
  const later = run.steps.find((step) => step.index > looks.index && overlaps(bits, changedBits(step)));
  return sentence(
    'At ',
    words.step(looks),
    ' ',
    why,
    ...(later === undefined ? [] : [', for ', words.step(later), ' was to set it only later']),
    ...(looks === skips ? [] : ['; then ', words.step(skips), ' found no ordered extent']),
    '.',
  );
}

/** The log has an item for the segment as it is. */
function has({ content }: Inode, image: FileImage, state: State, segment: number): boolean {
  const isDescribed = (image.described(state) & (1 << segment)) !== 0;
  return isDescribed && image.version[segment]!.get(state) === content[segment]!.get(state);
}

/** The log tree in memory does not have the lost range as it is. */
function unlogged({ inode, segments }: LosingRun, words: RunWords, { before }: LosingStep): Sentence[] {
  const lacking = subset(segments, (segment) => !has(inode, inode.log, before, segment));
  return lacking === 0 ? [] : [sentence(`The log tree did not have the change of ${words.ranges(lacking)}.`)];
}

/** The log tree in memory has the lost range, but the log on disk does not yet. */
function unwritten({ inode, segments, steps }: LosingRun, words: RunWords, looks: LosingStep): Sentence[] {
  const { log, diskLog } = inode;
  const isIn = (image: FileImage, segment: number) => has(inode, image, looks.before, segment);
  const waiting = subset(segments, (segment) => isIn(log, segment) && !isIn(diskLog, segment));
  const isLogged = (step: LosingStep) =>
    subset(
      waiting,
      (segment) =>
        ((log.described(step.before) ^ log.described(step.after)) & (1 << segment)) !== 0 ||
        log.version[segment]!.get(step.before) !== log.version[segment]!.get(step.after),
    ) !== 0;
  const logs = steps.findLast((step) => step.index < looks.index && isLogged(step));
  if (waiting === 0 || logs === undefined) return [];
  const who = sentence(words.subject(logs), `, which had logged ${words.ranges(waiting)} in `, words.step(logs));
  return [sentence(who, ', had not written the log to disk yet.')];
}

/** What had been changed, and was not a part of the subvolume tree before a step. */
export function unfinished({ inode, segments }: LosingRun, words: RunWords, { before }: LosingStep): Sentence[] {
  const { tree, content, orderedExtents, pages } = inode;
  const missing = subset(segments, (i) => tree.version[i]!.get(before) !== content[i]!.get(before));
  const ordered = missing & orderedExtents.covered.get(before);
  const dirty = missing & pages.dirty.get(before) & ~ordered;
  const without = 'the subvolume tree did not have the change';
  return [
    ...(ordered === 0
      ? []
      : [sentence(`The ordered extent of ${words.ranges(ordered)} was not complete by then: ${without}.`)]),
    ...(dirty === 0 ? [] : [sentence(`${words.ranges(dirty)} was only dirty by then: ${without}.`)]),
  ];
}
