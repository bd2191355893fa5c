import { nearestName, suggestion } from './did-you-mean.ts';
import { acceptKeyword, beginsSomething, parseName, parseReference, parseWord, requireKeyword } from './names.ts';
import { atRange, parseNumber, parseRange } from './operands.ts';
import type { Identifier, OperationNode, Span } from './syntax-tree.ts';
import { spanOf, type TokenStream } from './token-stream.ts';
import {
  failureWords,
  isMemberWord,
  isOperationWord,
  type OperandForm,
  operationForms,
  operationWords,
} from './words.ts';

type Operands = {
  -readonly [Key in Exclude<keyof OperationNode, 'span' | 'label' | 'word' | 'known'>]: OperationNode[Key];
};

/** Parses operations up to the `}` of their task, or to where that brace should have been. */
export function parseOperations(stream: TokenStream): OperationNode[] {
  const operations: OperationNode[] = [];
  while (!stream.at('}') && !stream.at('end') && !stream.atScenario() && !atMember(stream)) {
    const operation = parseOperation(stream);
    if (operation !== undefined) operations.push(operation);
    if (operation === undefined || !operation.known) stream.skipUntil(() => atOperation(stream) || atMember(stream));
  }
  return operations;
}

/** Inside a block, a member's word means that the block's `}` is missing, unless it is a label or an entry. */
export function atMember(stream: TokenStream): boolean {
  return isMemberWord(stream.word()) && !stream.at(':', 1);
}

/** An operation begins here, with or without a label. */
export function atOperation(stream: TokenStream): boolean {
  return stream.atLabel() || isOperationWord(stream.word());
}

function parseOperation(stream: TokenStream): OperationNode | undefined {
  const { start } = stream.peek();
  if (atOperation(stream)) stream.recovered();
  const label = stream.atLabel() ? stream.asIdentifier(stream.take()) : undefined;
  if (label !== undefined) stream.take();
  const word = stream.identifier('an operation');
  if (word === undefined) return undefined;
  const operands: Operands = {
    file: undefined,
    range: undefined,
    size: undefined,
    target: undefined,
    at: undefined,
    keepSize: undefined,
    failure: undefined,
    on: undefined,
  };
  const known = isOperationWord(word.text);
  const meant = known ? word.text : nearestName(word.text, operationWords);
  if (!known) {
    const { hint, fixes } = suggestion(word.text, word.span, operationWords);
    stream.error(`unknown operation \`${word.text}\`${hint}`, word.span, fixes, 'unknown-name');
  }
  if (isOperationWord(meant)) {
    for (const form of operationForms[meant]) if (!parseOperand(stream, form, operands)) break;
  }
  return { label, word, known, ...operands, span: stream.spanFrom(start) };
}

/** False when a needed operand is missing: the rest of the form cannot be told then. */
function parseOperand(stream: TokenStream, form: OperandForm, operands: Operands): boolean {
  switch (form) {
    case 'file':
      operands.file = parseFileName(stream);
      return operands.file !== undefined;
    case 'range':
      operands.range = parseRange(stream);
      return operands.range !== undefined;
    case 'range?':
      if (!atRange(stream)) return true;
      operands.range = parseRange(stream);
      return operands.range !== undefined;
    case 'size':
      operands.size = parseNumber(stream, 'a size');
      return operands.size !== undefined;
    case 'to':
      return requireKeyword(stream, 'to') !== undefined;
    case 'file-to':
    case 'name':
      operands.target = form === 'name' ? parseName(stream, 'a name', beginsSomething) : parseFileName(stream);
      return operands.target !== undefined;
    case 'as-name?':
      if (stream.atLabel() || acceptKeyword(stream, 'as') === undefined) return true;
      operands.target = parseName(stream, 'a name', beginsSomething);
      return operands.target !== undefined;
    case 'offset':
      operands.at = parseNumber(stream, 'an offset');
      return operands.at !== undefined;
    case 'keep-size?':
      operands.keepSize = parseKeepSize(stream);
      return true;
    case 'fault':
      operands.failure = parseWord(stream, failureWords, 'failure');
      requireKeyword(stream, 'on');
      operands.on = parseReference(stream);
      return operands.on !== undefined;
  }
}

function parseKeepSize(stream: TokenStream): Span | undefined {
  const token = stream.atLabel() ? undefined : acceptKeyword(stream, 'keep-size');
  return token && spanOf(token);
}

function parseFileName(stream: TokenStream): Identifier | undefined {
  const root = stream.accept('.');
  if (root !== undefined) return stream.asIdentifier(root);
  return parseName(stream, 'a file', (next) => ['page', 'all', 'to'].includes(next) || beginsSomething(next));
}
