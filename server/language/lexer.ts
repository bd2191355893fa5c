import type { LanguageDiagnostic } from './diagnostic.ts';
import type { LanguageComment } from './syntax-tree.ts';

/** `scenario` is that word before a string: the one keyword that cannot be a name, since names come before no strings. */
export type TokenKind = 'identifier' | 'scenario' | 'number' | 'string' | Punctuation | 'unknown' | 'end';

export type Punctuation = '{' | '}' | '(' | ')' | ':' | ',' | '.' | '..' | '@';

export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
}

interface LexedText {
  /** The last one is `end`, at the end of the text. */
  readonly tokens: readonly Token[];
  readonly comments: readonly LanguageComment[];
  /** Unclosed strings and comments. */
  readonly diagnostics: readonly LanguageDiagnostic[];
}

const punctuation: readonly (Punctuation | undefined)[] = (() => {
  const byCode: (Punctuation | undefined)[] = new Array(128).fill(undefined);
  for (const sign of ['{', '}', '(', ')', ':', ',', '.', '@'] as const) byCode[sign.charCodeAt(0)] = sign;
  return byCode;
})();

const other = 0;
const blank = 1;
const letter = 2;
const digit = 3;
const hyphen = 4;

const asciiClasses = (() => {
  const classes = new Uint8Array(128);
  // `;` separates nothing that keywords do not, so it is as good as a blank.
  for (const sign of ' \t\n\v\f\r;') classes[sign.charCodeAt(0)] = blank;
  for (const sign of 'ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz') classes[sign.charCodeAt(0)] = letter;
  for (const sign of '0123456789') classes[sign.charCodeAt(0)] = digit;
  classes['-'.charCodeAt(0)] = hyphen;
  return classes;
})();

function classAt(text: string, offset: number): number {
  const code = text.charCodeAt(offset);
  if (code < 128) return asciiClasses[code]!;
  const sign = text[offset];
  if (sign === undefined) return other;
  if (/\p{L}/u.test(sign)) return letter;
  if (/\s|\uFEFF/u.test(sign)) return blank;
  return other;
}

/** Cuts a text into tokens and comments. Never fails: what no token begins with becomes `unknown` tokens. */
export function lex(text: string): LexedText {
  const tokens: Token[] = [];
  const comments: LanguageComment[] = [];
  const diagnostics: LanguageDiagnostic[] = [];
  let at = 0;
  while (at < text.length) {
    const start = at;
    const code = text.charCodeAt(at);
    const kind = classAt(text, at);
    if (kind === blank) {
      at++;
    } else if (kind === letter) {
      at = endOfWord(text, at, true);
      tokens.push({ kind: 'identifier', start, end: at });
    } else if (kind === digit) {
      at = endOfWord(text, at, false);
      tokens.push({ kind: 'number', start, end: at });
    } else if (code === 0x2f /* / */ && (text[at + 1] === '/' || text[at + 1] === '*')) {
      const comment = commentAt(text, at, diagnostics);
      comments.push(comment);
      at = comment.span.end;
    } else if (code === 0x22 /* " */) {
      at = endOfString(text, at, diagnostics);
      const last = tokens.at(-1);
      if (last?.kind === 'identifier' && text.slice(last.start, last.end) === 'scenario') {
        tokens[tokens.length - 1] = { ...last, kind: 'scenario' };
      }
      tokens.push({ kind: 'string', start, end: at });
    } else {
      const sign = code < 128 ? punctuation[code] : undefined;
      if (sign === '.' && text[at + 1] === '.') {
        at += 2;
        tokens.push({ kind: '..', start, end: at });
      } else if (sign !== undefined) {
        at++;
        tokens.push({ kind: sign, start, end: at });
      } else {
        at = endOfUnknown(text, at);
        tokens.push({ kind: 'unknown', start, end: at });
      }
    }
  }
  tokens.push({ kind: 'end', start: text.length, end: text.length });
  return { tokens, comments, diagnostics };
}

function endOfWord(text: string, start: number, hyphens: boolean): number {
  let at = start + 1;
  for (; at < text.length; at++) {
    const kind = classAt(text, at);
    if (kind !== letter && kind !== digit && !(hyphens && (kind === hyphen || joinsPath(text, at)))) break;
  }
  return at;
}

/** In `D/F` the slash belongs to the name; `//` and `/*` begin comments. */
function joinsPath(text: string, at: number): boolean {
  return text[at] === '/' && classAt(text, at + 1) === letter;
}

/** A run of signs that belong to no token is one token, so that garbage is complained about once. */
function endOfUnknown(text: string, start: number): number {
  let at = start + 1;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22 || code === 0x2f || (code < 128 && punctuation[code] !== undefined)) break;
    const kind = classAt(text, at);
    if (kind !== other && kind !== hyphen) break;
  }
  return at;
}

function commentAt(text: string, start: number, diagnostics: LanguageDiagnostic[]): LanguageComment {
  if (text[start + 1] === '/') {
    let end = start + 2;
    while (end < text.length && text[end] !== '\n' && text[end] !== '\r') end++;
    const documentation = text[start + 2] === '/' && text[start + 3] !== '/';
    return { kind: documentation ? 'documentation' : 'line', span: { start, end } };
  }
  const close = text.indexOf('*/', start + 2);
  if (close >= 0) return { kind: 'block', span: { start, end: close + 2 } };
  diagnostics.push({
    code: 'syntax',
    severity: 'error',
    message: 'comment is never closed: `*/` is missing',
    span: { start, end: start + 2 },
  });
  return { kind: 'block', span: { start, end: text.length } };
}

function endOfString(text: string, start: number, diagnostics: LanguageDiagnostic[]): number {
  let at = start + 1;
  for (; at < text.length && text[at] !== '\n' && text[at] !== '\r'; at++) {
    if (text[at] === '"') return at + 1;
    if (text[at] === '\\' && text[at + 1] !== '\n' && text[at + 1] !== '\r') at++;
  }
  const end = endOfUnclosedString(text, start, Math.min(at, text.length));
  diagnostics.push({
    code: 'syntax',
    severity: 'error',
    message: 'string is never closed: `"` is missing',
    span: { start, end },
    fixes: [{ title: 'Close the string', edits: [{ span: { start: end, end }, newText: '"' }] }],
  });
  return end;
}

/** Leaves a comment and a `{` at the end of the line out of the string: they were meant to come after it. */
function endOfUnclosedString(text: string, start: number, lineEnd: number): number {
  const line = text.slice(start, lineEnd);
  const comment = line.indexOf('//');
  const code = (comment < 0 ? line : line.slice(0, comment)).trimEnd();
  const content = code.endsWith('{') ? code.slice(0, -1).trimEnd() : code;
  return start + Math.max(content.length, 1);
}
