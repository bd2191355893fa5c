import { describe, expect, test } from 'vitest';
import { describeAll, describeBound, describeCoverage, describeTotal } from '../../../server/check/wording.ts';

test.each([
  [{ kind: 'states', limit: 2_000_000 }, 'stopped at its bound of 2,000,000 states'],
  [{ kind: 'steps', limit: 200 }, 'stopped at its bound of 200 steps per interleaving'],
  [{ kind: 'memory', limit: 512 * 2 ** 20 }, 'stopped at its bound of 512M of memory'],
  [{ kind: 'time', limit: 500 }, 'stopped at its bound of 500 ms'],
  [{ kind: 'time', limit: 90_000 }, 'stopped at its bound of 90 s'],
  [{ kind: 'cancelled', limit: 0 }, 'was cancelled'],
] as const)('%j', (bound, text) => {
  expect(describeBound(bound)).toBe(text);
});

test.each([
  [{}, 'after 5,000 states'],
  [{ depth: 0 }, 'after 5,000 states'],
  [{ depth: 1 }, 'after 5,000 states and the first step of every interleaving'],
  [{ depth: 12 }, 'after 5,000 states and the first 12 steps of every interleaving'],
  [
    { depth: 12, estimate: 2_345_678 },
    'after 5,000 of about 2 million states and the first 12 steps of every interleaving',
  ],
  [{ estimate: 5400 }, 'after 5,000 states'],
])('what a search has covered: %j', (covered, text) => {
  expect(describeCoverage({ kind: 'cancelled', limit: 0, ...covered }, 5000)).toBe(text);
});

test.each([
  [43_222, 'about 40,000'],
  [949_999, 'about 900,000'],
  [950_001, 'about 1 million'],
  [23_456_789, 'about 20 million'],
  [1_400_000_000, 'about 1 billion'],
])('an estimate of %d states is %s', (estimate, text) => {
  expect(describeTotal(estimate, 0)).toBe(text);
});

describe('the states of all checks', () => {
  const searching = { states: 20_000, estimate: 300_000 };

  test('are those known and those to come', () => {
    expect(describeAll([searching], 20_000)).toBe(', about 300,000 in all');
    expect(describeAll([searching, searching], 1_040_000)).toBe(', about 2 million in all');
  });

  test('are not told while a check waits, nor where an estimate is behind the times', () => {
    expect(describeAll([], 20_000)).toBe('');
    expect(describeAll([searching, { states: 0, estimate: undefined }], 20_000)).toBe('');
    expect(describeAll([{ states: 320_000, estimate: 300_000 }], 320_000)).toBe('');
  });
});
