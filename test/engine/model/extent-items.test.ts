import { describe, expect, test } from 'vitest';
import { ExtentItems } from '../../../engine/model/extent-items.ts';
import { Layout } from '../../../engine/state/layout.ts';

/** The items of a file of six blocks, written as `0-2 regular`, with `*` where the generation is the running transaction's. */
function sixBlocks(tracked = true) {
  const layout = new Layout();
  const items = new ExtentItems(layout, 6, tracked);
  const state = new Int32Array(layout.words);
  const read = () =>
    items.beginningIn(state, 0b111111).map((item) => {
      const first = 31 - Math.clz32(item.extent & -item.extent);
      const last = 31 - Math.clz32(item.extent);
      return `${first}-${last} ${item.type}${items.isFresh(state, item.extent) ? '*' : ''}`;
    });
  return { layout, items, state, read };
}

describe('extent items', () => {
  test('each allocation is an item, neighbours are two', () => {
    const { items, state, read } = sixBlocks();
    items.insert(state, 0b000011, 'regular');
    items.insert(state, 0b001100, 'regular');
    items.insert(state, 0b110000, 'hole');
    expect(read()).toEqual(['0-1 regular*', '2-3 regular*', '4-5 hole*']);
  });

  test('an insert trims and splits what is in its way; what stays keeps its generation', () => {
    const { items, state, read } = sixBlocks();
    items.insert(state, 0b111111, 'regular');
    items.commit(state);
    items.insert(state, 0b001100, 'prealloc');
    expect(read()).toEqual(['0-1 regular', '2-3 prealloc*', '4-5 regular']);
    expect(items.changed.get(state)).toBe(1);
    items.drop(state, 0b000110);
    expect(read()).toEqual(['0-0 regular', '3-3 prealloc*', '4-5 regular']);
  });

  test('a search for a change makes the leaf one of the running transaction, also where it finds nothing', () => {
    const { items, state } = sixBlocks();
    items.insert(state, 0b000011, 'regular');
    items.commit(state);
    items.drop(state, 0);
    expect(items.changed.get(state)).toBe(0);
    items.touch(state);
    expect(items.changed.get(state)).toBe(1);
  });

  test('the first piece of a run is that of its first item', () => {
    const { items, state } = sixBlocks();
    items.insert(state, 0b000011, 'regular');
    items.insert(state, 0b111100, 'regular');
    expect(items.firstPiece(state, 0b011110)).toBe(0b000010);
    expect(items.firstPiece(state, 0b011100)).toBe(0b011100);
    const { items: none, state: empty } = sixBlocks(false);
    none.insert(empty, 0b000011, 'regular');
    expect(none.firstPiece(empty, 0b011110)).toBe(0b011110);
  });

  test('a hole that is joined to the one before it is one item with it', () => {
    const { items, state, read } = sixBlocks();
    items.insert(state, 0b000011, 'hole');
    items.commit(state);
    items.insert(state, 0b001100, 'hole');
    items.join(state, 2, false);
    expect(read()).toEqual(['0-3 hole']);
    items.insert(state, 0b010000, 'hole');
    items.join(state, 4, true);
    expect(read()).toEqual(['0-4 hole*']);
  });

  test('an insert of two runs makes two items', () => {
    const { items, state, read } = sixBlocks();
    items.insert(state, 0b110011, 'hole');
    expect(read()).toEqual(['0-1 hole*', '4-5 hole*']);
  });

  describe('writing a part of a prealloc item', () => {
    const prealloc = () => {
      const all = sixBlocks();
      all.items.insert(all.state, 0b111111, 'prealloc');
      all.items.commit(all.state);
      return all;
    };

    test.each([
      ['at its beginning', [0b000011], ['0-1 regular*', '2-5 prealloc*']],
      ['at its end', [0b110000], ['0-3 prealloc*', '4-5 regular*']],
      ['inside', [0b001100], ['0-1 prealloc*', '2-3 regular*', '4-5 prealloc*']],
      ['as a whole', [0b111111], ['0-5 regular*']],
      ['and the one behind it', [0b000011, 0b001100], ['0-3 regular*', '4-5 prealloc*']],
      ['and the one before it', [0b001100, 0b000011], ['0-3 regular*', '4-5 prealloc*']],
      ['between two that are written', [0b000011, 0b110000, 0b001100], ['0-5 regular*']],
    ])('%s joins it with written neighbours of the same allocation', (_, parts, expected) => {
      const { items, state, read } = prealloc();
      for (const part of parts) items.markWritten(state, part);
      expect(read()).toEqual(expected);
    });

    test('does not join it with another allocation', () => {
      const { items, state, read } = prealloc();
      items.insert(state, 0b000011, 'regular');
      items.insert(state, 0b110000, 'regular');
      items.markWritten(state, 0b001100);
      expect(read()).toEqual(['0-1 regular*', '2-3 regular*', '4-5 regular*']);
    });

    test('changes the generation of nothing else', () => {
      const { items, state, read } = prealloc();
      items.insert(state, 0b000011, 'regular');
      items.commit(state);
      items.markWritten(state, 0b110000);
      expect(read()).toEqual(['0-1 regular', '2-3 prealloc*', '4-5 regular*']);
    });
  });

  test('runs are cut where an item begins', () => {
    const { items, state } = sixBlocks();
    items.insert(state, 0b000110, 'prealloc');
    items.insert(state, 0b011000, 'prealloc');
    expect(items.splitRuns(state, 0b101110)).toEqual([0b000110, 0b001000, 0b100000]);
  });

  test('a copy has all of it, and clearing leaves nothing', () => {
    const layout = new Layout();
    const [a, b] = [new ExtentItems(layout, 6, true), new ExtentItems(layout, 6, true)];
    const state = new Int32Array(layout.words);
    a.insert(state, 0b000111, 'prealloc');
    a.markWritten(state, 0b000001);
    b.copyFrom(state, a);
    expect(b.beginningIn(state, 0b111111)).toEqual(a.beginningIn(state, 0b111111));
    expect(b.at(state, 2)).toEqual({ extent: 0b000110, type: 'prealloc' });
    b.clear(state);
    expect([b.beginningIn(state, 0b111111), b.at(state, 2), b.changed.get(state)]).toEqual([[], undefined, 0]);
  });

  test('where they are not kept they take no bit', () => {
    const { layout, items, state, read } = sixBlocks(false);
    items.insert(state, 0b001111, 'regular');
    items.markWritten(state, 0b000001);
    items.drop(state, 0b000011);
    items.commit(state);
    expect([layout.bitsOf('model', 'judged')[0], state[0], read()]).toEqual([0, 0, []]);
    expect(items.splitRuns(state, 0b110111)).toEqual([0b000111, 0b110000]);
  });
});
