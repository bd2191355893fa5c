import type { Span, TextEdit } from '../language/index.ts';

/** Removes a member; the whole line when nothing else stands on it. */
export function removeMember(text: string, { start, end }: Span): TextEdit {
  const before = /(?:^|\r\n|[\r\n])[ \t]*$/.exec(text.slice(0, start))?.[0];
  const after = /^[ \t]*(?=$|[\r\n])/.exec(text.slice(end))?.[0];
  if (before === undefined || after === undefined)
    return { span: { start, end: end + (after ?? ' ').length }, newText: '' };
  return { span: { start: start - before.length, end: end + after.length }, newText: '' };
}
