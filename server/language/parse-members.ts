import { parseName, parseReference, parseWord, requireKeyword } from './names.ts';
import { parseCount, parseFileOfRange, parseRange } from './operands.ts';
import { parseBlock } from './parse-block.ts';
import { parseCondition } from './parse-conditions.ts';
import { parseFile } from './parse-files.ts';
import { atOperation, parseOperations } from './parse-operations.ts';
import { atEntry, parseEntries } from './parse-schedules.ts';
import type {
  BoundNode,
  ExpectNode,
  GuardNode,
  Identifier,
  InterleavingNode,
  KernelNode,
  MemberNode,
  MountNode,
  OrderNode,
  ReachNode,
  Span,
  TaskNode,
} from './syntax-tree.ts';
import { spanOf, type TokenStream } from './token-stream.ts';
import { boundWords, expectationWords, isMemberWord, type MemberWord } from './words.ts';

/** Parses one member; the stream stands at its word. */
export function parseMember(stream: TokenStream, word: MemberWord): MemberNode {
  stream.recovered();
  return memberParsers[word](stream, spanOf(stream.take()));
}

const memberParsers: Readonly<Record<MemberWord, (stream: TokenStream, keyword: Span) => MemberNode>> = {
  kernel: parseKernel,
  guard: parseGuard,
  file: parseFile,
  mount: parseMount,
  task: parseTask,
  order: parseOrder,
  interleaving: parseInterleaving,
  expect: parseExpect,
  reach: parseReach,
  bound: parseBound,
};

function parseKernel(stream: TokenStream, keyword: Span): KernelNode {
  const version = parseVersion(stream);
  return { kind: 'kernel', keyword, version, span: stream.spanFrom(keyword.start) };
}

/** A version is text: whatever is written without a blank, so that 5.10 is not 5.1. */
function parseVersion(stream: TokenStream): Identifier | undefined {
  if (!stream.at('number') && (!stream.at('identifier') || isMemberWord(stream.word()))) {
    stream.expected('a kernel release such as `5.8`');
    return undefined;
  }
  const { start } = stream.take();
  while (
    stream.peek().start === stream.previousEnd &&
    ['number', 'identifier', '.', 'unknown'].includes(stream.peek().kind)
  ) {
    stream.take();
  }
  const span = stream.spanFrom(start);
  return { text: stream.textOf(span), span };
}

function parseGuard(stream: TokenStream, keyword: Span): GuardNode {
  const name = parseGuardName(stream);
  const state = name && parseWord(stream, ['on', 'off'], 'guard setting');
  return { kind: 'guard', keyword, name, state, span: stream.spanFrom(keyword.start) };
}

function parseGuardName(stream: TokenStream): Identifier | undefined {
  const isState = (word: string | undefined) => word === 'on' || word === 'off';
  // No guard is called `on`: the names in the catalogue have a dot.
  if (isState(stream.word()) && !stream.at('.', 1) && !isState(stream.word(1))) {
    stream.expected('the name of a guard');
    return undefined;
  }
  const first = parseName(stream, 'the name of a guard', isState);
  if (first === undefined) return undefined;
  let text = first.text;
  while (stream.accept('.') !== undefined) {
    const part = stream.identifier('the rest of the name of the guard');
    if (part === undefined) return undefined;
    text += `.${part.text}`;
  }
  return { text, span: stream.spanFrom(first.span.start) };
}

function parseMount(stream: TokenStream, keyword: Span): MountNode {
  const options: Identifier[] = [];
  while (stream.at('identifier') && !isMemberWord(stream.word())) options.push(stream.asIdentifier(stream.take()));
  if (options.length === 0) stream.expected('a mount option');
  return { kind: 'mount', keyword, options, span: stream.spanFrom(keyword.start) };
}

function parseTask(stream: TokenStream, keyword: Span): TaskNode {
  const name = parseName(stream, 'the name of the task', () => false);
  const block = parseBlock(
    stream,
    () => atOperation(stream),
    () => parseOperations(stream),
  );
  const span = stream.spanFrom(keyword.start);
  return { kind: 'task', keyword, name, body: block?.body, operations: block?.content ?? [], span };
}

function parseOrder(stream: TokenStream, keyword: Span): OrderNode {
  const before = parseReference(stream);
  const after = before && requireKeyword(stream, 'before') ? parseReference(stream) : undefined;
  return { kind: 'order', keyword, before, after, span: stream.spanFrom(keyword.start) };
}

function parseInterleaving(stream: TokenStream, keyword: Span): InterleavingNode {
  const name = stream.acceptString();
  const block = parseBlock(
    stream,
    () => atEntry(stream),
    () => parseEntries(stream),
  );
  const span = stream.spanFrom(keyword.start);
  return { kind: 'interleaving', keyword, name, body: block?.body, entries: block?.content ?? [], span };
}

function parseExpect(stream: TokenStream, keyword: Span): ExpectNode {
  const what = parseWord(stream, expectationWords, 'expectation');
  const file = what && what.text !== 'safe' ? parseFileOfRange(stream) : undefined;
  const range = file && parseRange(stream);
  return { kind: 'expect', keyword, what, file, range, span: stream.spanFrom(keyword.start) };
}

function parseReach(stream: TokenStream, keyword: Span): ReachNode {
  const name = stream.acceptString();
  const condition = parseCondition(stream);
  return { kind: 'reach', keyword, name, condition, span: stream.spanFrom(keyword.start) };
}

function parseBound(stream: TokenStream, keyword: Span): BoundNode {
  const what = parseWord(stream, boundWords, 'bound');
  const limit = what && parseCount(stream, 'a bound');
  return { kind: 'bound', keyword, what, limit, span: stream.spanFrom(keyword.start) };
}
