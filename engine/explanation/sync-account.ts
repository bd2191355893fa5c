import { formatRange } from '../format.ts';
import { withoutLog } from '../operations/join-log.ts';
import { skipped } from '../operations/skip-check.ts';
import type { State } from '../state/layout.ts';
import { type Sentence, sentence } from './explanation.ts';
import { overlaps, subset } from './fact.ts';
import { changedBits, type LosingRun, type LosingStep } from './losing-run.ts';
import type { RunWords } from './run-words.ts';
import { accountOfSkip, unfinished } from './skip-account.ts';

/**
 * What the sync whose promise is broken did about the lost range, in words; empty where that is not what lost it. Of the step
 * `told` it is known already what it did.
 */
export function accountOfSync(run: LosingRun, words: RunWords, told: LosingStep | undefined): Sentence[] {
  const own = run.steps.filter((step) => run.isOfSync(step));
  const leadingTo = (label: string) => own.find(({ thread, target }) => thread.steps[target]?.step.label === label);
  const named = (name: string) => own.find((step) => step.name === name);
  const operation = run.scenario.tasks[run.sync.task]!.operations[run.sync.operation]!;
  const waits = named('wait_for_commit');
  if (operation.kind === 'sync' || waits !== undefined) {
    return [...(waits === undefined ? [] : failedCommit(run, words, waits)), ...frozenWithout(run, words)];
  }
  if (!('file' in operation) || operation.file !== run.violation.file) return [];
  const skips = leadingTo(skipped);
  if (skips !== undefined) return accountOfSkip(run, words, named('inode_in_log') ?? skips, skips);
  const joins = leadingTo(withoutLog);
  if (joins !== undefined) return accountOfSkip(run, words, joins, joins);
  const copies = named('copy_inode_items_to_log');
  if (copies !== undefined) return fullSync(run, words, copies, named('clear_modified_extents') ?? copies);
  const collects = named('log_changed_extents');
  return collects === undefined ? [] : fastSync(run, words, collects, own, told);
}

/** The sync waited for the commit of another, which came to nothing. */
function failedCommit(run: LosingRun, words: RunWords, waits: LosingStep): Sentence[] {
  const { transaction } = run.program.machine;
  const aborts = run.steps.find(({ before, after }) => transaction.isAborted(after) && !transaction.isAborted(before));
  if (aborts === undefined || aborts.index > waits.index) return [];
  const aborted = sentence(words.subject(aborts), ' aborted the transaction in ', words.step(aborts));
  return [sentence(aborted, `, and ${words.sync} took it for committed in `, words.step(waits), '.')];
}

/** The commit that the sync made, or waited for, took the trees before the change was in them. */
function frozenWithout(run: LosingRun, words: RunWords): Sentence[] {
  const { present } = run.inode.committing;
  const freezes = run.steps.findLast(({ before, after }) => present.get(after) > present.get(before));
  const without = freezes === undefined ? [] : unfinished(run, words, freezes);
  if (freezes === undefined || without.length === 0) return [];
  return [
    sentence(words.subject(freezes), ' committed the trees as they were in ', words.step(freezes), '.'),
    ...without,
  ];
}

function fullSync(run: LosingRun, words: RunWords, copies: LosingStep, ends: LosingStep): Sentence[] {
  const { log, tree, content } = run.inode;
  const subject = sentence(`${words.sync} was a full one: it copied the subvolume tree in `, words.step(copies));
  const unlogged = run.segments & ~log.described(ends.after);
  if (unlogged !== 0) {
    return [sentence(subject, `, and logged no item for ${words.ranges(unlogged)}, not even one for a hole.`)];
  }
  const isStale = (segment: number) =>
    tree.version[segment]!.get(copies.before) !== content[segment]!.get(copies.before);
  const stale = subset(run.segments, isStale);
  if (stale === 0) return [];
  return [sentence(subject, `, which did not have the change of ${words.ranges(stale)} yet.`)];
}

function fastSync(
  run: LosingRun,
  words: RunWords,
  collects: LosingStep,
  own: readonly LosingStep[],
  told: LosingStep | undefined,
): Sentence[] {
  const { name, segments, extentMaps } = run.inode;
  const { collected } = extentMaps;
  const covered = collected.covered.get(collects.after);
  const found = covered & run.segments;
  if (found === 0) {
    const tests = own.find((step) => step.name === 'log_inode');
    const flag = tests === undefined ? [] : ['The full-sync flag was clear in ', words.step(tests), ': '];
    const others = segments.rangesOf(covered).map(formatRange);
    const what = others.length === 0 ? 'found it empty' : `found only ${name} ${others.join(', ')} there`;
    return [
      ...whyUnlisted(run, words, collects, told),
      sentence(
        ...flag,
        `${words.sync} trusted the list of modified extents, ${what} in `,
        words.step(collects),
        `, and logged nothing for ${words.ranges(run.segments)}.`,
      ),
    ];
  }
  const logs = own.find(
    ({ before, after }) => (collected.covered.get(before) & ~collected.covered.get(after) & run.segments) !== 0,
  );
  if (logs === undefined) return [];
  return [
    ...failedWrite(run, words, logs),
    sentence(
      `${words.sync} found ${words.ranges(found)} on the list of modified extents in `,
      words.step(collects),
      ', and logged it in ',
      words.step(logs),
      `${inWhatState(run, logs)}.`,
    ),
    ...takenAlong(run, words, logs),
  ];
}

/** In what state an extent was when it was logged, if it was not on disk with all that belongs to it. */
function inWhatState({ inode, segments }: LosingRun, { before, after }: LosingStep): string {
  const { log, orderedExtents } = inode;
  const ordered = orderedExtents.covered.get(before) & segments;
  if ((log.unwritten.get(after) & segments) !== 0) {
    return ordered === 0
      ? ', with no ordered extent to wait for'
      : ', without waiting for the IO of its ordered extent';
  }
  const lacking = (log.withoutChecksums.get(after) & segments) !== 0;
  return lacking ? ', before its ordered extent had put the checksums into the csum tree' : '';
}

/** Another fsync had taken the ordered extents along, so that this one did not get the checksums from them. */
function takenAlong(run: LosingRun, words: RunWords, logs: LosingStep): Sentence[] {
  const { log, orderedExtents } = run.inode;
  if ((log.withoutChecksums.get(logs.after) & run.segments) === 0) return [];
  const open = orderedExtents.overlapping(logs.before, run.segments);
  const isTaken = (state: State) => (orderedExtents.logged.get(state) & open) !== 0;
  const takes = run.steps.find((step) => step.index < logs.index && isTaken(step.after) && !isTaken(step.before));
  if (takes === undefined || run.isOfSync(takes)) return [];
  return [sentence(words.subject(takes), ' had taken that ordered extent along in ', words.step(takes), '.')];
}

/** The blocks that were logged could not be written, if that is so. */
function failedWrite(run: LosingRun, words: RunWords, logs: LosingStep): Sentence[] {
  const { writeErrors } = run.inode;
  const fails = run.steps.find(
    ({ before, after }) => (writeErrors.blocks.get(after) & ~writeErrors.blocks.get(before) & run.segments) !== 0,
  );
  if (fails === undefined || fails.index > logs.index) return [];
  return [sentence(`${words.ranges(run.segments)} could not be written: `, words.step(fails), ' met an error.')];
}

/** Which step took the lost range off the list before the sync looked; or that nobody had put it there. */
function whyUnlisted(run: LosingRun, words: RunWords, collects: LosingStep, told: LosingStep | undefined): Sentence[] {
  const { extentMaps, content } = run.inode;
  const { segments } = run;
  const isListed = (state: State) => (extentMaps.union(state, extentMaps.modified.get(state)) & segments) !== 0;
  const before = run.steps.slice(0, collects.index);
  const isChange = (step: LosingStep) =>
    subset(segments, (i) => content[i]!.get(step.before) !== content[i]!.get(step.after)) !== 0;
  const changes = before.findLast(isChange);
  const removes = before.findLast((step) => isListed(step.before) && !isListed(step.after));
  if (removes !== undefined && (changes === undefined || removes.index >= changes.index)) {
    const did = removes === told ? undefined : words.did(removes, (fact) => fact === words.fact('list'));
    return did === undefined ? [] : [sentence(words.subject(removes), ' ', did, '.')];
  }
  if (changes === undefined || before.some((step) => step.index > changes.index && isListed(step.after))) return [];
  const { bits } = words.fact('list');
  const touched = overlaps(bits, changedBits(changes)) ? 'other extents only' : 'nothing';
  return [
    sentence(
      `${words.who(changes)} changed ${words.ranges(segments)} in `,
      words.step(changes),
      `, and put ${touched} on the list of modified extents; nor did anybody later.`,
    ),
  ];
}
