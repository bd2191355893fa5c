import { enumerate, type Sentence, sentence } from './explanation.ts';
import { type Fact, type FactKind, overlaps } from './fact.ts';
import { changedBits, type LosingRun, type LosingStep } from './losing-run.ts';
import type { RunWords } from './run-words.ts';
import { unfinished } from './skip-account.ts';
import type { TurningPoint } from './turning-point.ts';

/** What the decisive step did, and between which steps of the sync's task. */
export function turningSentences(run: LosingRun, words: RunWords, turning: TurningPoint): Sentence[] {
  const { decisive, afterReturn, tested, missed } = turning;
  if (afterReturn) return afterReturnSentences(run, words, decisive);
  const seen = missed && words.did(decisive, ({ bits }) => overlaps(bits, missed.reads));
  const did = seen ?? words.did(decisive, () => true) ?? sentence('came to ', words.step(decisive));
  const isBoth = tested !== undefined && missed !== undefined && words.who(tested) === words.who(missed);
  const clauses = [
    ...(tested === undefined ? [] : [sentence(`after ${words.who(tested)} `, looked(run, words, decisive, tested))]),
    ...(missed === undefined
      ? []
      : [sentence(`before ${isBoth ? 'it' : words.who(missed)} `, looked(run, words, decisive, missed))]),
  ];
  return [
    sentence(words.subject(decisive), ' ', did, ...(clauses.length === 0 ? [] : [', ', enumerate(clauses)]), '.'),
  ];
}

/** What a step of the sync's task had to do with the decisive one: `had looked at the full-sync flag of I in log_inode`. */
function looked(run: LosingRun, words: RunWords, decisive: LosingStep, step: LosingStep): Sentence {
  const isEarlier = step.index < decisive.index;
  const changed = isEarlier ? changedSince(run, decisive, step) : changedBits(decisive);
  const had = isEarlier ? 'had ' : '';
  const isSeen = (fact: Fact) => words.isAbout(fact) && overlaps(fact.bits, changed, step.reads);
  const seen = words.facts.find(isSeen);
  if (seen !== undefined) return sentence(`${had}looked at ${seen.name} in `, words.step(step));
  const did = words.did(step, ({ bits }) => overlaps(bits, changed, changedBits(step)));
  if (did !== undefined) return sentence(had, did);
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

const logTree: readonly FactKind[] = ['logged-inode-item', 'logged-items'];
const logOnDisk: readonly FactKind[] = ['logged-inode-item-on-disk', 'logged-items-on-disk'];

/** The promise held when the sync returned: what has become of it since. */
function afterReturnSentences(run: LosingRun, words: RunWords, decisive: LosingStep): Sentence[] {
  const { committing } = run.inode;
  const returned = run.steps.findLast((step) => run.isOfSync(step) && step.index < decisive.index);
  const held =
    run.violation.promisedBy === null || returned === undefined || run.isBroken(returned.after)
      ? []
      : [sentence(`What ${words.sync} had promised was durable when it returned in `, words.step(returned), '.')];
  const before = run.steps.slice(0, decisive.index);
  const frozen = before.findLast((step) => committing.present.get(step.after) > committing.present.get(step.before));
  const isAbout = (fact: Fact) => words.isAbout(fact);
  const did = words.did(decisive, isAbout) ?? sentence('came to ', words.step(decisive));
  if (frozen !== undefined && run.program.machine.log.onDisk.get(decisive.after) === 0) {
    const trees = sentence(', and committed the trees as they were in ', words.step(frozen));
    return [...held, sentence(words.subject(decisive), ' ', did, trees, '.'), ...unfinished(run, words, frozen)];
  }
  const writesLog = words.did(decisive, (fact) => isAbout(fact) && logOnDisk.includes(fact.kind)) !== undefined;
  const isLogged = (fact: Fact) => isAbout(fact) && logTree.includes(fact.kind);
  const logs = before.findLast(
    (step) => step.index > (returned?.index ?? -1) && words.did(step, isLogged) !== undefined,
  );
  const then = sentence(words.subject(decisive), ' ', did, '.');
  if (!writesLog || logs === undefined) return [...held, then];
  return [
    ...held,
    sentence('Then ', words.who(logs), ' ', words.did(logs, isLogged)!, '.'),
    sentence(words.subject(decisive), ' wrote that log to disk in ', words.step(decisive), '.'),
  ];
}

/** What would have kept the promise: another order, which was tried. */
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
