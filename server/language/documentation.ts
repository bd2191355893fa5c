import type { Documentation, LanguageComment } from './syntax-tree.ts';

/** The run of `///` lines that ends right above `offset`, if there is one. */
export function documentationAbove(
  text: string,
  comments: readonly LanguageComment[],
  offset: number,
): Documentation | undefined {
  let first = indexBefore(comments, offset);
  const last = comments[first];
  if (last?.kind !== 'documentation' || !/^\s*$/.test(text.slice(last.span.end, offset))) return undefined;
  const lines: string[] = [];
  let start = last.span.start;
  for (let comment = comments[first]; comment?.kind === 'documentation'; comment = comments[--first]) {
    const { span } = comment;
    if (lines.length > 0 && !/^(\r\n|\n|\r)[ \t]*$/.test(text.slice(span.end, start))) break;
    start = span.start;
    lines.push(
      text
        .slice(span.start, span.end)
        .replace(/^\/\/\/ ?/, '')
        .trimEnd(),
    );
  }
  return { text: lines.reverse().join('\n'), span: { start, end: last.span.end } };
}

/** Index of the last comment before `offset`, or -1. */
function indexBefore(comments: readonly LanguageComment[], offset: number): number {
  let low = 0;
  let high = comments.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (comments[middle]!.span.start < offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
