import type { State } from '../state/layout.ts';
import { CompletionThread, TaskThread, type Thread } from '../thread.ts';
import type { LosingRun, LosingStep } from './losing-run.ts';

/** What comes of a run that is done again in another way; `stuck`: the sync does not return, so that nothing is promised. */
export type Outcome = 'broken' | 'kept' | 'stuck';

/** What is different about one step. */
export interface Difference {
  readonly step: LosingStep;
  /** The thread goes on here; where absent, as the step has it, and nothing else has changed. */
  readonly target?: number;
}

/** Steps that come first when a run is done again in another order; where that cannot be, it is stuck. */
interface Lead {
  readonly steps: number;
  /** Who must not take a step for them. */
  readonly before: Thread;
  /** The step that they are there for: it must be among those that are taken. */
  readonly until?: LosingStep;
}

/** So many times as many steps as the witness has, an operation that is still under way has gone astray. */
const patience = 4;

/**
 * Does a losing run again, differently: from a state on, in the order of the given steps as far as that goes. A thread whose turn
 * it is takes the step that comes next for it, whichever that is; an operation that ended in the run ends at the same
 * place again. Who cannot step is made up for as soon as it can. In the end the sync runs on until it returns, and others
 * only where it waits for them.
 */
export class WhatIf {
  readonly #run: LosingRun;
  readonly #state: State;
  readonly #threads: readonly Thread[];
  readonly #late: LosingStep[] = [];
  #left: number;
  /** The last position that each thread took a step at. */
  readonly #positions = new Map<Thread, number>();
  #broken = false;

  constructor(run: LosingRun, from: State) {
    this.#run = run;
    this.#state = from.slice();
    this.#threads = [...run.program.tasks, ...run.program.completions.flat()];
    this.#left = patience * (run.steps.length + 25);
  }

  /**
   * Runs to the end. `difference` is made where its step, or the one in its place, is taken. The steps of a `lead` come
   * first, whatever others have to do for that. Throws when the run is to stop.
   */
  run(steps: readonly LosingStep[], difference?: Difference, lead?: Lead): Outcome {
    if (this.#run.shouldStop()) throw new Error('the explanation was stopped');
    let hadReturned = false;
    for (const [i, step] of steps.entries()) {
      // What came after the return of the sync comes after it again.
      if (hadReturned && !this.#finishSync()) return 'stuck';
      const leads = lead !== undefined && i < lead.steps;
      if (leads && step.thread instanceof CompletionThread && !this.#isOpen(step.thread)) return 'stuck';
      let isTaken = this.#follow(step, difference);
      while (!isTaken && leads && this.#advance(step.thread, lead.before)) isTaken = this.#follow(step, difference);
      if (!isTaken && leads) return 'stuck';
      if (!isTaken) this.#late.push(step);
      else this.#catchUp(difference);
      if (leads && step === lead.until && this.#positions.get(step.thread) !== step.position) return 'stuck';
      if (this.#broken) return 'broken';
      hadReturned ||= this.#run.isOfSync(step) && step.ends;
    }
    if (!this.#finishSync()) return 'stuck';
    this.#judge();
    return this.#broken ? 'broken' : 'kept';
  }

  #finishSync(): boolean {
    while (!this.#run.hasReturned(this.#state)) if (!this.#advance(this.#run.syncThread)) return false;
    return true;
  }

  /** Takes a step, and goes on to the end of the operation if that ended it. False when it has to wait. */
  #follow(step: LosingStep, difference: Difference | undefined): boolean {
    const { thread, ends } = step;
    while (this.#isPending(step)) {
      const position = this.#positionOf(step);
      if (!thread.isReady(this.#state, position)) return false;
      this.#take(thread, position, difference?.step === step ? difference : undefined);
      if (!ends) return true;
    }
    return true;
  }

  /** The operation of the step is under way, or to come. */
  #isPending({ thread, actor }: LosingStep): boolean {
    if (this.#left <= 0) return false;
    if (thread instanceof CompletionThread) return this.#isOpen(thread);
    const placed = thread.steps[thread.next(this.#state)];
    return placed !== undefined && actor.kind === 'task' && placed.operation <= actor.operation;
  }

  /** The step itself where it can come, else the one that comes next. */
  #positionOf({ thread, position }: LosingStep): number {
    const first = thread.next(this.#state);
    for (let next = first; next >= 0; next = thread.without(this.#state, next)) if (next === position) return next;
    return first;
  }

  #catchUp(difference: Difference | undefined): void {
    for (let i = 0; i < this.#late.length; ) {
      if (this.#follow(this.#late[i]!, difference)) {
        this.#late.splice(i, 1);
        i = 0;
      } else i++;
    }
  }

  /** Lets the thread take a step, or else somebody whom it may be waiting for. False when nobody can. */
  #advance(wanted: Thread, except?: Thread): boolean {
    const { tasks, completions } = this.#run.program;
    const candidates = [wanted, ...this.#holders(wanted), ...completions.flat(), ...tasks];
    const thread = candidates.find((candidate) => candidate !== except && this.#canStep(candidate));
    if (thread === undefined || this.#left <= 0) return false;
    this.#take(thread, thread.next(this.#state), undefined);
    return true;
  }

  /** Those without whom the thread cannot go on, and those without whom these cannot. */
  #holders(waiting: Thread): Thread[] {
    const holders = [waiting];
    for (const thread of holders) {
      const held = thread.steps[thread.next(this.#state)]?.step.heldBy?.(this.#state) ?? 0;
      for (const [i, other] of this.#threads.entries()) {
        if (i < 32 && (held & (1 << i)) !== 0 && !holders.includes(other)) holders.push(other);
      }
    }
    return holders.slice(1);
  }

  #canStep(thread: Thread): boolean {
    if (thread instanceof CompletionThread && !this.#isOpen(thread)) return false;
    const position = thread.next(this.#state);
    return position < thread.steps.length && thread.isReady(this.#state, position);
  }

  #isOpen({ file, start }: CompletionThread): boolean {
    return this.#run.program.machine.inodes[file]!.orderedExtents.starts.within(this.#state, 1 << start) !== 0;
  }

  #take(thread: Thread, position: number, difference: Difference | undefined): void {
    const state = this.#state;
    const before = difference && state.slice();
    this.#left--;
    this.#run.effort++;
    thread.take(state, position);
    this.#positions.set(thread, position);
    if (before !== undefined) this.#differ(thread, position, before, difference!);
    if (this.#run.violation.promisedBy === null || this.#run.hasReturned(state)) this.#judge();
  }

  #differ(thread: Thread, position: number, before: State, { step, target }: Difference): void {
    if (target === undefined) {
      const { modelBits } = this.#run;
      for (const [i, bits] of modelBits.entries()) this.#state[i] = (this.#state[i]! & ~bits) | (before[i]! & bits);
    } else if (position === step.position && thread instanceof TaskThread) thread.divert(this.#state, position, target);
  }

  #judge(): void {
    this.#broken ||= this.#run.isBroken(this.#state);
  }
}
