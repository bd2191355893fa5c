import type { Operation, ScenarioTask } from '../../engine/index.ts';
import { bindClone } from './bind-clone.ts';
import { bindFault } from './bind-fault.ts';
import { isModelled } from './modelled-operations.ts';
import { bindRange } from './ranges.ts';
import type { Scope } from './scope.ts';
import type { OperationNode, TaskNode } from './syntax-tree.ts';
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
  const range = node.range ? bindRange(node.range, scope.problems) : 'all';
  if (!isModelled(kind)) {
    scope.problems.notModelled(`\`${kind}\``, node.word.span);
    return undefined;
  }
  if (kind === 'sync' || kind === 'commit') return { kind };
  if (kind === 'fault') return bindFault(node, scope);
  if (kind === 'clone') return bindClone(node, { file, range }, scope);
  if (file === undefined || range === undefined) return undefined;
  switch (kind) {
    case 'truncate':
      return node.size?.value === undefined ? undefined : { kind, file, size: node.size.value };
    case 'fallocate':
    case 'zero-range':
      return { kind, file, range, keepSize: node.keepSize !== undefined };
    default:
      return { kind, file, range };
  }
}
