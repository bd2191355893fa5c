import type { Step } from './operations/step.ts';
import { end, following } from './operations/step.ts';
import type { Field, State } from './state/layout.ts';

/** A step at its place in a thread. */
export interface PlacedStep {
  readonly step: Step;
  readonly position: number;
  /** Index of the operation in its task; 0 for a completion. */
  readonly operation: number;
  /** Positions of the operation's first step and of what follows its last. */
  readonly first: number;
  readonly next: number;
  /** Positions that the step can go on at, by label; `following` is the next one. */
  readonly targets: ReadonlyMap<string, number>;
}

/** Lays operations out one after the other and resolves their labels. */
export function placeSteps(operations: readonly (readonly Step[])[]): PlacedStep[] {
  const placed: PlacedStep[] = [];
  for (const [operation, steps] of operations.entries()) {
    const first = placed.length;
    const next = first + steps.length;
    const labels = new Map<string, number>([[end, next]]);
    for (const [i, step] of steps.entries()) {
      const label = step.label ?? step.name;
      if (labels.has(label)) throw new Error(`two steps are labelled ${label}`);
      labels.set(label, first + i);
    }
    for (const [i, step] of steps.entries()) {
      const position = first + i;
      const targets = new Map<string, number>();
      for (const label of step.goesTo ?? [following]) {
        const target = label === following ? position + 1 : labels.get(label);
        if (target === undefined) throw new Error(`${step.name} goes to ${label}, which is no step`);
        targets.set(label, target);
      }
      placed.push({ step, position, operation, first, next, targets });
    }
  }
  return placed;
}

/** A sequence of steps with a position in the state: a task, or the completion of one ordered extent. */
export abstract class Thread {
  readonly steps: readonly PlacedStep[];
  /** Where it stands, in the state. */
  readonly position: Field;
  /** Per position, what else has to hold before the step may run (`order` constraints). */
  readonly #gates = new Map<number, ((state: State) => boolean)[]>();

  constructor(position: Field, steps: readonly PlacedStep[]) {
    this.position = position;
    this.steps = steps;
  }

  /** Where the thread stands: steps from here on may be left out. */
  at(state: State): number {
    return this.position.get(state);
  }

  /** Position of the step that comes next; the number of steps when there is none. */
  next(state: State): number {
    return this.#from(state, this.position.get(state));
  }

  /** Position of the step that comes next when the one at `position` is left out; -1 when it is not one that may be. */
  without(state: State, position: number): number {
    const optional = this.steps[position]?.step.optional;
    if (optional === undefined || !optional(state)) return -1;
    return this.#from(state, position + 1);
  }

  /** Position of the step that comes when `choice` of those that come next are left out; -1 when that is not possible. */
  choose(state: State, choice: number): number {
    let position = this.next(state);
    for (let left = choice; left > 0 && position >= 0; left--) position = this.without(state, position);
    return position;
  }

  #from(state: State, start: number): number {
    let position = start;
    for (; position < this.steps.length; position++) {
      const { when } = this.steps[position]!.step;
      if (when === undefined || when(state)) break;
    }
    return position;
  }

  /** May the step at `position`, which comes next, run now? */
  isReady(state: State, position: number): boolean {
    const { ready } = this.steps[position]!.step;
    return (ready === undefined || ready(state)) && this.isReleased(state, position);
  }

  /** No `order` constraint holds the step at `position` back. */
  isReleased(state: State, position: number): boolean {
    const gates = this.#gates.get(position);
    return gates === undefined || gates.every((gate) => gate(state));
  }

  /** The thread has taken a step of the operation that begins at `first`, or of a later one. */
  isInside(state: State, first: number): boolean {
    return this.position.get(state) > first;
  }

  /**
   * Per position, whether a step of that name of operation number `operation` can still come, that one
   * included, going forward; a loop back is told by the step's `repeats`.
   */
  mayStillTake(operation: number, name: string): boolean[] {
    const may: boolean[] = this.steps.map(() => false);
    for (const placed of this.steps.toReversed()) {
      if (placed.operation !== operation) continue;
      const { step, position } = placed;
      const onward = [...placed.targets.values(), ...(step.when === undefined ? [] : [position + 1])];
      may[position] =
        step.name === name || onward.some((target) => target > position && target < placed.next && may[target]!);
    }
    return may;
  }

  /** Runs the step at `position` on `state`. */
  take(state: State, position: number): void {
    const placed = this.steps[position]!;
    const label = placed.step.apply(state) ?? following;
    const target = placed.targets.get(label);
    if (target === undefined) throw new Error(`${placed.step.name} went to ${label} unannounced`);
    this.moveTo(state, placed, target);
  }

  /** Sends the thread on from the step at `position` to the one at `target`, one of that step's, whatever the state says. */
  divert(state: State, position: number, target: number): void {
    this.moveTo(state, this.steps[position]!, target);
  }

  addGate(position: number, gate: (state: State) => boolean): void {
    const gates = this.#gates.get(position) ?? [];
    gates.push(gate);
    this.#gates.set(position, gates);
  }

  protected abstract moveTo(state: State, from: PlacedStep, position: number): void;
}

/** The operations of one task. */
export class TaskThread extends Thread {
  readonly task: number;
  readonly #reset: (state: State) => void;

  /** `reset` clears the registers of the task; it runs whenever an operation ends. */
  constructor(task: number, position: Field, steps: readonly PlacedStep[], reset: (state: State) => void) {
    super(position, steps);
    this.task = task;
    this.#reset = reset;
  }

  isFinished(state: State): boolean {
    return this.position.get(state) === this.steps.length;
  }

  protected moveTo(state: State, from: PlacedStep, position: number): void {
    this.position.set(state, position);
    if (position === from.next) this.#reset(state);
  }
}

/** The completion of the ordered extent that begins at one segment of a file, as often as there is one. */
export class CompletionThread extends Thread {
  readonly file: number;
  readonly start: number;

  constructor(file: number, start: number, position: Field, steps: readonly PlacedStep[]) {
    super(position, steps);
    this.file = file;
    this.start = start;
  }

  protected moveTo(state: State, from: PlacedStep, position: number): void {
    this.position.set(state, position === from.next ? 0 : position);
  }
}
