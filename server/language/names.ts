import { nearestName, suggestion } from './did-you-mean.ts';
import type { Token } from './lexer.ts';
import type { Identifier, ReferenceNode } from './syntax-tree.ts';
import { spanOf, type TokenStream } from './token-stream.ts';
import { isMemberWord, isOperationWord } from './words.ts';

/** Takes one of a fixed set of words; any other word is complained about and taken, unless a member begins with it. */
export function parseWord(stream: TokenStream, words: readonly string[], what: string): Identifier | undefined {
  const word = stream.word();
  if (word === undefined || isMemberWord(word)) {
    stream.expected(words.map((choice) => `\`${choice}\``).join(' or '));
    return undefined;
  }
  const identifier = stream.asIdentifier(stream.take());
  if (words.includes(word)) return identifier;
  const { hint, fixes } = suggestion(word, identifier.span, words);
  stream.error(`unknown ${what} \`${word}\`${hint}`, identifier.span, fixes, 'unknown-name');
  return undefined;
}

/** Takes a word of the grammar if it is there; a misspelled one counts, after a complaint. */
export function acceptKeyword(stream: TokenStream, keyword: string): Token | undefined {
  const exact = stream.acceptWord(keyword);
  const word = stream.word();
  if (exact !== undefined || word === undefined) return exact;
  if (stream.atLabel() || beginsSomething(word) || nearestName(word, [keyword]) === undefined) return undefined;
  const token = stream.take();
  const { hint, fixes } = suggestion(word, spanOf(token), [keyword]);
  stream.error(`expected \`${keyword}\`, found \`${word}\`${hint}`, token, fixes);
  return token;
}

/** Takes a word of the grammar, or complains that it is missing. */
export function requireKeyword(stream: TokenStream, keyword: string): Token | undefined {
  const token = acceptKeyword(stream, keyword);
  if (token === undefined) stream.expected(`\`${keyword}\``);
  return token;
}

/**
 * Takes a name that a member or an operation needs. Words of the language are names too (`task write`), but
 * when one of the `suspects` is followed by a word that cannot come after the name, then the name was
 * forgotten, and the suspect begins what comes next.
 */
export function parseName(
  stream: TokenStream,
  what: string,
  follows: (word: string) => boolean,
  suspects: (word: string) => boolean = beginsSomething,
): Identifier | undefined {
  const word = stream.word();
  const next = stream.word(1);
  const strange = next !== undefined && !stream.at(':', 2) && !follows(next);
  if (stream.atLabel() || (word !== undefined && suspects(word) && strange)) {
    stream.expected(what);
    return undefined;
  }
  return stream.identifier(what);
}

/** Members and operations begin with these. */
export function beginsSomething(word: string): boolean {
  return isMemberWord(word) || isOperationWord(word);
}

/** Parses `task.operation` with `@step` or without. */
export function parseReference(stream: TokenStream): ReferenceNode | undefined {
  const { start } = stream.peek();
  const task = parseName(stream, 'a reference such as `app.fsync`', () => false);
  if (task === undefined) return undefined;
  return parseReferenceTail(stream, task, start);
}

/** Parses what follows the task of a reference. */
export function parseReferenceTail(stream: TokenStream, task: Identifier, start: number): ReferenceNode {
  const dot = stream.require('.', '`.` and an operation');
  const operation = dot && parseName(stream, 'an operation or a label', followsReference, isMemberWord);
  const step = operation && stream.accept('@') ? stream.identifier('a step') : undefined;
  return { task, operation, step, span: stream.spanFrom(start) };
}

function followsReference(word: string): boolean {
  return ['before', 'is', 'returned'].includes(word) || beginsSomething(word);
}
