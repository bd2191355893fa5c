import { beforeEach, describe, expect, test } from 'vitest';
import { OrderedExtents } from '../../../engine/model/ordered-extent.ts';
import { Layout, type State } from '../../../engine/state/layout.ts';
import { limitsWith } from './limits.ts';

describe('ordered extents', () => {
  let layout: Layout;
  let extents: OrderedExtents;
  let state: State;
  beforeEach(() => {
    layout = new Layout();
    extents = new OrderedExtents(layout, 8, limitsWith({ trackLogged: true }));
    state = new Int32Array(layout.words);
    extents.insert(state, 0b11, false);
    extents.insert(state, 0b1100, false);
  });

  test('completion takes one away with all its marks, and leaves its neighbour', () => {
    extents.position[0]!.set(state, 9);
    extents.markLogged(state, 0b101);
    extents.complete(state, 0);
    const marks = [extents.covered, extents.starts, extents.logged, extents.pending].map((field) => field.get(state));
    expect(marks).toEqual([0b1100, 0b100, 0b100, 0b100]);
    expect(extents.position[0]!.get(state)).toBe(0);
  });

  test('an extent is pending once, however often it is logged', () => {
    expect(extents.markLogged(state, 0b1)).toBe(1);
    expect(extents.unlogged(state)).toBe(0b100);
    expect(extents.markLogged(state, 0b101)).toBe(1);
    expect(extents.unlogged(state)).toBe(0);
  });

  test('one that has completed in the meantime is not marked', () => {
    extents.complete(state, 2);
    expect(extents.markLogged(state, 0b101)).toBe(1);
    expect([extents.logged.get(state), extents.pending.get(state)]).toEqual([0b1, 0b1]);
  });

  test.each<[string, number, number, number[]]>([
    ['nothing', 0, 0, [0b11, 0b1100]],
    ['the end of one', 0b10, 0b10, [0b1, 0b1100]],
    ['the end of one and all of the next', 0b110, 0b1110, [0b1]],
    ['all of one', 0b11, 0b11, [0b1100]],
    ['the beginning of one', 0b100, 0b1100, [0b11]],
  ])('they end before pages that were never submitted: %s', (_, dropped, cut, left) => {
    expect(extents.truncate(state, dropped)).toBe(cut);
    expect(
      [0, 2].filter((start) => extents.startAt(state, start) === start).map((start) => extents.from(state, start)),
    ).toEqual(left);
  });

  test('completions lock their own ranges', () => {
    extents.lockRange(state, 0b11);
    extents.lockRange(state, 0b1100);
    extents.unlockRange(state, 0b11);
    expect(extents.rangeLocked.get(state)).toBe(0b1100);
  });
});

describe('starters', () => {
  test('an extent that completes is forgotten in every set of starters', () => {
    const layout = new Layout();
    const extents = new OrderedExtents(layout, 4, limitsWith({}));
    const starters = [extents.trackStarter(layout), extents.trackStarter(layout)];
    const state = new Int32Array(layout.words);
    extents.insert(state, 0b1, false);
    extents.insert(state, 0b10, false);
    for (const starter of starters) starter.set(state, 0b11);
    extents.complete(state, 1);
    expect(starters.map((starter) => starter.get(state))).toEqual([0b1, 0b1]);
  });
});

test('before 5.10 nothing is marked as logged, and the marks take no room', () => {
  const [with510, without] = [true, false].map((trackLogged) => {
    const layout = new Layout();
    const extents = new OrderedExtents(layout, 20, limitsWith({ trackLogged }));
    const state = new Int32Array(layout.words);
    extents.insert(state, 0b1, false);
    extents.markLogged(state, 0b1);
    return { words: layout.words, unlogged: extents.unlogged(state) };
  });
  expect(with510!.unlogged).toBe(0);
  expect(without!.unlogged).toBe(0b1);
  expect(without!.words).toBeLessThan(with510!.words);
});
