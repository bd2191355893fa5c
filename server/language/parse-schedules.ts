import { acceptKeyword } from './names.ts';
import { parseFileOfRange, parseRange } from './operands.ts';
import { atMember } from './parse-operations.ts';
import type { EntryNode, Identifier } from './syntax-tree.ts';
import type { TokenStream } from './token-stream.ts';
import { endio } from './words.ts';

/** Parses the entries of an interleaving up to its `}`, or to where that brace should have been. */
export function parseEntries(stream: TokenStream): EntryNode[] {
  const entries: EntryNode[] = [];
  while (!stream.at('}') && !stream.at('end') && !stream.atScenario() && !atMember(stream)) {
    if (atEntry(stream)) {
      stream.recovered();
      const entry = parseEntry(stream);
      if (entries.at(-1)?.kind === 'crash') reportAfterCrash(stream, entry);
      entries.push(entry);
    } else {
      stream.error(`expected an entry such as \`app: fsync\`, found ${stream.describe(stream.peek())}`, stream.peek());
      stream.skipUntil(() => atEntry(stream) || atMember(stream));
    }
  }
  return entries;
}

function reportAfterCrash(stream: TokenStream, entry: EntryNode): void {
  stream.report('syntax', '`crash` ends the schedule: nothing runs after it', entry.span);
}

/** An entry begins here. */
export function atEntry(stream: TokenStream): boolean {
  return stream.atLabel() || stream.atWord('crash');
}

function parseEntry(stream: TokenStream): EntryNode {
  const { start } = stream.peek();
  const first = stream.asIdentifier(stream.take());
  if (stream.accept(':') === undefined) return { kind: 'crash', span: first.span };
  if (first.text === endio) {
    const file = parseFileOfRange(stream);
    const range = file && parseRange(stream);
    const until = range && parseUntil(stream);
    return { kind: 'endio', file, range, until, span: stream.spanFrom(start) };
  }
  const operation = parseEntryOperation(stream);
  const until = operation && parseUntil(stream);
  return { kind: 'task', task: first, operation, until, span: stream.spanFrom(start) };
}

function parseEntryOperation(stream: TokenStream): Identifier | undefined {
  if (!stream.atLabel() && !stream.atWord('until')) return stream.identifier('an operation');
  stream.expected('an operation');
  return undefined;
}

function parseUntil(stream: TokenStream): Identifier | undefined {
  // A task may be called `until`, and then its entry begins here.
  if (stream.atLabel() || acceptKeyword(stream, 'until') === undefined) return undefined;
  if (!stream.atLabel()) return stream.identifier('a step');
  stream.expected('a step');
  return undefined;
}
