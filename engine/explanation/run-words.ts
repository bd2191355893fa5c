import { formatRange } from '../format.ts';
import { isZero } from '../model/version.ts';
import { VersionNames } from '../replay/versions.ts';
import type { OperationReference } from '../verdict.ts';
import { enumerate, type Sentence, type SentencePart, sentence } from './explanation.ts';
import { type Fact, type FactKind, overlaps } from './fact.ts';
import { factsOf } from './facts.ts';
import { changedBits, type LosingRun, type LosingStep } from './losing-run.ts';

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
    const place = equals.indexOf(operation);
    const ordinal = equals.length > 1 ? `${ordinals[place] ?? `${place + 1}th`} ` : '';
    return `${name}'s ${ordinal}${kind}`;
  }

  /** Who took the step: `app's fsync`, `the completion of I 0..4K`. */
  who({ actor }: LosingStep): string {
    if (actor.kind === 'task') return this.operation(actor);
    return `the completion of ${this.#run.scenario.files[actor.file]!.name} ${formatRange(actor.range)}`;
  }

  /** The same at the beginning of a sentence; tasks keep their names as they are. */
  subject(step: LosingStep): string {
    const who = this.who(step);
    return step.actor.kind === 'task' ? who : `T${who.slice(1)}`;
  }

  /** The name of the step, which refers to it. */
  step({ name, index }: LosingStep): SentencePart {
    return { text: name, step: index };
  }

  /** The sync whose promise is broken. */
  get sync(): string {
    return this.operation(this.#run.sync);
  }

  /** Ranges of the violation's file: `I 0..4K, 8K..12K`. */
  ranges(segments: number): string {
    const { name, segments: cut } = this.#run.inode;
    return `${name} ${cut.rangesOf(segments).map(formatRange).join(', ')}`;
  }

  /** What a step did in its own name, as far as the facts go that `matters` picks: ` dropped ... in log_inode`. */
  did(step: LosingStep, matters: (fact: Fact) => boolean): Sentence | undefined {
    const changed = changedBits(step);
    const told = this.facts.filter((fact) => overlaps(fact.bits, changed) && matters(fact));
    const clauses = told.flatMap(({ changes }) => changes(step.before, step.after));
    return clauses.length === 0 ? undefined : sentence(enumerate(clauses), ' in ', this.step(step));
  }

  /** The fact is about the violation's file, or about none. */
  isAbout({ file }: Fact): boolean {
    return file === undefined || file === this.#run.violation.file;
  }

  /** The first fact of the kind, of the violation's file or of the file system. */
  fact(kind: FactKind): Fact {
    return this.facts.find((fact) => fact.kind === kind && this.isAbout(fact))!;
  }

  /** The last step before number `index` that changed a fact. */
  writer(kind: FactKind, index: number): LosingStep | undefined {
    const { bits } = this.fact(kind);
    return this.#run.steps.findLast((step) => step.index < index && overlaps(bits, changedBits(step)));
  }

  /** ` by log_inode_done`, ` from the start`: who made the fact what it is before step number `index`. */
  setBy(kind: FactKind, index: number): Sentence {
    const writer = this.writer(kind, index);
    return writer === undefined ? sentence(' from the start') : sentence(' by ', this.step(writer));
  }

  /** What a version of one segment of the violation's file is: `a hole`, `the data of app: write`. */
  version(segment: number, version: number): string {
    const name = this.#versions.name(this.#run.violation.file, segment, version);
    if (name === 'hole') return 'a hole';
    if (name === 'initial data') return 'the initial data';
    return `the ${isZero(version) ? 'zeros' : 'data'} of ${name}`;
  }
}
