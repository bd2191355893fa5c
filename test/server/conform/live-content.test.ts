import { describe, expect, test } from 'vitest';
import { LiveContent } from '../../../server/conform/live-content.ts';
import type { RecordedOperation } from '../../../server/conform/record.ts';

const block = 4096;

/** Two files: the first has tag 1 in two blocks, and tag 2 in the one behind them; the second is empty. */
function files(): LiveContent {
  return new LiveContent([
    {
      name: 'f',
      size: 12_000,
      fill: [
        [0, 2, 1],
        [2, 1, 2],
      ],
    },
    { name: 'g', size: 0, fill: [] },
  ]);
}

/** What a clone of all of the first file puts into the second one after some operations. */
function clonedAfter(...operations: readonly RecordedOperation[]) {
  const live = files();
  const at = { name: 0, to: -1 };
  for (const operation of operations) live.apply(operation, { ...at, node: 0, destination: 0 });
  return live.apply({ op: 'clone', to_off: block }, { ...at, node: 0, destination: 1 });
}

describe('what a clone copies', () => {
  test('is moved, and cut at the end of the source', () => {
    expect(clonedAfter()).toEqual([
      [block, 3 * block, 1],
      [3 * block, block + 12_000, 2],
    ]);
  });

  test.each<[what: string, operation: RecordedOperation, expected: readonly (readonly number[])[]]>([
    [
      'a write',
      { op: 'write', off: 100, len: 100, tag: 9 },
      [
        [0, 100, 1],
        [100, 200, 9],
        [200, 8192, 1],
        [8192, 12_000, 2],
      ],
    ],
    [
      'a direct write behind the end',
      { op: 'dwrite', off: 16_384, len: block, tag: 9 },
      [
        [0, 8192, 1],
        [8192, 12_000, 2],
        [16_384, 20_480, 9],
      ],
    ],
    [
      'a store across the end',
      { op: 'mwrite', off: 8192, len: 8192, tag: 9 },
      [
        [0, 8192, 1],
        [8192, 12_000, 9],
      ],
    ],
    ['a punch', { op: 'punch', off: block, len: 16_384 }, [[0, block, 1]]],
    [
      'a zero-range',
      { op: 'zero_range', off: 0, len: block },
      [
        [block, 8192, 1],
        [8192, 12_000, 2],
      ],
    ],
    ['a truncate', { op: 'truncate', size: 5000 }, [[0, 5000, 1]]],
    [
      'an fallocate',
      { op: 'falloc', off: 0, len: 65_536 },
      [
        [0, 8192, 1],
        [8192, 12_000, 2],
      ],
    ],
    [
      'a clone within it',
      { op: 'clone', off: 0, len: block, to_off: 8192 },
      [
        [0, 8192, 1],
        [8192, 12_288, 1],
      ],
    ],
    [
      'an fsync',
      { op: 'fsync' },
      [
        [0, 8192, 1],
        [8192, 12_000, 2],
      ],
    ],
  ])('follows %s', (_, operation, expected) => {
    expect(clonedAfter(operation)).toEqual(expected.map(([start, end, tag]) => [start! + block, end! + block, tag]));
  });

  test('of a file that was made meanwhile is nothing', () => {
    const places = { name: 0, to: -1, node: 2, destination: 1 };
    expect(files().apply({ op: 'clone', to_off: 0 }, places)).toEqual([]);
  });
});
