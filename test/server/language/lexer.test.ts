import { describe, expect, test } from 'vitest';
import { lex } from '../../../server/language/lexer.ts';

const tokensOf = (text: string) =>
  lex(text).tokens.map(({ kind, start, end }) => (kind === 'end' ? 'end' : `${kind} ${text.slice(start, end)}`));

describe('tokens', () => {
  test.each([
    ['0..4K', ['number 0', '.. ..', 'number 4K']],
    ['0...4K', ['number 0', '.. ..', '. .', 'number 4K']],
    ['5.10', ['number 5', '. .', 'number 10']],
    ['0x1000', ['number 0x1000']],
    ['needs-full-sync', ['identifier needs-full-sync']],
    ['_a1-b', ['identifier _a1-b']],
    ['app.fsync@log_inode', ['identifier app', '. .', 'identifier fsync', '@ @', 'identifier log_inode']],
    [
      'w1:write I;fsync I',
      ['identifier w1', ': :', 'identifier write', 'identifier I', 'identifier fsync', 'identifier I'],
    ],
    ['{}(),', ['{ {', '} }', '( (', ') )', ', ,']],
    ['-4K', ['unknown -', 'number 4K']],
    ['größe ärger', ['identifier größe', 'identifier ärger']],
    ['\uFEFFa\u00A0b\tc\r\nd', ['identifier a', 'identifier b', 'identifier c', 'identifier d']],
    ['\0\u0001\u0002 ?!§', ['unknown \0\u0001\u0002', 'unknown ?!§']],
    ['a/b', ['identifier a/b']],
    ['a/ b', ['identifier a', 'unknown /', 'identifier b']],
    ['a//b', ['identifier a']],
    ['"a b" "\\"" ""', ['string "a b"', 'string "\\""', 'string ""']],
    ['', []],
  ])('%j', (text, tokens) => {
    expect(tokensOf(text)).toEqual([...tokens, 'end']);
  });
});

describe('comments', () => {
  test.each([
    ['// a\nb', 'line', '// a'],
    ['/// a\r\nb', 'documentation', '/// a'],
    ['//// a\nb', 'line', '//// a'],
    ['/* a\n*/b', 'block', '/* a\n*/'],
    ['/**/b', 'block', '/**/'],
  ])('%j', (text, kind, comment) => {
    const { comments, diagnostics } = lex(text);
    expect(comments.map(({ kind, span }) => [kind, text.slice(span.start, span.end)])).toEqual([[kind, comment]]);
    expect(tokensOf(text)).toEqual(['identifier b', 'end']);
    expect(diagnostics).toEqual([]);
  });

  test('one that is never closed is reported where it begins, and swallows the rest', () => {
    const { tokens, comments, diagnostics } = lex('a /* b');
    expect(tokens.map(({ kind }) => kind)).toEqual(['identifier', 'end']);
    expect(comments).toEqual([{ kind: 'block', span: { start: 2, end: 6 } }]);
    expect(diagnostics.map(({ code, span }) => [code, span])).toEqual([['syntax', { start: 2, end: 4 }]]);
  });
});

describe('strings that are never closed', () => {
  test.each([
    ['"abc', '"abc'],
    ['"abc\ndef"', '"abc'],
    ['"abc {\n', '"abc'],
    ['"abc { // comment\n', '"abc'],
    ['"\n', '"'],
    ['"abc\\', '"abc\\'],
    ['"{', '"'],
  ])('%j', (text, string) => {
    const { tokens, diagnostics } = lex(text);
    expect(text.slice(tokens[0]!.start, tokens[0]!.end)).toBe(string);
    expect(diagnostics[0]).toMatchObject({ code: 'syntax', span: { start: 0, end: string.length } });
  });
});
