import { suggestion } from './did-you-mean.ts';
import type { Identifier, ReferenceNode } from './syntax-tree.ts';
import type { TokenStream } from './token-stream.ts';
import { isMemberWord, isOperationWord } from './words.ts';

/** Takes one of a fixed set of words; any other word is complained about and taken, unless a member begins with it. */
export function parseWord(stream: TokenStream, words: readonly string[], what: string): Identifier | undefined {
  const word = stream.word();
  const choices = words.map((choice) => `\`${choice}\``).join(', ');
  if (word === undefined || isMemberWord(word)) {
    stream.expected(`${what} (${choices})`);
    return undefined;
  }
  const identifier = stream.asIdentifier(stream.take());
  if (words.includes(word)) return identifier;
  const { hint, fixes } = suggestion(word, identifier.span, words);
  stream.error(`unknown ${what} \`${word}\`${hint}`, identifier.span, fixes, 'unknown-name');
  return undefined;
}

/**
 * Takes a name that a member or an operation needs. Words of the language are names too (`task write`), but
 * when one is followed by a word that `follows` rejects, the name was forgotten and the word begins what comes next.
 */
export function parseName(
  stream: TokenStream,
  what: string,
  follows: (word: string) => boolean,
): Identifier | undefined {
  const word = stream.word();
  const next = stream.word(1);
  const reserved = isMemberWord(word) || isOperationWord(word);
  const strange = next !== undefined && !stream.at(':', 2) && !isMemberWord(next) && !follows(next);
  if (stream.atLabel() || (reserved && strange)) {
    stream.expected(what);
    return undefined;
  }
  return stream.identifier(what);
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
  const operation = dot && stream.identifier('an operation or a label');
  const step = operation && stream.accept('@') ? stream.identifier('a step') : undefined;
  return { task, operation, step, span: stream.spanFrom(start) };
}
