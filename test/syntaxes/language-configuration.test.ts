import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

interface Pattern {
  readonly pattern: string;
  readonly flags?: string;
}

const configuration: {
  readonly comments: { readonly lineComment: string; readonly blockComment: readonly string[] };
  readonly brackets: readonly (readonly string[])[];
  readonly wordPattern: Pattern;
  readonly indentationRules: { readonly increaseIndentPattern: string; readonly decreaseIndentPattern: string };
  readonly onEnterRules: readonly { readonly beforeText: Pattern; readonly action: { readonly appendText?: string } }[];
} = JSON.parse(readFileSync(new URL('../../syntaxes/language-configuration.json', import.meta.url), 'utf8'));

const { increaseIndentPattern, decreaseIndentPattern } = configuration.indentationRules;

test('comments and brackets are those of the lexer', () => {
  expect(configuration.comments).toEqual({ lineComment: '//', blockComment: ['/*', '*/'] });
  expect(configuration.brackets).toEqual([
    ['{', '}'],
    ['(', ')'],
  ]);
});

describe('indentation', () => {
  test.each([
    ['scenario "s" {', true, false],
    ['  task app {', true, false],
    ['  task app { // comment', true, false],
    ['  interleaving "name" {', true, false],
    ['  task app { sync }', false, false],
    ['  // task app {', false, false],
    ['  write I 0..4K', false, false],
    ['  }', false, true],
    ['} // end', false, true],
  ])('%s', (line, increases, decreases) => {
    expect(new RegExp(increaseIndentPattern).test(line)).toBe(increases);
    expect(new RegExp(decreaseIndentPattern).test(line)).toBe(decreases);
  });
});

test.each([
  ['/// Documented', '/// '],
  ['  /// Documented', '/// '],
  ['///', undefined],
  ['//// no documentation', undefined],
  ['// comment', undefined],
  ['kernel 5.8 /// no documentation', undefined],
])('Enter after %j continues with %j', (line, appended) => {
  const rule = configuration.onEnterRules.find(({ beforeText }) => new RegExp(beforeText.pattern).test(line));
  expect(rule?.action.appendText).toBe(appended);
});

test('words are those of the lexer', () => {
  const { pattern, flags } = configuration.wordPattern;
  const words = 'guard in-log.first_log app.fsync@log_inode größe 0x1000..4K w1:'.match(
    new RegExp(pattern, `g${flags}`),
  );
  expect(words).toEqual(['guard', 'in-log', 'first_log', 'app', 'fsync', 'log_inode', 'größe', '0x1000', '4K', 'w1']);
});
