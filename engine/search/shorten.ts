import type { Program } from '../program.ts';
import type { State } from '../state/layout.ts';
import { CompletionThread, type Thread } from '../thread.ts';

/** One step of a run: whose it is, and its place in the thread. */
export interface RunStep {
  readonly thread: Thread;
  readonly position: number;
}

/**
 * Leaves out of a run what is not needed for its last state to be as `holds` wants it, as far as that shows when the steps
 * of one thread, from some point on, are left out. The run that is returned can be shorter still, by luck; when
 * `shouldStop` says so, it is as short as it was by then.
 */
export function shorten(
  program: Program,
  run: readonly RunStep[],
  holds: (state: State) => boolean,
  shouldStop: () => boolean = () => false,
): RunStep[] {
  let shortest = untilHolds(program, run, holds) ?? [...run];
  for (let changed = true; changed; ) {
    changed = false;
    for (let cut = 0; cut < shortest.length && !shouldStop(); cut++) {
      const { thread } = shortest[cut]!;
      const rest = shortest.filter((step, i) => i < cut || step.thread !== thread);
      const shorter = untilHolds(program, rest, holds);
      if (shorter === undefined) continue;
      shortest = shorter;
      changed = true;
      break;
    }
  }
  return shortest;
}

/** The run up to the first state that is as wanted; undefined when it cannot be run, or never gets there. */
function untilHolds(
  program: Program,
  run: readonly RunStep[],
  holds: (state: State) => boolean,
): RunStep[] | undefined {
  const state = program.initial.slice();
  for (const [i, { thread, position }] of run.entries()) {
    if (!isThere(program, thread, state) || !canTake(thread, state, position)) return undefined;
    thread.take(state, position);
    if (holds(state)) return run.slice(0, i + 1);
  }
  return undefined;
}

/** A completion is there while its ordered extent is. */
function isThere({ machine }: Program, thread: Thread, state: State): boolean {
  if (!(thread instanceof CompletionThread)) return true;
  return (machine.inodes[thread.file]!.orderedExtents.starts.get(state) & (1 << thread.start)) !== 0;
}

function canTake(thread: Thread, state: State, wanted: number): boolean {
  for (let position = thread.next(state); position >= 0; position = thread.without(state, position)) {
    if (position === wanted) return position < thread.steps.length && thread.isReady(state, position);
  }
  return false;
}
