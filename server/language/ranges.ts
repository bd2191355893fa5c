import { type ByteRange, blockSize, formatRange, type OperationRange } from '../../engine/index.ts';
import type { Problems } from './problems.ts';
import type { RangeNode } from './syntax-tree.ts';

/**
 * The bytes that a range stands for; `all` stays `all`. Undefined when it is inverted, empty or too
 * large, which is then reported (or has been, by the parser).
 */
export function bindRange(node: RangeNode, problems: Problems): OperationRange | undefined {
  if (node.kind === 'all') return 'all';
  if (node.kind === 'page') return bindPage(node, problems);
  const start = node.start.value;
  const end = node.end.value;
  if (start === undefined || end === undefined) return undefined;
  if (start < end) return { start, end };
  const written = `\`${formatRange({ start, end })}\``;
  if (start === end) {
    problems.error('invalid-range', `the range ${written} is empty`, node.span);
  } else {
    const newText = formatRange({ start: end, end: start });
    const fixes = [{ title: `Replace with \`${newText}\``, edits: [{ span: node.span, newText }] }];
    problems.error('invalid-range', `the range ${written} ends before it begins`, node.span, { fixes });
  }
  return undefined;
}

function bindPage(node: RangeNode & { kind: 'page' }, problems: Problems): ByteRange | undefined {
  if (node.page.value === undefined) return undefined;
  const start = node.page.value * blockSize;
  const end = start + blockSize;
  if (Number.isSafeInteger(end)) return { start, end };
  problems.error('invalid-range', 'the page is out of range: the largest offset is 2^53 - 1', node.span);
  return undefined;
}
