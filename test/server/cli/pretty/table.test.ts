import { describe, expect, test } from 'vitest';
import { table, wrap } from '../../../../server/cli/pretty/table.ts';

const texts = (...cells: readonly string[]) => cells.map((text) => ({ text }));

describe('wrap', () => {
  test.each([
    ['fits', 10, ['fits']],
    ['breaks between words', 10, ['breaks', 'between', 'words']],
    ['exactly ten', 11, ['exactly ten']],
    ['keeps\nlines', 40, ['keeps', 'lines']],
    ['leaves_what_is_too_long in one piece', 8, ['leaves_what_is_too_long', 'in one', 'piece']],
    ['', 10, ['']],
  ])('%j to %d columns', (text, width, lines) => {
    expect(wrap(text, width)).toEqual(lines);
  });
});

describe('table', () => {
  test('aligns columns, and leaves no blanks at the ends of lines', () => {
    expect(table([texts('a', 'long cell', 'x'), texts('wider', 'b', ''), texts('c')], { width: 80 })).toEqual([
      'a      long cell  x',
      'wider  b',
      'c',
    ]);
  });

  test('goes on with a long last cell in its column', () => {
    const last = 'the last cell is wrapped to what is left of the line';
    expect(table([texts('first', last)], { width: 40, indent: 2 })).toEqual([
      '  first  the last cell is wrapped to',
      '         what is left of the line',
    ]);
  });

  test('aligns numbers to the right', () => {
    const number = (text: string) => ({ text, align: 'right' as const });
    expect(
      table(
        [
          [number('9'), ...texts('x')],
          [number('10'), ...texts('y')],
        ],
        { width: 80 },
      ),
    ).toEqual([' 9  x', '10  y']);
  });

  test('does not count colours as width', () => {
    const red = (text: string) => `<red>${text}</red>`;
    expect(table([[{ text: 'a', paint: red }, ...texts('x')], texts('bbb', 'y')], { width: 80 })).toEqual([
      '<red>a</red>    x',
      'bbb  y',
    ]);
  });

  test('counts a letter outside the basic plane once', () => {
    expect(table([texts('\u{1d49c}', 'x'), texts('ab', 'y')], { width: 80 })).toEqual(['\u{1d49c}   x', 'ab  y']);
  });
});
