import { formatRange } from '../format.ts';
import { inodeInLog } from '../model/machine.ts';
import { firstTransaction } from '../model/transaction.ts';
import { skipped } from '../operations/skip-check.ts';
import type { State } from '../state/layout.ts';
import { enumerate, type Sentence, sentence } from './explanation.ts';
import { bitsOf } from './facts.ts';
import type { LosingRun, LosingStep } from './losing-run.ts';
import type { RunWords } from './run-words.ts';

const withoutLog = 'inode_unlock without log';

/**
 * What the sync whose promise is broken did about the lost range, in words; empty where that is not what lost it. Of the step
 * `told` it is known already what it did.
 */
export function accountOfSync(run: LosingRun, words: RunWords, told: LosingStep | undefined): Sentence[] {
  const own = run.steps.filter((step) => run.isOfSync(step));
  const labelOf = ({ thread, target }: LosingStep) => thread.steps[target]?.step.label;
  const named = (name: string) => own.find((step) => step.name === name);
  const operation = run.scenario.tasks[run.sync.task]!.operations[run.sync.operation]!;
  const waits = named('wait_for_commit');
  if (waits !== undefined) return waitsForCommit(run, words, waits);
  if (!('file' in operation) || operation.file !== run.violation.file) return [];
  const skips = own.find((step) => labelOf(step) === skipped);
  if (skips !== undefined) return skip(run, words, own, skips);
  const inLog = own.find((step) => labelOf(step) === withoutLog);
  if (inLog !== undefined) {
    return [
      sentence(words.step(inLog), ` took ${fileName(run)} for logged, as it was`, inLogBecause(run, words, inLog), '.'),
      ...unwritten(run, words, inLog),
      sentence(`So ${words.sync} logged nothing.`),
    ];
  }
  const copies = named('copy_inode_items_to_log');
  if (copies !== undefined) return fullSync(run, words, copies, named('clear_modified_extents') ?? copies);
  const collects = named('log_changed_extents');
  return collects === undefined ? [] : fastSync(run, words, named('log_inode'), collects, own, told);
}

function fileName({ scenario, violation }: LosingRun): string {
  return scenario.files[violation.file]!.name;
}

/** The sync returned at once: why it took the inode for logged, or committed, as it was. */
function skip(run: LosingRun, words: RunWords, own: readonly LosingStep[], skips: LosingStep): Sentence[] {
  const { machine } = run.program;
  const { transaction } = machine;
  const name = fileName(run);
  const inode = machine.inodes[run.violation.file]!;
  const looks = own.find((step) => step.name === 'inode_in_log') ?? skips;
  const told = sentence(`So ${words.sync} logged nothing.`);
  if (looks === skips && inodeInLog(machine, inode, looks.before, transaction.generation.get(looks.before))) {
    const why = sentence(
      words.step(looks),
      ` took ${name} for logged, as it was`,
      inLogBecause(run, words, looks),
      '.',
    );
    return [why, ...unwritten(run, words, looks), ...unfinished(run, words, looks), told];
  }
  if (inode.lastTrans.get(looks.before) > transaction.lastCommitted.get(looks.before)) return [told];
  const lastTrans = inode.lastTrans.get(looks.before);
  const committed =
    lastTrans === 0
      ? sentence(`${name} had not changed since the last commit, as far as its last_trans tells`)
      : sentence(
          `last_trans of ${name} was ${firstTransaction + lastTrans}, set`,
          words.setBy(`last_trans of ${name}`, looks.index),
          `, and transaction ${firstTransaction + lastTrans} was committed`,
          words.setBy('last_trans_committed', looks.index),
        );
  const noneLeft = looks === skips ? sentence() : sentence('; then ', words.step(skips), ' found no ordered extent');
  return [sentence('At ', words.step(looks), ' ', committed, noneLeft, '.'), ...unfinished(run, words, looks), told];
}

/** `: logged_trans is 8 since log_inode_done, ...` */
function inLogBecause({ program, violation }: LosingRun, words: RunWords, { before, index }: LosingStep): Sentence {
  const { log, inodes } = program.machine;
  const inode = inodes[violation.file]!;
  const { name } = inode;
  return sentence(
    `: logged_trans was ${firstTransaction + inode.loggedTrans.get(before)}, set`,
    words.setBy(`logged_trans of ${name}`, index),
    `, and last_sub_trans (${inode.lastSubTrans.get(before)}`,
    words.setBy(`last_sub_trans of ${name}`, index),
    `) was not above last_log_commit of the inode (${inode.getLastLogCommit(before)}`,
    words.setBy(`last_log_commit of ${name}`, index),
    `) and of the root (${log.lastLogCommit.get(before)}`,
    words.setBy("the root's last_log_commit", index),
    ')',
  );
}

/** The log tree in memory may have the lost range, while the log on disk does not yet. */
function unwritten(run: LosingRun, words: RunWords, { before, index }: LosingStep): Sentence[] {
  const { log, diskLog, content } = run.program.machine.inodes[run.violation.file]!;
  const has = (image: typeof log, segment: number) =>
    (image.described(before) & (1 << segment)) !== 0 &&
    image.version[segment]!.get(before) === content[segment]!.get(before);
  const waiting = bitsOf(run.segments).filter((segment) => has(log, segment) && !has(diskLog, segment));
  if (waiting.length === 0) return [];
  const logs = run.steps.findLast(
    (step) =>
      step.index < index &&
      waiting.some((segment) => {
        const bit = 1 << segment;
        return (
          (log.described(step.before) & bit) !== (log.described(step.after) & bit) ||
          log.version[segment]!.get(step.before) !== log.version[segment]!.get(step.after)
        );
      }),
  );
  if (logs === undefined) return [];
  return [
    sentence(
      `But ${words.who(logs)}, which had logged it in `,
      words.step(logs),
      ', had not written the log to disk yet.',
    ),
  ];
}

function waitsForCommit(run: LosingRun, words: RunWords, waits: LosingStep): Sentence[] {
  const { transaction } = run.program.machine;
  const aborts = run.steps.find(({ before, after }) => transaction.isAborted(after) && !transaction.isAborted(before));
  if (aborts === undefined || aborts.index > waits.index) return [];
  return [
    sentence(
      `${words.who(aborts)} aborted the transaction in `,
      words.step(aborts),
      `, and ${words.sync} took it for committed in `,
      words.step(waits),
      '.',
    ),
  ];
}

/** What had been written, and was not a part of the subvolume tree when the sync looked. */
export function unfinished(run: LosingRun, words: RunWords, { before }: LosingStep): Sentence[] {
  const inode = run.program.machine.inodes[run.violation.file]!;
  const missing = bitsOf(run.segments).reduce((set, segment) => {
    const is = inode.tree.version[segment]!.get(before) === inode.content[segment]!.get(before);
    return is ? set : set | (1 << segment);
  }, 0);
  const ordered = missing & inode.orderedExtents.covered.get(before);
  const dirty = missing & inode.pages.dirty.get(before) & ~ordered;
  return [
    ...(ordered === 0
      ? []
      : [
          sentence(
            `The ordered extent of ${words.ranges(ordered)} was not complete by then: the subvolume tree did not have the change.`,
          ),
        ]),
    ...(dirty === 0
      ? []
      : [sentence(`${words.ranges(dirty)} was dirty only by then: the subvolume tree did not have the change.`)]),
  ];
}

function fullSync(run: LosingRun, words: RunWords, copies: LosingStep, until: LosingStep): Sentence[] {
  const { log, tree, content } = run.program.machine.inodes[run.violation.file]!;
  const lost = bitsOf(run.segments);
  const logged = log.described(until.after) & run.segments;
  const subject = sentence(`${words.sync} was a full one: it copied the subvolume tree in `, words.step(copies));
  if (logged !== run.segments) {
    const rest = words.ranges(run.segments & ~logged);
    return [sentence(subject, `, and logged no item for ${rest}, not even one for a hole.`)];
  }
  const stale = lost.filter(
    (segment) => tree.version[segment]!.get(copies.before) !== content[segment]!.get(copies.before),
  );
  if (stale.length === 0) return [];
  const mask = stale.reduce((set, segment) => set | (1 << segment), 0);
  return [sentence(subject, `, which did not have the change of ${words.ranges(mask)} yet.`)];
}

function fastSync(
  run: LosingRun,
  words: RunWords,
  tests: LosingStep | undefined,
  collects: LosingStep,
  own: readonly LosingStep[],
  told: LosingStep | undefined,
): Sentence[] {
  const { segments, extentMaps } = run.program.machine.inodes[run.violation.file]!;
  const covered = extentMaps.collected.covered.get(collects.after);
  const found = covered & run.segments;
  const trusts =
    tests === undefined
      ? sentence(`${words.sync} trusted`)
      : sentence(`The full-sync flag was clear in `, words.step(tests), `: ${words.sync} trusted`);
  const range = words.ranges(run.segments);
  if (found === 0) {
    const others = segments.rangesOf(covered).map(formatRange);
    const what = others.length === 0 ? 'found it empty' : `found only ${fileName(run)} ${others.join(', ')} there`;
    return [
      ...whyUnlisted(run, words, collects, told),
      sentence(
        trusts,
        ` the list of modified extents, ${what} in `,
        words.step(collects),
        `, and logged nothing for ${range}.`,
      ),
    ];
  }
  const logs = own.filter((step) => {
    if (step.name !== 'log_one_extent') return false;
    const { collected } = extentMaps;
    return (collected.covered.get(step.before) & ~collected.covered.get(step.after) & run.segments) !== 0;
  });
  if (logs.length === 0) return [];
  const steps = enumerate(logs.map((step) => sentence(words.step(step))));
  return [
    sentence(
      `${words.sync} found ${words.ranges(found)} on the list of modified extents in `,
      words.step(collects),
      ', and logged it in ',
      steps,
      '.',
    ),
  ];
}

/** Which step took the lost range off the list before the sync looked; or that nobody had put it there. */
function whyUnlisted(run: LosingRun, words: RunWords, collects: LosingStep, told: LosingStep | undefined): Sentence[] {
  const { name, extentMaps, content } = run.program.machine.inodes[run.violation.file]!;
  const isListed = (state: State) => (extentMaps.union(state, extentMaps.modified.get(state)) & run.segments) !== 0;
  const before = run.steps.slice(0, collects.index);
  const changes = before.findLast((step) =>
    bitsOf(run.segments).some((segment) => content[segment]!.get(step.before) !== content[segment]!.get(step.after)),
  );
  const removes = before.findLast((step) => isListed(step.before) && !isListed(step.after));
  if (removes !== undefined && (changes === undefined || removes.index >= changes.index)) {
    if (removes === told) return [];
    const did = words.did(removes, (fact) => fact.name === `the list of modified extents of ${name}`);
    return [sentence(words.subject(removes), ' ', enumerate(did), ' in ', words.step(removes), '.')];
  }
  if (changes === undefined) return [];
  return [
    sentence(
      `${words.who(changes)} changed ${words.ranges(run.segments)} in `,
      words.step(changes),
      ', and nothing put it on the list of modified extents after that.',
    ),
  ];
}
