import type { StateView, Trace } from '../../engine/index.ts';

/**
 * A position in a trace: the number of steps taken. 0 is the state that the scenario starts from, and the
 * last position is the number of steps of the trace.
 */
export type Position = number;

export function lastPosition({ steps }: Trace): Position {
  return steps.length;
}

/** The state at a position. Throws `RangeError` when the trace does not reach it. */
export function stateAt({ initial, steps }: Trace, position: Position): StateView {
  const state = position === 0 ? initial : steps[position - 1]?.state;
  if (state === undefined) throw new RangeError(`the trace has no position ${position}`);
  return state;
}

/** Positions at which a power failure breaks a promise, in order. */
export function losingPositions({ steps }: Trace): Position[] {
  return steps.flatMap(({ state }, index) => (state.crash.violations.length > 0 ? [index + 1] : []));
}

/** Where looking at a trace begins: at its first loss, for that is what the rest explains; else at the start. */
export function openingPosition(trace: Trace): Position {
  return losingPositions(trace)[0] ?? 0;
}

/** Where a key moves the selection to, held inside the trace; undefined for a key that does not move it. */
export function moveByKey(trace: Trace, from: Position, key: string, pageSize: number): Position | undefined {
  const targets: Readonly<Record<string, Position>> = {
    ArrowUp: from - 1,
    ArrowDown: from + 1,
    PageUp: from - pageSize,
    PageDown: from + pageSize,
    Home: 0,
    End: lastPosition(trace),
  };
  const target = Object.hasOwn(targets, key) ? targets[key] : undefined;
  return target === undefined ? undefined : clampPosition(trace, target);
}

/** The nearest position that the trace has. */
export function clampPosition(trace: Trace, position: number): Position {
  return Math.min(Math.max(Math.trunc(position) || 0, 0), lastPosition(trace));
}
