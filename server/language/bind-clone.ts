import { blockSize, type CloneOperation, type OperationRange } from '../../engine/index.ts';
import type { Scope } from './scope.ts';
import type { OperationNode, Span } from './syntax-tree.ts';

/** Lowers a clone. FICLONERANGE takes whole blocks; whether an unaligned end is that of the file is for `reportLimits` to say. */
export function bindClone(
  node: OperationNode,
  { file, range }: { file: number | undefined; range: OperationRange | undefined },
  scope: Scope,
): CloneOperation | undefined {
  const target = node.target && scope.file(node.target);
  const offset = node.at?.value;
  if (file === undefined || range === undefined || target === undefined || offset === undefined) return undefined;
  const start = range === 'all' ? 0 : range.start;
  const length = range === 'all' ? 0 : range.end - range.start;
  const complain = (message: string, span: Span) => scope.problems.error('invalid-range', message, span);
  if (start % blockSize !== 0) complain('a range to clone begins at a multiple of 4K', node.range!.span);
  if (offset % blockSize !== 0) complain('a range is cloned to a multiple of 4K', node.at!.span);
  if (!Number.isSafeInteger(offset + length)) {
    complain('the destination is out of range: the largest offset is 2^53 - 1', node.at!.span);
  }
  if (file === target && offset < start + length && start < offset + length) {
    complain('a range cannot be cloned onto itself', node.at!.span);
  }
  return { kind: 'clone', file, range, target, offset };
}
