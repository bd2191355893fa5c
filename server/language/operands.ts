import { parseName } from './names.ts';
import type { Identifier, NumberLiteral, RangeNode } from './syntax-tree.ts';
import { spanOf, type TokenStream } from './token-stream.ts';

const units: Readonly<Record<string, number>> = { K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/** Parses a size or an offset: `4096`, `0x1000`, `4K`, `16M`, `1G`. */
export function parseNumber(stream: TokenStream, what: string): NumberLiteral | undefined {
  const token = stream.require('number', what);
  if (token === undefined) return undefined;
  const span = spanOf(token);
  const text = stream.textOf(token);
  const [, digits, unit] = /^(0[xX][0-9a-fA-F]+|[0-9]+)([KMG]?)$/.exec(text) ?? [];
  if (digits === undefined || (unit !== '' && /^0x/i.test(text))) {
    reportMalformed(stream, text, span);
    return { value: undefined, span };
  }
  const value = Number(digits) * (units[unit ?? ''] ?? 1);
  if (Number.isSafeInteger(value)) return { value, span };
  stream.report('invalid-range', `\`${shortened(text)}\` is out of range: the largest number is 2^53 - 1`, span);
  return { value: undefined, span };
}

/** Parses a number that counts something: no K, M, G. */
export function parseCount(stream: TokenStream, what: string): NumberLiteral | undefined {
  const number = parseNumber(stream, what);
  if (number?.value === undefined || !/[KMG]$/.test(stream.textOf(number.span))) return number;
  stream.report('invalid-range', `${what} is a plain number, without K, M or G`, number.span, [
    { title: `Replace with ${number.value}`, edits: [{ span: number.span, newText: `${number.value}` }] },
  ]);
  return { value: undefined, span: number.span };
}

function reportMalformed(stream: TokenStream, text: string, span: NumberLiteral['span']): void {
  const [, digits, letter] = /^([0-9]+)([kmgKMG])(?:i?[bB])?$/.exec(text) ?? [];
  const intended = digits !== undefined && letter !== undefined ? `${digits}${letter.toUpperCase()}` : undefined;
  const message = `\`${shortened(text)}\` is not a number; sizes are written like \`4096\`, \`0x1000\`, \`4K\`, \`16M\`, \`1G\``;
  const fixes = intended && [{ title: `Replace with \`${intended}\``, edits: [{ span, newText: intended }] }];
  stream.report('syntax', message, span, fixes || undefined);
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/** A range begins with a number, `page` before a number, or `all`; `all :` and `page :` are labels. */
export function atRange(stream: TokenStream): boolean {
  if (stream.at('number')) return true;
  if (stream.atWord('page')) return stream.at('number', 1);
  return stream.atWord('all') && !stream.atLabel();
}

/** Takes the name of a file that a range has to follow. */
export function parseFileOfRange(stream: TokenStream): Identifier | undefined {
  return parseName(stream, 'a file', (next) => next === 'page' || next === 'all');
}

/** Parses `0..4K`, `page 3` or `all`. */
export function parseRange(stream: TokenStream): RangeNode | undefined {
  const { start } = stream.peek();
  if (!atRange(stream)) {
    stream.expected('a range (`0..4K`, `page 3` or `all`)');
    return undefined;
  }
  if (stream.acceptWord('all')) return { kind: 'all', span: stream.spanFrom(start) };
  if (stream.acceptWord('page')) {
    const page = parseCount(stream, 'a page number');
    return page && { kind: 'page', page, span: stream.spanFrom(start) };
  }
  const from = parseNumber(stream, 'a number');
  if (from === undefined || stream.require('..', '`..` and the end of the range') === undefined) return undefined;
  const to = parseNumber(stream, 'the end of the range');
  return to && { kind: 'bytes', start: from, end: to, span: stream.spanFrom(start) };
}
