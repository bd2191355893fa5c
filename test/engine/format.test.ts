import { expect, test } from 'vitest';
import { formatOffset, formatRange } from '../../engine/index.ts';

test.each([
  [0, '0'],
  [100, '100'],
  [1024, '1K'],
  [1536, '1536'],
  [4096, '4K'],
  [16 * 1024 ** 2, '16M'],
  [1025 * 1024, '1025K'],
  [3 * 1024 ** 3, '3G'],
  [5 * 1024 ** 4, '5120G'],
])('%i bytes are %s', (bytes, text) => expect(formatOffset(bytes)).toBe(text));

test('a range', () => expect(formatRange({ start: 0, end: 6144 })).toBe('0..6K'));
