import type { LosingRun, LosingStep } from './losing-run.ts';
import { WhatIf } from './what-if.ts';

/** Where a run is lost, as far as that is a matter of who comes when. */
export interface TurningPoint {
  /** Before this step the promise would have been kept, had the sync run on alone; after it no more. */
  readonly decisive: LosingStep;
  /** The sync had returned by then, and its promise held. */
  readonly afterReturn: boolean;
  /** Of the steps that the task of the sync took before, the last one such that all had been well with the decisive step before it. */
  readonly tested: LosingStep | undefined;
  /** Of those that it took afterwards, the first one such that all had been well with the decisive step after it. */
  readonly missed: LosingStep | undefined;
}

/** Finds the turning point by doing the run again; undefined when none is found in the steps of others. */
export function findTurningPoint(run: LosingRun): TurningPoint | undefined {
  const { steps, syncThread } = run;
  let last = steps.length;
  while (last >= 0 && runAlone(run, last) === 'broken') last--;
  if (last < 0 || last === steps.length || runAlone(run, last) !== 'kept') return undefined;
  const decisive = steps[last]!;
  const afterReturn = run.hasReturned(decisive.before);
  if (afterReturn) return { decisive, afterReturn, tested: undefined, missed: undefined };
  if (decisive.thread === syncThread) return undefined;
  const placed = syncThread.steps[syncThread.next(decisive.before)];
  const own = steps.filter(
    ({ thread, actor }) => thread === syncThread && actor.kind === 'task' && actor.operation >= placed!.operation,
  );
  return {
    decisive,
    afterReturn,
    tested: own.findLast(({ index }) => index < last && isKeptEarlier(run, decisive, index)),
    missed: own.find(({ index }) => index > last && isKeptLater(run, decisive, index)),
  };
}

/** From the state before a step on, the sync runs to its return, others only where it waits for them. */
export function runAlone(run: LosingRun, from: number) {
  return new WhatIf(run, run.stateAt(from)).run([]);
}

/** The run with the step, and those of its thread that lead there, moved to before step number `place`; if that can be. */
function isKeptEarlier(run: LosingRun, decisive: LosingStep, place: number): boolean {
  const rest = run.steps.slice(place);
  const isMoved = ({ thread, index }: LosingStep) => thread === decisive.thread && index <= decisive.index;
  const moved = rest.filter(isMoved);
  const steps = [...moved, ...rest.filter((step) => !isMoved(step))];
  const lead = { steps: moved.length, before: run.syncThread, until: decisive };
  return new WhatIf(run, run.stateAt(place)).run(steps, undefined, lead) === 'kept';
}

/** The run with the step, and those of its thread that follow, moved to behind step number `place`; if that can be. */
function isKeptLater(run: LosingRun, decisive: LosingStep, place: number): boolean {
  const until = run.steps.slice(decisive.index, place + 1);
  const isMoved = ({ thread }: LosingStep) => thread === decisive.thread;
  const others = until.filter((step) => !isMoved(step));
  const steps = [...others, ...until.filter(isMoved), ...run.steps.slice(place + 1)];
  const lead = { steps: others.length, before: decisive.thread };
  return new WhatIf(run, decisive.before).run(steps, undefined, lead) === 'kept';
}
