import { describe, expect, test } from 'vitest';
import { excerpt, remark } from '../../../../server/cli/pretty/excerpt.ts';
import { sourceFile } from '../../../../server/cli/source-file.ts';
import { plainTerminal } from './plain-terminal.ts';

/** The excerpt about what stands between brackets in the text. */
function show(marked: string, width = 100): string[] {
  const start = marked.indexOf('[');
  const end = marked.indexOf(']') - 1;
  const file = sourceFile('dir/a.fsrace', marked.replace('[', '').replace(']', ''));
  const heading = { severity: 'warning', code: 'no-effect', message: 'says something' } as const;
  return excerpt(plainTerminal(width), heading, file, { start, end });
}

describe('an excerpt', () => {
  test('shows place, message, line and carets', () => {
    expect(show('first\n  second [marked] rest\nthird')).toEqual([
      'warning[no-effect] dir/a.fsrace:2:10',
      '  says something',
      '   |',
      ' 2 |   second marked rest',
      '   |          ^^^^^^',
    ]);
  });

  test.each([
    ['an empty span has one caret', 'ab[]cd', ['abcd', '  ^']],
    ['a span over lines is marked to the end of its first', 'a [bc\nde] f', ['a bc', '  ^^']],
    ['a place behind the end', 'ab\n[]', ['', '^']],
    ['tabs keep the carets in place', '\ta\t[bc]', ['    a    bc', '         ^^']],
    ['control characters do not reach the terminal', 'a\u001b[b]', ['a\u{fffd}b', '  ^']],
    ['wide letters count once', '\u{1d49c}\u{1d49c} [b]', ['\u{1d49c}\u{1d49c} b', '   ^']],
  ])('%s', (_, marked, [line = '', carets = '']) => {
    const lines = show(marked);
    expect(lines.at(-2)?.replace(/^ \d \| ?/, '')).toBe(line);
    expect(lines.at(-1)?.replace(/^ {3}\| /, '')).toBe(carets);
  });

  test('cuts a line that is too long around what is marked', () => {
    const lines = show(`${'x'.repeat(200)} [marked] ${'y'.repeat(200)}`, 40);
    expect(lines.slice(-2)).toEqual([` 1 | ${'x'.repeat(28)} marked`, `   | ${' '.repeat(29)}^^^^^^`]);
    for (const line of show(`${'x'.repeat(200)}[${'m'.repeat(200)}]`, 40)) expect(line.length).toBeLessThanOrEqual(40);
  });
});

describe('a remark', () => {
  test('hangs below the excerpt', () => {
    expect(remark(plainTerminal(30), 10, 'fix', 'a text that needs two lines')).toEqual([
      '    = fix: a text that needs',
      '           two lines',
    ]);
  });

  test('keeps a command in one piece', () => {
    const command = "fsrace replay a.fsrace --scenario 'a name that is rather long'";
    expect(remark(plainTerminal(30), 1, 'replay', command)).toEqual([`   = replay: ${command}`]);
  });
});
