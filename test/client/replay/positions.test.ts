import { describe, expect, it } from 'vitest';
import {
  clampPosition,
  lastPosition,
  losingPositions,
  moveByKey,
  openingPosition,
  stateAt,
} from '../../../client/replay/positions.ts';
import { blocks, crashThatLoses, stateView, taskStep, traceOf } from './hand-made-trace.ts';

const kept = stateView();
const losing = stateView({ crash: crashThatLoses(blocks(0, 1), { task: 0, operation: 0 }) });
const trace = traceOf(...[kept, kept, losing, losing, kept].map((state, i) => taskStep(0, 0, `s${i}`, state)));

describe('positions of a trace', () => {
  it('run from the initial state to the state after the last step', () => {
    expect(stateAt(trace, 0)).toBe(trace.initial);
    expect(stateAt(trace, 5)).toBe(trace.steps[4]?.state);
    expect(lastPosition(trace)).toBe(5);
    expect(() => stateAt(trace, 6)).toThrow(RangeError);
    expect(() => stateAt(trace, -1)).toThrow(RangeError);
  });

  it('lose where a promise is broken', () => {
    expect(losingPositions(trace)).toEqual([3, 4]);
  });

  it('open at the first loss, or at the start', () => {
    expect(openingPosition(trace)).toBe(3);
    expect(openingPosition(traceOf(taskStep(0, 0, 'safe')))).toBe(0);
  });

  it.each([
    [-3, 0],
    [2, 2],
    [99, 5],
    [Number.NaN, 0],
  ])('clamp %d to %d', (position, nearest) => {
    expect(clampPosition(trace, position)).toBe(nearest);
  });
});

describe('moveByKey', () => {
  it.each([
    ['ArrowUp', 2, 1],
    ['ArrowUp', 0, 0],
    ['ArrowDown', 2, 3],
    ['ArrowDown', 5, 5],
    ['PageUp', 4, 1],
    ['PageDown', 1, 4],
    ['PageDown', 4, 5],
    ['Home', 4, 0],
    ['End', 1, 5],
  ])('%s moves from %d to %d', (key, from, to) => {
    expect(moveByKey(trace, from, key, 3)).toBe(to);
  });

  it.each(['Tab', 'a', 'toString'])('leaves %s to others', (key) => {
    expect(moveByKey(trace, 1, key, 3)).toBeUndefined();
  });
});
