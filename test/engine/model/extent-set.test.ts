import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ExtentSet } from '../../../engine/model/extent-set.ts';
import { runs } from '../../../engine/state/bits.ts';
import { Layout } from '../../../engine/state/layout.ts';

class OpenExtentSet extends ExtentSet {
  override add = super.add;
  override remove = super.remove;
}

function setOf(segments: number, extents: readonly number[]) {
  const layout = new Layout();
  const set = new OpenExtentSet(layout, segments);
  const state = new Int32Array(layout.words);
  for (const extent of extents) set.add(state, extent);
  return { set, state };
}

describe('extent set', () => {
  // Segments 0-1, 2 (a neighbour), 4-6 and the last one of 30.
  const { set, state } = setOf(30, [0b11, 0b100, 0b111_0000, 2 ** 29]);

  test.each([
    [0, 0b11],
    [2, 0b100],
    [4, 0b111_0000],
    [29, 2 ** 29],
  ])('the extent that begins at %i', (start, extent) => expect(set.from(state, start)).toBe(extent));

  test.each([
    [0, 0],
    [1, 0],
    [2, 2],
    [3, -1],
    [6, 4],
    [28, -1],
    [29, 29],
  ])('the extent that covers %i', (segment, start) => expect(set.startAt(state, segment)).toBe(start));

  test.each<[string, number, number]>([
    ['nothing', 0, 0],
    ['a gap', 0b1000, 0],
    ['the end of one', 0b10, 0b1],
    ['the middle of one', 0b10_0000, 0b1_0000],
    ['parts of three', 0b11_1110, 0b1_0101],
  ])('overlapping: %s', (_, range, starts) => expect(set.overlapping(state, range)).toBe(starts));

  test('union', () => expect(set.union(state, 0b1_0001)).toBe(0b111_0011));

  test('removing one leaves its neighbours', () => {
    const { set, state } = setOf(8, [0b11, 0b1100, 0b11_0000]);
    set.remove(state, 0b1100);
    expect([set.from(state, 0), set.startAt(state, 2), set.from(state, 4)]).toEqual([0b11, -1, 0b11_0000]);
  });

  test('extents that touch are told apart, whatever they are', () => {
    const cuts = fc.uniqueArray(fc.nat({ max: 12 }), { minLength: 2 });
    fc.assert(
      fc.property(cuts, fc.nat(), (places, holes) => {
        places.sort((a, b) => a - b);
        const extents = places
          .slice(1)
          .map((place, i) => (1 << place) - (1 << places[i]!))
          .filter((_, i) => (holes & (1 << i)) === 0);
        const { set, state } = setOf(12, extents);
        for (const extent of extents) {
          const start = 31 - Math.clz32(extent & -extent);
          expect(set.from(state, start)).toBe(extent);
          for (let i = start; (extent & (1 << i)) !== 0; i++) expect(set.startAt(state, i)).toBe(start);
        }
        expect(runs(set.covered.get(state)).reduce((sum, run) => sum + run, 0)).toBe(
          extents.reduce((sum, extent) => sum + extent, 0),
        );
      }),
      { seed: 1 },
    );
  });
});
