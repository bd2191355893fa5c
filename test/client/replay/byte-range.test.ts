import { describe, expect, it } from 'vitest';
import { formatBytes, formatRange, intersect, subtract } from '../../../client/replay/byte-range.ts';
import * as engine from '../../../engine/index.ts';

describe('formatBytes', () => {
  it.each([0, 1, 512, 1023, 1024, 4096, 4097, 1 << 20, 3 << 19, 32 << 20, 1 << 30, 5 * 2 ** 30])(
    'writes %d as the engine does',
    (bytes) => {
      expect(formatBytes(bytes)).toBe(engine.formatOffset(bytes));
      expect(formatRange({ start: 0, end: bytes })).toBe(engine.formatRange({ start: 0, end: bytes }));
    },
  );
});

const range = (start: number, end: number) => ({ start, end });

describe('subtract', () => {
  it.each([
    { name: 'nothing', pieces: [range(0, 8)], others: [], left: [range(0, 8)] },
    { name: 'the middle', pieces: [range(0, 8)], others: [range(2, 4)], left: [range(0, 2), range(4, 8)] },
    { name: 'both ends', pieces: [range(2, 8)], others: [range(0, 3), range(7, 9)], left: [range(3, 7)] },
    { name: 'overlapping parts', pieces: [range(0, 8)], others: [range(1, 5), range(3, 8)], left: [range(0, 1)] },
    { name: 'all', pieces: [range(0, 8), range(9, 10)], others: [range(0, 10)], left: [] },
    { name: 'what touches only', pieces: [range(2, 4)], others: [range(0, 2), range(4, 6)], left: [range(2, 4)] },
  ])('takes away $name', ({ pieces, others, left }) => {
    expect(subtract(pieces, others)).toEqual(left);
  });
});

describe('intersect', () => {
  it('keeps what lies in any of the others, once', () => {
    const others = [range(1, 3), range(2, 4), range(6, 9)];
    const covered = intersect([range(0, 8)], others).reduce((sum, { start, end }) => sum + end - start, 0);
    expect(covered).toBe(5);
    expect(subtract(intersect([range(0, 8)], others), others)).toEqual([]);
  });
});
