import {
  blockSize,
  type CloneOperation,
  type Operation,
  type OperationRange,
  type ScenarioTask,
} from '../../engine/index.ts';
import { isModelled } from './modelled-operations.ts';
import { bindRange } from './ranges.ts';
import { bindReference } from './references.ts';
import type { Scope } from './scope.ts';
import type { OperationNode, Span, TaskNode } from './syntax-tree.ts';
import { endio } from './words.ts';

/** Lowers one task; undefined when something about it was reported. */
export function bindTask(node: TaskNode, scope: Scope): ScenarioTask | undefined {
  const { problems } = scope;
  if (node.name?.text === endio) {
    const message = `\`${endio}\` is the implicit task that completes ordered extents: no other task may have its name`;
    problems.error('reserved-name', message, node.name.span);
  }
  const operations = node.operations.flatMap((operation) => bindOperation(operation, scope) ?? []);
  const complete = operations.length === node.operations.length;
  return node.name !== undefined && complete ? { name: node.name.text, operations } : undefined;
}

function bindOperation(node: OperationNode, scope: Scope): Operation | undefined {
  if (!node.known) return undefined;
  const kind = node.word.text;
  const file = node.file && scope.file(node.file);
  if (node.on !== undefined) bindReference(node.on, scope);
  const range = node.range ? bindRange(node.range, scope.problems) : 'all';
  if (!isModelled(kind)) {
    scope.problems.notModelled(`\`${kind}\``, node.word.span);
    return undefined;
  }
  if (kind === 'sync' || kind === 'commit') return { kind };
  if (kind === 'clone') return bindClone(node, { file, range }, scope);
  if (file === undefined || range === undefined) return undefined;
  switch (kind) {
    case 'truncate':
      return node.size?.value === undefined ? undefined : { kind, file, size: node.size.value };
    case 'fallocate':
    case 'zero-range':
      return { kind, file, range, keepSize: node.keepSize !== undefined };
    case 'fsync':
    case 'fdatasync':
      if (range !== 'all') scope.problems.notModelled(`\`${kind}\` of a range`, node.range!.span);
      return { kind, file, range };
    default:
      return { kind, file, range };
  }
}

/** FICLONERANGE takes whole blocks; whether an unaligned end is that of the file is for `reportLimits` to say. */
function bindClone(
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
