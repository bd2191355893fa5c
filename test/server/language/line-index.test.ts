import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineIndex } from '../../../server/language/index.ts';

describe('line ends', () => {
  test.each([
    ['LF', 'ab\ncd\n', ['ab', 'cd', '']],
    ['CRLF', 'ab\r\ncd\r\n', ['ab', 'cd', '']],
    ['CR', 'ab\rcd', ['ab', 'cd']],
    ['mixed', 'a\r\n\nb\r\rc', ['a', '', 'b', '', 'c']],
    ['none', 'ab', ['ab']],
    ['empty', '', ['']],
  ])('%s', (_, text, expected) => {
    const lines = new LineIndex(text);
    expect(Array.from({ length: lines.lineCount }, (_, line) => lines.lineText(line))).toEqual(expected);
  });
});

test('counts columns in UTF-16 units', () => {
  const lines = new LineIndex('a\n𝕏b');
  expect(lines.positionAt(4)).toEqual({ line: 1, column: 2 });
  expect(lines.offsetAt({ line: 1, column: 2 })).toBe(4);
});

test('moves what is outside to the nearest end', () => {
  const lines = new LineIndex('ab\r\ncd');
  expect(lines.positionAt(-1)).toEqual({ line: 0, column: 0 });
  expect(lines.positionAt(99)).toEqual({ line: 1, column: 2 });
  expect(lines.offsetAt({ line: 0, column: 99 })).toBe(2);
  expect(lines.offsetAt({ line: 9, column: 0 })).toBe(6);
  expect(lines.lineText(9)).toBe('');
});

test('offset to position and back is the same offset', () => {
  const texts = fc.string({ unit: fc.constantFrom('a', '\n', '\r', '\r\n') });
  fc.assert(
    fc.property(texts, (text) => {
      const lines = new LineIndex(text);
      for (let offset = 0; offset <= text.length; offset++) {
        const insideLineBreak = text[offset - 1] === '\r' && text[offset] === '\n';
        if (!insideLineBreak) expect(lines.offsetAt(lines.positionAt(offset))).toBe(offset);
      }
    }),
  );
});
