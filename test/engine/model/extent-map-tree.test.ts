import { beforeEach, describe, expect, test } from 'vitest';
import { ExtentMapTree } from '../../../engine/model/extent-map-tree.ts';
import { Layout, type State } from '../../../engine/state/layout.ts';
import { limitsWith } from './limits.ts';

const data = { kind: 'data', pinned: false, modified: true, generation: 1 } as const;
const hole = { ...data, kind: 'hole' } as const;
const prealloc = { ...data, kind: 'prealloc' } as const;
const loose = { ...hole, modified: false };

type ExtentMap = Parameters<ExtentMapTree['insert']>[2];

let tree: ExtentMapTree;
let state: State;
beforeEach(() => {
  const layout = new Layout();
  tree = new ExtentMapTree(layout, 8, limitsWith({ allocates: true, transactions: 3 }));
  state = new Int32Array(layout.words);
});

/** The maps in the tree: `mask`, then flags, then the generation. */
function maps(): string[] {
  const has = (field: { get(state: State): number }, start: number) => (field.get(state) & (1 << start)) !== 0;
  return [...Array(8).keys()]
    .filter((start) => has(tree.starts, start))
    .map((start) => {
      const flags = (['hole', 'prealloc', 'pinned', 'modified', 'logging'] as const).filter((flag) =>
        has(tree[flag], start),
      );
      const generation = tree.generation[start]!.get(state);
      return [tree.from(state, start).toString(2), ...flags, generation].join(' ');
    });
}

describe('drop', () => {
  test.each<[string, number, string[]]>([
    ['all of it', 0b111_1111, []],
    ['its beginning', 0b11, ['11100 modified 1']],
    ['its end', 0b1_1000, ['111 modified 1']],
    ['its middle', 0b100, ['11 modified 1', '11000 modified 1']],
    ['what is behind it', 0b110_0000, ['11111 modified 1']],
  ])('%s: what sticks out stays, on the list', (_, range, left) => {
    tree.insert(state, 0b1_1111, data);
    tree.drop(state, range);
    expect(maps()).toEqual(left);
  });

  test('a map that is on no list leaves parts on no list', () => {
    tree.insert(state, 0b1111, { ...data, modified: false });
    tree.drop(state, 0b110);
    expect(maps()).toEqual(['1 1', '1000 1']);
  });

  test('flags and generation of the parts are those of the whole', () => {
    tree.insert(state, 0b1111, { ...loose, pinned: true, generation: tree.inFlight });
    tree.drop(state, 0b10);
    expect(maps()).toEqual([`1 hole pinned ${tree.inFlight}`, `1100 hole pinned ${tree.inFlight}`]);
  });

  test('what sticks out of a prealloc map is prealloc', () => {
    tree.insert(state, 0b1111, prealloc);
    tree.drop(state, 0b10);
    expect(maps()).toEqual(['1 prealloc modified 1', '1100 prealloc modified 1']);
  });

  test('hole maps take the place of what was there, one for each contiguous run', () => {
    tree.insert(state, 0b111, prealloc);
    tree.insertHoles(state, 0b11010, 2);
    expect(maps()).toEqual([
      '1 prealloc modified 1',
      '10 hole modified 2',
      '100 prealloc modified 1',
      '11000 hole modified 2',
    ]);
  });

  test('several maps at once', () => {
    tree.insert(state, 0b11, data);
    tree.insert(state, 0b100, data);
    tree.insert(state, 0b11_1000, { ...data, generation: 2 });
    tree.drop(state, 0b1_1110);
    expect(maps()).toEqual(['1 modified 1', '100000 modified 2']);
  });

  test('a collected map is split into listed ones, and stays whole on the private list', () => {
    tree.insert(state, 0b1111, data);
    tree.collect(state, 0);
    tree.drop(state, 0b1100);
    expect(maps()).toEqual(['11 modified 1']);
    expect(tree.collected.from(state, 0)).toBe(0b1111);
  });
});

describe('collecting', () => {
  test('moves a map from the list to the private one', () => {
    tree.insert(state, 0b11, data);
    tree.collect(state, 0);
    expect(maps()).toEqual(['11 logging 1']);
    expect(tree.collected.from(state, 0)).toBe(0b11);
  });

  test('a collected map survives its removal from the tree', () => {
    tree.insert(state, 0b11, hole);
    tree.collect(state, 0);
    tree.removeExtentMapping(state, 0);
    expect(maps()).toEqual([]);
    expect([tree.collected.from(state, 0), tree.collected.kind(state, 0)]).toEqual([0b11, 'hole']);
    tree.collected.release(state, 0);
    tree.clearLogging(state, 0);
    expect([tree.collected.covered.get(state), tree.collected.kind(state, 0)]).toEqual([0, 'data']);
  });

  test('a map that is not collected leaves nothing behind when it is removed', () => {
    tree.insert(state, 0b11, data);
    tree.removeExtentMapping(state, 0);
    expect(maps()).toEqual([]);
    expect(tree.modified.get(state) | tree.collected.covered.get(state)).toBe(0);
  });

  test('unpin keeps the map on the list and gives it the generation', () => {
    tree.insert(state, 0b11, { ...data, pinned: true, generation: tree.inFlight });
    tree.unpin(state, 0, 2, false);
    expect(maps()).toEqual(['11 modified 2']);
  });

  test('unpin put the map back on the list until 3.19, unless an fsync is logging it', () => {
    tree.insert(state, 0b11, { ...data, modified: false, pinned: true, generation: tree.inFlight });
    tree.unpin(state, 0, 2, true);
    expect(maps()).toEqual(['11 modified 2']);
    tree.collect(state, 0);
    tree.unpin(state, 0, 2, true);
    expect(maps()).toEqual(['11 logging 2']);
  });

  test('a generation in flight is newer than any other', () => expect(tree.inFlight).toBeGreaterThan(3));
});

describe('merging, when LOGGING is cleared', () => {
  const clear = (start: number) => {
    tree.collect(state, start);
    tree.collected.release(state, start);
    tree.clearLogging(state, start);
  };

  test.each<[string, ExtentMap, ExtentMap, string[]]>([
    ['holes merge, the newer generation stays', { ...loose, generation: 2 }, loose, ['1111 hole 2']],
    ['data does not', { ...data, modified: false }, { ...data, modified: false }, ['11 1', '1100 1']],
    [
      'nor does prealloc',
      { ...prealloc, modified: false },
      { ...prealloc, modified: false },
      ['11 prealloc 1', '1100 prealloc 1'],
    ],
    ['nor a hole with data', loose, { ...data, modified: false }, ['11 hole 1', '1100 1']],
    ['nor with a listed hole', loose, hole, ['11 hole 1', '1100 hole modified 1']],
    ['nor with a pinned hole', loose, { ...loose, pinned: true }, ['11 hole 1', '1100 hole pinned 1']],
  ])('%s', (_, left, right, expected) => {
    tree.insert(state, 0b11, left);
    tree.insert(state, 0b1100, right);
    clear(0);
    expect(maps()).toEqual(expected);
  });

  test('on both sides', () => {
    for (const extent of [0b1, 0b110, 0b1000]) tree.insert(state, extent, loose);
    clear(1);
    expect(maps()).toEqual(['1111 hole 1']);
  });

  test('not across a gap, nor with a neighbour that is being logged', () => {
    for (const extent of [0b1, 0b10, 0b1000]) tree.insert(state, extent, loose);
    tree.collect(state, 0);
    clear(1);
    expect(maps()).toEqual(['1 hole logging 1', '10 hole 1', '1000 hole 1']);
  });
});

describe('loadHole', () => {
  test('adds a map that is on no list, and merges it with others that are not', () => {
    tree.insert(state, 0b1, loose);
    tree.insert(state, 0b1000, hole);
    tree.loadHole(state, 0b110);
    expect(maps()).toEqual(['111 hole 1', '1000 hole modified 1']);
  });
});
