import type { ScenarioCoverage, StepCoverage } from '../../../engine/index.ts';
import type { Program } from '../../../engine/program.ts';
import type { State } from '../../../engine/state/layout.ts';
import type { PlacedStep, TaskThread, Thread } from '../../../engine/thread.ts';

/**
 * What happens in some interleaving, a line each: `0.1 log_inode taken`, `0.1 inode_in_log to inode_unlock after skip`, `endio
 * end_bio waits`. So that what was found in different ways can be compared.
 */
export type Facts = ReadonlySet<string>;

/** What the coverage of a scenario says. */
export function factsOf({ operations, completions }: Pick<ScenarioCoverage, 'operations' | 'completions'>): Facts {
  return new Set([
    ...operations.flatMap(({ task, operation, begun, ended, steps }) => {
      const place = `${task}.${operation}`;
      return [
        ...(begun ? [`${place} begins`] : []),
        ...(ended ? [`${place} ends`] : []),
        ...steps.flatMap((step) => factsOfStep(place, step)),
      ];
    }),
    ...completions.flatMap((steps) => steps.flatMap((step) => factsOfStep('endio', step))),
  ]);
}

function factsOfStep(place: string, { label, taken, skipped, leftOut, waited, targets }: StepCoverage): string[] {
  const facts = { taken, skipped: skipped === true, 'left out': leftOut === true, waits: waited === true };
  return [
    ...Object.entries(facts).flatMap(([fact, isTrue]) => (isTrue ? [`${place} ${label} ${fact}`] : [])),
    ...targets.flatMap((target) => (target.taken ? [`${place} ${label} to ${target.label}`] : [])),
  ];
}

export function withoutWaits(facts: Facts): string[] {
  return [...facts].filter((fact) => !fact.endsWith(' waits')).sort();
}

/**
 * The same, by taking every interleaving one after the other without remembering states; the engine's are the steps only.
 * Undefined when there are more than `limit`.
 */
export function enumerateFacts(program: Program, limit: number): Facts | undefined {
  const facts = new Set<string>();
  const threads = [
    ...program.tasks.map((thread) => ({ thread, isThere: () => true })),
    ...program.completions.flat().map((thread) => {
      const { starts } = program.machine.inodes[thread.file]!.orderedExtents;
      return { thread, isThere: (state: State) => (starts.get(state) & (1 << thread.start)) !== 0 };
    }),
  ];
  let runs = 0;
  visit(program.initial);
  return runs > limit ? undefined : facts;

  function visit(state: State): void {
    let moved = false;
    for (const { thread, isThere } of threads) {
      if (runs > limit) return;
      if (isThere(state)) moved = takeEach(thread, state) || moved;
    }
    if (!moved) runs++;
  }

  /** Takes each step that may come next; false when all have to wait. */
  function takeEach(thread: Thread, state: State): boolean {
    const passed: string[] = [];
    let moved = false;
    for (let at = thread.at(state); at < thread.steps.length; at++) {
      const placed = thread.steps[at]!;
      const { when = () => true, optional = () => false, ready = () => true } = placed.step;
      const name = nameOf(thread, placed);
      if (!when(state)) {
        passed.push(`${name} skipped`);
        continue;
      }
      if (!ready(state)) facts.add(`${name} waits`);
      if (thread.isReady(state, at)) {
        moved = true;
        for (const fact of passed) facts.add(fact);
        visit(take(thread, placed, state));
      }
      if (!optional(state)) break;
      passed.push(`${name} left out`);
    }
    return moved;
  }

  function take(thread: Thread, placed: PlacedStep, state: State): State {
    const { step, targets, position, operation, next } = placed;
    const name = nameOf(thread, placed);
    facts.add(`${name} taken`);
    const target = targets.get(step.apply(state.slice()) ?? 'following')!;
    if (thread === program.tasks[taskOf(thread)]) {
      facts.add(`${taskOf(thread)}.${operation} begins`);
      if (target === next) facts.add(`${taskOf(thread)}.${operation} ends`);
    }
    if (new Set(targets.values()).size > 1) {
      for (const [label, at] of targets) if (at === target) facts.add(`${name} to ${label}`);
    }
    const after = state.slice();
    thread.take(after, position);
    return after;
  }

  function taskOf(thread: Thread): number {
    return program.tasks.indexOf(thread as TaskThread);
  }

  function nameOf(thread: Thread, { step: { name, label = name }, operation }: PlacedStep): string {
    const task = taskOf(thread);
    return `${task < 0 ? 'endio' : `${task}.${operation}`} ${label}`;
  }
}
