import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { below, highest, lowest, runFrom, runs, size } from '../../../engine/state/bits.ts';

const mask = fc.integer({ min: 0, max: 2 ** 30 - 1 });
const someMask = fc.integer({ min: 1, max: 2 ** 30 - 1 });
const bitsOf = (value: number) => Array.from({ length: 30 }, (_, i) => i).filter((i) => (value & (1 << i)) !== 0);

describe('segment masks', () => {
  test.each([
    [0, 0],
    [1, 0b1],
    [4, 0b1111],
    [30, 2 ** 30 - 1],
  ])('below(%i)', (count, expected) => expect(below(count)).toBe(expected));

  test.each([
    [0b0110_1100, 2, 0b0000_1100],
    [0b0110_1100, 3, 0b0000_1000],
    [0b0110_1100, 0, 0],
    [2 ** 30 - 1, 0, 2 ** 30 - 1],
    [2 ** 29, 29, 2 ** 29],
  ])('runFrom(%i, %i)', (value, start, expected) => expect(runFrom(value, start)).toBe(expected));

  test('lowest, highest and size agree with the list of bits', () => {
    fc.assert(
      fc.property(someMask, (value) => {
        const bits = bitsOf(value);
        expect([lowest(value), highest(value), size(value)]).toEqual([bits[0], bits.at(-1), bits.length]);
      }),
      { seed: 1 },
    );
  });

  test('runs are contiguous, apart from each other, ascending, and make up the mask', () => {
    fc.assert(
      fc.property(mask, (value) => {
        const found = runs(value);
        expect(found.reduce((union, run) => union | run, 0)).toBe(value);
        for (const run of found) expect(highest(run) - lowest(run) + 1).toBe(size(run));
        for (const [i, run] of found.slice(1).entries()) expect(lowest(run)).toBeGreaterThan(highest(found[i]!) + 1);
      }),
      { seed: 1 },
    );
  });
});
