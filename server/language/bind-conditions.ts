import { isModelled } from './modelled-operations.ts';
import { bindRange } from './ranges.ts';
import { bindReference } from './references.ts';
import type { Scope } from './scope.ts';
import type { ConditionNode } from './syntax-tree.ts';

/** Checks the names and ranges of a condition. */
export function bindCondition(node: ConditionNode, scope: Scope): void {
  switch (node.kind) {
    case 'and':
    case 'or':
      for (const operand of node.operands) bindCondition(operand, scope);
      return;
    case 'not':
      bindCondition(node.operand, scope);
      return;
    case 'operation':
      bindReference(node.reference, scope);
      return;
    case 'task-at':
      bindTaskAt(node, scope);
      return;
    case 'range':
      scope.file(node.file);
      bindRange(node.range, scope.problems);
      return;
    case 'file-flag':
      scope.file(node.file);
  }
}

function bindTaskAt(node: ConditionNode & { kind: 'task-at' }, scope: Scope): void {
  const task = scope.task(node.task);
  if (task === undefined) return;
  const words = [...scope.tasks[task]!.words.keys()];
  const modelled = words.filter(isModelled);
  // Nobody knows the steps of the others yet.
  if (modelled.length < words.length) return;
  scope.checkStep(
    node.step,
    node.task.text,
    modelled.flatMap((word) => scope.steps(word)),
  );
}
