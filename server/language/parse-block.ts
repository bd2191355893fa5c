import type { Span } from './syntax-tree.ts';
import type { TokenStream } from './token-stream.ts';

interface Block<Content> {
  readonly body: Span;
  readonly content: Content;
}

/**
 * Parses `{ … }`. A block without its `{` is parsed all the same when what follows can only be its content, so
 * that its `}` does not end the block around it.
 */
export function parseBlock<Content>(
  stream: TokenStream,
  atContent: () => boolean,
  parseContent: () => Content,
): Block<Content> | undefined {
  const { start } = stream.peek();
  const open = stream.require('{', '`{`');
  if (open === undefined && !atContent()) return undefined;
  const content = parseContent();
  if (stream.accept('}') !== undefined) stream.recovered();
  else if (open !== undefined) stream.unclosed(open);
  return { body: stream.spanFrom(start), content };
}
