import { suggestion } from './did-you-mean.ts';
import { parseName, parseReferenceTail, requireKeyword } from './names.ts';
import { atRange, parseRange } from './operands.ts';
import type { ConditionNode, Identifier } from './syntax-tree.ts';
import type { TokenStream } from './token-stream.ts';
import { conditionWords, isMemberWord } from './words.ts';

/** Deeper nesting than anybody writes, and shallow enough for the stack. */
const deepest = 100;

/** Parses a condition; `not` binds closer than `and`, `and` closer than `or`. */
export function parseCondition(stream: TokenStream, depth = 0): ConditionNode | undefined {
  return parseChain(stream, 'or', () => parseChain(stream, 'and', () => parseNegation(stream, depth)));
}

function parseChain(
  stream: TokenStream,
  word: 'and' | 'or',
  parseOperand: () => ConditionNode | undefined,
): ConditionNode | undefined {
  const { start } = stream.peek();
  const first = parseOperand();
  if (first === undefined || !stream.atWord(word)) return first;
  const operands = [first];
  while (stream.acceptWord(word) !== undefined) {
    const operand = parseOperand();
    if (operand === undefined) return undefined;
    operands.push(operand);
  }
  return { kind: word, operands, span: stream.spanFrom(start) };
}

function parseNegation(stream: TokenStream, depth: number): ConditionNode | undefined {
  const { start } = stream.peek();
  if (depth > deepest) {
    stream.error(`a condition is nested at most ${deepest} deep`, stream.peek());
    return undefined;
  }
  // A task may be called `not`: `not.fsync returned`.
  if (stream.atWord('not') && !stream.at('.', 1)) {
    stream.take();
    const operand = parseNegation(stream, depth + 1);
    return operand && { kind: 'not', operand, span: stream.spanFrom(start) };
  }
  if (stream.accept('(') === undefined) return parseAtom(stream);
  const inner = parseCondition(stream, depth + 1);
  return inner && stream.require(')', '`)`') && inner;
}

function parseAtom(stream: TokenStream): ConditionNode | undefined {
  const { start } = stream.peek();
  const subject = parseName(stream, 'a condition such as `app.fsync returned` or `I 0..4K logged`', (next) =>
    ['is', 'page', 'all'].includes(next),
  );
  if (subject === undefined) return undefined;
  if (stream.at('.')) return parseDotted(stream, subject, start);
  if (atRange(stream)) return parseRangeState(stream, subject, start);
  if (stream.acceptWord('is') === undefined) {
    stream.expected('`.`, a range, or `is at`');
    return undefined;
  }
  const step = requireKeyword(stream, 'at') && stream.identifier('a step');
  return step && { kind: 'task-at', task: subject, step, span: stream.spanFrom(start) };
}

function parseDotted(stream: TokenStream, subject: Identifier, start: number): ConditionNode | undefined {
  const flag = stream.word(1);
  if (conditionWords.file.some((word) => word === flag)) {
    stream.take();
    return { kind: 'file-flag', file: subject, flag: stream.asIdentifier(stream.take()), span: stream.spanFrom(start) };
  }
  const reference = parseReferenceTail(stream, subject, start);
  if (reference.operation === undefined) return undefined;
  const is = stream.acceptWord('is') !== undefined;
  const state = parseState(stream, is ? conditionWords.operationIs : conditionWords.operation, is ? [] : ['is fast']);
  return state && { kind: 'operation', reference, state, span: stream.spanFrom(start) };
}

function parseRangeState(stream: TokenStream, file: Identifier, start: number): ConditionNode | undefined {
  const range = parseRange(stream);
  if (range === undefined) return undefined;
  const inside = stream.acceptWord('in') !== undefined;
  const state = parseState(
    stream,
    inside ? conditionWords.rangeIn : conditionWords.range,
    inside ? [] : ['in modified'],
  );
  return state && { kind: 'range', file, range, state, span: stream.spanFrom(start) };
}

function parseState(
  stream: TokenStream,
  words: readonly string[],
  alternatives: readonly string[],
): Identifier | undefined {
  const word = stream.word();
  const choices = [...words, ...alternatives].map((choice) => `\`${choice}\``).join(' or ');
  if (word === undefined || isMemberWord(word)) {
    stream.expected(choices);
    return undefined;
  }
  const state = stream.asIdentifier(stream.take());
  if (words.includes(word)) return state;
  const { hint, fixes } = suggestion(word, state.span, words);
  stream.error(`unknown state \`${word}\`${hint || `; expected ${choices}`}`, state.span, fixes, 'unknown-name');
  return undefined;
}
