import type { Operation, OperationKind, ScenarioTask } from '../../engine/index.ts';
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
  if (!isModelled(kind)) {
    for (const name of [node.file, node.target]) if (name !== undefined) scope.file(name);
    if (node.range !== undefined) bindRange(node.range, scope.problems);
    scope.problems.notModelled(`\`${kind}\``, node.word.span);
    return undefined;
  }
  if (isNaming(kind)) return bindNaming(kind, node, scope);
  if (kind === 'sync' || kind === 'commit') return { kind };
  if (kind === 'fault') return bindFault(node, scope);
  const directory = node.file && isSync(kind) ? scope.names.directory(node.file) : undefined;
  if (isSync(kind) && directory !== undefined) {
    if (node.range !== undefined) scope.problems.error('invalid-range', 'a directory has no bytes', node.range.span);
    return { kind, directory };
  }
  const file = node.file && scope.file(node.file);
  const range = node.range ? bindRange(node.range, scope.problems) : 'all';
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

function isSync(kind: OperationKind): kind is 'fsync' | 'fdatasync' {
  return kind === 'fsync' || kind === 'fdatasync';
}

type Naming = 'create' | 'mkdir' | 'link' | 'rename' | 'unlink';

function isNaming(kind: OperationKind): kind is Naming {
  return ['create', 'mkdir', 'link', 'rename', 'unlink'].includes(kind);
}

/** Lowers an operation whose operands are names. */
function bindNaming(kind: Naming, { file, target }: OperationNode, { names }: Scope): Operation | undefined {
  switch (kind) {
    case 'create': {
      const node = file && names.create(file);
      const path = target ?? file;
      const name = path && names.place(path);
      return node === undefined || name === undefined ? undefined : { kind, node, name };
    }
    case 'mkdir': {
      const node = target && names.directory(target);
      const name = target && names.place(target);
      return node === undefined || name === undefined ? undefined : { kind, node, name };
    }
    case 'link':
    case 'rename': {
      const name = file && names.known(file);
      const to = target && names.place(target);
      return name === undefined || to === undefined ? undefined : { kind, name, to };
    }
    case 'unlink': {
      const name = file && names.known(file);
      return name === undefined ? undefined : { kind, name };
    }
  }
}
