import type { Machine } from './model/machine.ts';
import type { OrderConstraint, StepReference } from './scenario.ts';
import type { Field, Layout, State } from './state/layout.ts';
import type { CompletionThread, TaskThread } from './thread.ts';

/** For each operation of each task, per file: the open ordered extents that it started, where an `order` asks. */
export class Starters {
  readonly #fields = new Map<string, readonly (Field | undefined)[]>();
  readonly #isCompletionStep: (step: string) => boolean;

  /** `isCompletionStep` tells which step names belong to completions. */
  constructor(
    orders: readonly OrderConstraint[],
    isCompletionStep: (step: string) => boolean,
    machine: Machine,
    layout: Layout,
  ) {
    this.#isCompletionStep = isCompletionStep;
    for (const reference of orders.flatMap(({ before, after }) => [before, after])) {
      if (!this.isCompletion(reference)) continue;
      const { task, operation } = reference;
      const key = `${task}.${operation}`;
      if (this.#fields.has(key)) continue;
      this.#fields.set(
        key,
        machine.inodes.map((inode) => inode.orderedExtents.trackStarter(layout)),
      );
    }
  }

  /** Does the reference name a step of completions, not of the operation itself? */
  isCompletion({ step }: StepReference): boolean {
    return step !== undefined && this.#isCompletionStep(step);
  }

  of({ task, operation }: { task: number; operation: number }): readonly (Field | undefined)[] {
    return this.#fields.get(`${task}.${operation}`) ?? [];
  }
}

/**
 * Makes the steps that `order A before B` holds back wait. A has ended when its operation has, or its
 * last step of the given name is behind; B is held back before its first step, or before every step of the name.
 */
export function addGates(
  orders: readonly OrderConstraint[],
  tasks: readonly TaskThread[],
  completions: readonly CompletionThread[],
  starters: Starters,
): void {
  for (const { before, after } of orders) {
    const hasEnded = endOf(before);
    const started = starters.of(after);
    if (starters.isCompletion(after)) {
      for (const thread of completions) {
        for (const { step, position } of thread.steps) {
          if (step.name !== after.step) continue;
          const bit = 1 << thread.start;
          thread.addGate(position, (state) => (started[thread.file]!.get(state) & bit) === 0 || hasEnded(state));
        }
      }
      continue;
    }
    const thread = tasks[after.task]!;
    for (const { step, position, operation, first } of thread.steps) {
      if (operation !== after.operation) continue;
      if (after.step !== undefined && step.name !== after.step) continue;
      if (after.step === undefined)
        thread.addGate(position, (state) => thread.isInside(state, first) || hasEnded(state));
      else thread.addGate(position, hasEnded);
    }
  }

  function endOf(reference: StepReference): (state: State) => boolean {
    const thread = tasks[reference.task]!;
    const steps = thread.steps.filter(({ operation }) => operation === reference.operation);
    const behind = steps[0]!.next;
    const started = starters.of(reference);
    if (starters.isCompletion(reference)) {
      const isBehind = (state: State, completion: CompletionThread) => {
        const open = (started[completion.file]!.get(state) & (1 << completion.start)) !== 0;
        const last = completion.steps.findLastIndex(({ step }) => step.name === reference.step);
        return !open || completion.next(state) > last;
      };
      return (state) => thread.next(state) >= behind && completions.every((completion) => isBehind(state, completion));
    }
    if (reference.step === undefined) return (state) => thread.next(state) >= behind;
    const mayStillTake = thread.mayStillTake(reference.operation, reference.step);
    const repeats = steps.find(({ step }) => step.name === reference.step)?.step.repeats;
    return (state) => {
      const next = thread.next(state);
      if (next < steps[0]!.position) return false;
      return next >= behind || !(mayStillTake[next]! || (repeats?.(state) ?? false));
    };
  }
}
