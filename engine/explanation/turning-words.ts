import { enumerate, type Sentence, sentence } from './explanation.ts';
import { type Fact, overlaps } from './facts.ts';
import type { LosingRun, LosingStep } from './losing-run.ts';
import { changedBits, type RunWords } from './run-words.ts';
import { unfinished } from './sync-account.ts';
import type { TurningPoint } from './turning-point.ts';

/** What the decisive step did, and between which steps of the sync's task. */
export function turningSentences(run: LosingRun, words: RunWords, turning: TurningPoint): Sentence[] {
  const { decisive, afterReturn, tested, missed } = turning;
  if (afterReturn) return afterReturnSentences(run, words, decisive);
  const seen = missed === undefined ? [] : words.did(decisive, ({ bits }) => overlaps(bits, missed.reads));
  const did = seen.length > 0 ? seen : words.did(decisive, () => true);
  const what =
    did.length > 0
      ? sentence(enumerate(did), ' in ', words.step(decisive))
      : sentence('came to ', words.step(decisive));
  const [after, before] = [tested, missed].map((step) => step && looked(run, words, decisive, step));
  const both = tested !== undefined && missed !== undefined && words.who(tested) === words.who(missed);
  const clauses = [
    ...(after === undefined ? [] : [sentence(`after ${words.who(tested!)} `, after)]),
    ...(before === undefined ? [] : [sentence(`before ${both ? 'it' : words.who(missed!)} `, before)]),
  ];
  return [
    sentence(words.subject(decisive), ' ', what, ...(clauses.length === 0 ? [] : [', ', enumerate(clauses)]), '.'),
  ];
}

/** `had looked at the full-sync flag of I in log_inode` */
function looked(run: LosingRun, words: RunWords, decisive: LosingStep, step: LosingStep): Sentence {
  const isEarlier = step.index < decisive.index;
  const changed = isEarlier ? changedSince(run, decisive, step) : changedBits(decisive);
  const meets = ({ bits }: Fact, other: Int32Array) => bits.some((word, i) => (word & changed[i]! & other[i]!) !== 0);
  const seen = words.facts.find((fact) => meets(fact, step.reads));
  const had = isEarlier ? 'had ' : '';
  if (seen !== undefined) return sentence(`${had}looked at ${seen.name} in `, words.step(step));
  const own = changedBits(step);
  const did = words.did(step, (fact) => meets(fact, own));
  if (did.length > 0) return sentence(had === '' ? '' : 'had ', enumerate(did), ' in ', words.step(step));
  return sentence(isEarlier ? 'had come past ' : 'came to ', words.step(step));
}

/** Bits that the thread of the decisive step changed from another step on, with that step. */
function changedSince({ steps }: LosingRun, decisive: LosingStep, from: LosingStep): Int32Array {
  const changed = new Int32Array(decisive.before.length);
  for (const step of steps.slice(from.index, decisive.index + 1)) {
    if (step.thread !== decisive.thread) continue;
    for (const [i, bits] of changedBits(step).entries()) changed[i]! |= bits;
  }
  return changed;
}

/** The promise held when the sync returned: what has become of it since. */
function afterReturnSentences(run: LosingRun, words: RunWords, decisive: LosingStep): Sentence[] {
  const { machine } = run.program;
  const inode = machine.inodes[run.violation.file]!;
  const returned = run.steps.findLast((step) => run.isOfSync(step))!;
  const since = run.steps.slice(returned.index + 1, decisive.index);
  const logged = words.facts.filter((fact) => words.isAbout(fact) && words.isOfLogTree(fact));
  const writesLog = machine.log.onDisk.get(decisive.after) === 1;
  const relogs = since.findLast((step) => logged.some(({ bits }) => overlaps(bits, changedBits(step))));
  const relogged = relogs && words.did(relogs, (fact) => logged.includes(fact));
  const freezes = run.steps.findLast(
    ({ before, after, index }) =>
      index < decisive.index && inode.committing.present.get(after) > inode.committing.present.get(before),
  );
  const did = words.did(decisive, (fact) => words.isAbout(fact));
  const isCommit = !writesLog && freezes !== undefined;
  return [
    sentence(`What ${words.sync} had promised was durable when it returned in `, words.step(returned), '.'),
    ...(writesLog && relogs !== undefined && relogged !== undefined && relogged.length > 0
      ? [sentence('Then ', words.who(relogs), ' ', enumerate(relogged), ' in ', words.step(relogs), '.')]
      : []),
    sentence(
      words.subject(decisive),
      ' ',
      did.length > 0 ? enumerate(did) : 'went on',
      ' in ',
      words.step(decisive),
      ...(isCommit ? [', and committed the trees as they were in ', words.step(freezes)] : []),
      '.',
    ),
    ...(isCommit ? unfinished(run, words, freezes) : []),
  ];
}

/** What would have kept the promise: the other order, which was tried. */
export function otherOrder({ violation }: LosingRun, words: RunWords, turning: TurningPoint): Sentence[] {
  const { decisive, tested, missed } = turning;
  const places = [
    ...(tested === undefined ? [] : [sentence('before ', words.step(tested))]),
    ...(missed === undefined ? [] : [sentence('after ', words.step(missed))]),
  ];
  if (places.length === 0) return [];
  const well = violation.promisedBy === null ? 'this would not have happened' : 'the promise would have been kept';
  return [sentence('Had ', words.step(decisive), ' come ', enumerate(places, 'or'), `, ${well}.`)];
}
