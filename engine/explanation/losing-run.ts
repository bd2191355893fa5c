import { brokenPromises, Losses } from '../durability/judge.ts';
import type { Inode } from '../model/inode.ts';
import { compile, type ProfileOverrides, type Program } from '../program.ts';
import { Runner } from '../replay/runner.ts';
import type { Scenario } from '../scenario.ts';
import { AccessRecord, type State } from '../state/layout.ts';
import type { TaskThread, Thread } from '../thread.ts';
import type { Actor, OperationReference, Violation, WitnessStep } from '../verdict.ts';

/** One step of a run that loses data, with what it read and changed. */
export interface LosingStep {
  readonly index: number;
  readonly actor: Actor;
  readonly thread: Thread;
  readonly position: number;
  /** Name of the step. */
  readonly name: string;
  /** Where the thread goes on. */
  readonly target: number;
  readonly before: State;
  readonly after: State;
  /** Bits that were read in order to take the step and by it, word by word. */
  readonly reads: Int32Array;
  /** The operation, or the completion, ends with the step. */
  readonly ends: boolean;
}

/**
 * The witness of a violation, run once more with note taken of every access, and the sync operation whose promise it breaks.
 * For a loss that nobody promised better, or that was committed before the scenario, that is the operation which ends in
 * the loss.
 */
export class LosingRun {
  readonly scenario: Scenario;
  readonly program: Program;
  readonly violation: Violation;
  readonly steps: readonly LosingStep[];
  /** Bits of a state that describe the file system. */
  readonly modelBits: Int32Array;
  /** The segments that are lost, of the violation's file. */
  readonly segments: number;
  readonly sync: OperationReference;
  readonly syncThread: TaskThread;
  /** The position at which `syncThread` stands once the sync has returned. */
  readonly returned: number;
  readonly record = new AccessRecord();
  readonly shouldStop: () => boolean;
  /** Steps taken by doing the run again. */
  effort = 0;
  readonly #losses = new Losses();

  /** Throws `TooManySegments`. The witness must be one of the scenario under the overrides. `shouldStop` ends what does the run again. */
  constructor(
    scenario: Scenario,
    violation: Violation,
    overrides: ProfileOverrides = {},
    shouldStop: () => boolean = () => false,
  ) {
    this.shouldStop = shouldStop;
    this.scenario = scenario;
    this.violation = violation;
    this.program = compile(scenario, overrides, { record: this.record });
    this.modelBits = this.program.layout.bitsOf('model', 'judged');
    const { segments } = this.program.machine.inodes[violation.file]!;
    this.segments = segments.maskOf(violation.range);
    this.steps = this.#run(violation.witness);
    this.sync = violation.promisedBy ?? this.#lastOperation();
    this.syncThread = this.program.tasks[this.sync.task]!;
    this.returned = this.syncThread.steps.find(({ operation }) => operation === this.sync.operation)!.next;
  }

  /** The state before the step of that number, or the last one. */
  stateAt(index: number): State {
    return this.steps[index]?.before ?? this.steps.at(-1)?.after ?? this.program.initial;
  }

  /** The file that loses something. */
  get inode(): Inode {
    return this.program.machine.inodes[this.violation.file]!;
  }

  /** The step is one of the sync operation. */
  isOfSync({ actor }: LosingStep): boolean {
    return actor.kind === 'task' && actor.task === this.sync.task && actor.operation === this.sync.operation;
  }

  hasReturned(state: State): boolean {
    return this.syncThread.at(state) >= this.returned;
  }

  /** Would a power failure break the promise, in any way, where it does at the end of the run? */
  isBroken(state: State): boolean {
    const { kind, file, promisedBy } = this.violation;
    if (promisedBy !== null && !this.hasReturned(state)) return false;
    const { machine, promises, syncs } = this.program;
    const [inode, promise] = [machine.inodes[file]!, promises[file]!];
    this.#losses.judge(inode, promise, machine, state);
    if ((this.#losses.all & this.segments) === 0) return false;
    if (promisedBy === null && kind === 'corrupt') return (this.#losses.corrupt & this.segments) !== 0;
    return brokenPromises(inode, promise, this.#losses, state).some((broken) => {
      const by = syncs[broken.promisedBy - 1];
      const isSame = promisedBy === null || (by?.task === promisedBy.task && by.operation === promisedBy.operation);
      return (broken.segments & this.segments) !== 0 && isSame;
    });
  }

  #run(witness: readonly WitnessStep[]): LosingStep[] {
    const runner = new Runner(this.program);
    const { record } = this;
    return witness.map((step, index) => {
      const thread = runner.threadOf(step);
      const before = runner.state.slice();
      record.clear();
      let position = thread.next(before);
      while (thread.steps[position]!.step.name !== step.step) position = thread.without(before, position);
      thread.isReady(before, position);
      thread.take(before.slice(), position);
      const reads = record.reads.slice();
      const { actor } = runner.follow(step);
      const after = runner.state.slice();
      const { next } = thread.steps[position]!;
      const target = thread.at(after);
      const ends = actor.kind === 'endio' ? target === 0 : target === next;
      return { index, actor, thread, position, name: step.step, target, before, after, reads, ends };
    });
  }

  #lastOperation(): OperationReference {
    const actor = this.steps.at(-1)!.actor;
    return actor.kind === 'task' ? actor : actor.startedBy;
  }
}

/** Bits that a step made other than they were, word by word. */
export function changedBits({ before, after }: LosingStep): Int32Array {
  return before.map((word, i) => word ^ after[i]!);
}
