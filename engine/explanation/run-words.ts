import { formatRange } from '../format.ts';
import { isZero } from '../model/version.ts';
import { VersionNames } from '../replay/versions.ts';
import type { OperationReference } from '../verdict.ts';
import { type Sentence, type SentencePart, sentence } from './explanation.ts';
import { type Fact, factsOf, overlaps } from './facts.ts';
import type { LosingRun, LosingStep } from './losing-run.ts';

const ordinals = ['first', 'second', 'third', 'fourth', 'fifth'];

/** How a losing run is talked about: who took a step, which facts it changed, and who changed them before. */
export class RunWords {
  readonly facts: readonly Fact[];
  readonly #run: LosingRun;
  readonly #versions: VersionNames;

  constructor(run: LosingRun) {
    this.#run = run;
    this.facts = factsOf(run.program, run.record);
    this.#versions = new VersionNames(run.program);
    for (const { before, after, actor } of run.steps) this.#versions.note(before, after, actor);
  }

  /** `app's fsync`, `app's second fsync`. */
  operation({ task, operation }: OperationReference): string {
    const { name, operations } = this.#run.scenario.tasks[task]!;
    const { kind } = operations[operation]!;
    const equals = operations.flatMap((other, i) => (other.kind === kind ? [i] : []));
    const number =
      equals.length > 1 ? (ordinals[equals.indexOf(operation)] ?? `${equals.indexOf(operation) + 1}th`) : '';
    return `${name}'s ${number === '' ? '' : `${number} `}${kind}`;
  }

  /** Who took the step: `app's fsync`, `the completion of I 0..4K`. */
  who({ actor }: LosingStep): string {
    if (actor.kind === 'task') return this.operation(actor);
    return `the completion of ${this.#run.scenario.files[actor.file]!.name} ${formatRange(actor.range)}`;
  }

  /** The same at the beginning of a sentence; tasks keep their names as they are. */
  subject(step: LosingStep): string {
    return step.actor.kind === 'task' ? this.who(step) : this.who(step).replace('the ', 'The ');
  }

  /** The name of the step, which refers to it. */
  step({ name, index }: LosingStep): SentencePart {
    return { text: name, step: index };
  }

  get sync(): string {
    return this.operation(this.#run.sync);
  }

  /** Ranges of the violation's file: `I 0..4K, 8K..12K`. */
  ranges(segments: number): string {
    const { name, segments: cut } = this.#run.program.machine.inodes[this.#run.violation.file]!;
    return `${name} ${cut.rangesOf(segments).map(formatRange).join(', ')}`;
  }

  /** What a step did, as far as the facts go that `matters` picks; empty where none of them tells. */
  did(step: LosingStep, matters: (fact: Fact) => boolean): string[] {
    const changed = changedBits(step);
    const told = this.facts.filter((fact) => overlaps(fact.bits, changed) && matters(fact));
    return told.flatMap(({ changes }) => changes(step.before, step.after));
  }

  /** The fact is about what the log tree in memory holds. */
  isOfLogTree({ name }: Fact): boolean {
    return name.includes('the log tree');
  }

  /** The fact is about the violation's file, or about none. */
  isAbout({ file }: Fact): boolean {
    return file === undefined || file === this.#run.violation.file;
  }

  /** The last step before number `index` that changed the named fact. */
  writer(name: string, index: number): LosingStep | undefined {
    const fact = this.facts.find((candidate) => candidate.name === name)!;
    return this.#run.steps.findLast((step) => step.index < index && overlaps(fact.bits, changedBits(step)));
  }

  /** ` (set by log_inode_done)`: who made the fact what it is before step number `index`. */
  setBy(name: string, index: number): Sentence {
    const writer = this.writer(name, index);
    return writer === undefined ? sentence(' from the start') : sentence(' by ', this.step(writer));
  }

  /** What a version of one segment of the violation's file is: `a hole`, `the data of app: write`. */
  version(segment: number, version: number): string {
    const { file } = this.#run.violation;
    const name = this.#versions.name(file, segment, version);
    if (name === 'hole') return 'a hole';
    if (name === 'initial data') return 'the initial data';
    return `the ${isZero(version) ? 'zeros' : 'data'} of ${name}`;
  }
}

/** Bits that a step made other than they were, word by word. */
export function changedBits({ before, after }: LosingStep): Int32Array {
  return before.map((word, i) => word ^ after[i]!);
}
