import type { Program } from '../program.ts';
import { lowest } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import { CompletionThread, TaskThread, type Thread } from '../thread.ts';
import type { Actor, OperationReference, WitnessStep } from '../verdict.ts';

/** Runs a program step by step, in an order that somebody else chooses, and says who took each step. */
export class Runner {
  readonly program: Program;
  readonly state: State;
  /** Per file, per segment: the operation that created the ordered extent that begins there. */
  readonly #startedBy: OperationReference[][];

  constructor(program: Program) {
    this.program = program;
    this.state = program.initial.slice();
    this.#startedBy = program.machine.inodes.map(() => []);
  }

  /** The completions of the ordered extents that are open now. */
  openCompletions(): CompletionThread[] {
    return this.program.machine.inodes.flatMap((inode) => {
      const threads: CompletionThread[] = [];
      for (let rest = inode.orderedExtents.starts.get(this.state); rest !== 0; rest &= rest - 1) {
        threads.push(this.program.completions[inode.index]![lowest(rest)]!);
      }
      return threads;
    });
  }

  startedBy({ file, start }: CompletionThread): OperationReference {
    return this.#startedBy[file]![start]!;
  }

  /** Can the thread take its next step; or, for a `choice` above 0, the one that comes when that many are left out? */
  canStep(thread: Thread, choice = 0): boolean {
    const position = thread.choose(this.state, choice);
    return position >= 0 && position < thread.steps.length && thread.isReady(this.state, position);
  }

  /** What the thread's next step finds, in words. */
  says(thread: Thread): string | undefined {
    return thread.steps[thread.next(this.state)]!.step.says?.(this.state);
  }

  /** The thread that a step of an earlier run of this program belongs to. */
  threadOf({ actor }: WitnessStep): Thread {
    if (actor.kind === 'task') return this.program.tasks[actor.task]!;
    const { segments } = this.program.machine.inodes[actor.file]!;
    return this.program.completions[actor.file]![segments.indexOf(actor.range.start)]!;
  }

  /** Takes a step of an earlier run of this program, which must be ready. */
  follow(step: WitnessStep): WitnessStep {
    const thread = this.threadOf(step);
    let choice = 0;
    while (thread.steps[thread.choose(this.state, choice)]?.step.name !== step.step) choice++;
    return this.step(thread, choice);
  }

  /** Takes a step of a run of the same scenario under another profile, if there is such a step now and it is ready. */
  tryToFollow(step: WitnessStep): boolean {
    const thread = this.threadOf(step);
    if (thread instanceof CompletionThread && !this.openCompletions().includes(thread)) return false;
    for (let choice = 0; ; choice++) {
      const position = thread.choose(this.state, choice);
      const placed = thread.steps[position];
      if (placed === undefined) return false;
      const isIt = step.actor.kind === 'endio' || placed.operation === step.actor.operation;
      if (placed.step.name !== step.step || !isIt) continue;
      if (!thread.isReady(this.state, position)) return false;
      this.step(thread, choice);
      return true;
    }
  }

  /** Takes the thread's next step, or leaves `choice` of them out; it must be ready. */
  step(thread: Thread, choice = 0): WitnessStep {
    const position = thread.choose(this.state, choice);
    const { step, operation } = thread.steps[position]!;
    const actor = this.#actor(thread, operation);
    const before = this.program.machine.inodes.map(({ orderedExtents }) => orderedExtents.starts.get(this.state));
    thread.take(this.state, position);
    if (actor.kind === 'task') this.#noteStarts(before, { task: actor.task, operation });
    return { actor, step: step.name };
  }

  #actor(thread: Thread, operation: number): Actor {
    if (thread instanceof TaskThread) return { kind: 'task', task: thread.task, operation };
    if (!(thread instanceof CompletionThread)) throw new TypeError('a thread is a task or a completion');
    const { segments, orderedExtents } = this.program.machine.inodes[thread.file]!;
    const range = segments.rangeOf(orderedExtents.from(this.state, thread.start));
    return { kind: 'endio', file: thread.file, range, startedBy: this.startedBy(thread) };
  }

  #noteStarts(before: readonly number[], by: OperationReference): void {
    for (const [file, { orderedExtents }] of this.program.machine.inodes.entries()) {
      for (let rest = orderedExtents.starts.get(this.state) & ~before[file]!; rest !== 0; rest &= rest - 1) {
        this.#startedBy[file]![lowest(rest)] = by;
      }
    }
  }
}
