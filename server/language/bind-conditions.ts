import {
  type Condition,
  cutOffsets,
  formatOffset,
  type Question,
  type RangeCondition,
  type Scenario,
} from '../../engine/index.ts';
import { isModelled } from './modelled-operations.ts';
import type { Problems } from './problems.ts';
import { bindRange } from './ranges.ts';
import { bindReference } from './references.ts';
import type { Scope } from './scope.ts';
import type { ConditionNode, ReachNode, Span } from './syntax-tree.ts';

/** Lowers one question; undefined when something about it was reported. */
export function bindQuestion(node: ReachNode, scope: Scope): Question | undefined {
  const condition = node.condition && bindCondition(node.condition, scope);
  return condition && { name: node.name?.text, condition };
}

/** Two questions of one name: nobody could say which one is meant. */
export function reportEqualQuestions(nodes: readonly ReachNode[], problems: Problems): void {
  const seen = new Map<string, Span>();
  for (const { name } of nodes) {
    if (name === undefined) continue;
    const first = seen.get(name.text);
    if (first === undefined) seen.set(name.text, name.span);
    else problems.duplicate(`another question is called "${name.text}"`, name.span, first);
  }
}

/** Reports ranges that reach behind all that the scenario says of a file, where no state has anything. True if there is one. */
export function reportRangesBeyond(scenario: Scenario, nodes: readonly ReachNode[], scope: Scope): boolean {
  const before = scope.problems.errors;
  const ends = cutOffsets(scenario).map((cuts) => cuts.at(-1)!);
  for (const { condition } of nodes) {
    for (const { file, range } of condition === undefined ? [] : rangesIn(condition)) {
      const bytes = bindRange(range, scope.problems);
      const end = ends[scope.file(file)!]!;
      if (bytes === undefined || bytes === 'all' || bytes.end <= end) continue;
      const message = `nothing in this scenario reaches so far: \`${file.text}\` ends at ${formatOffset(end)} at the latest`;
      scope.problems.error('invalid-range', message, range.span);
    }
  }
  return scope.problems.errors > before;
}

function rangesIn(node: ConditionNode): Extract<ConditionNode, { kind: 'range' }>[] {
  if (node.kind === 'and' || node.kind === 'or') return node.operands.flatMap(rangesIn);
  if (node.kind === 'not') return rangesIn(node.operand);
  return node.kind === 'range' ? [node] : [];
}

/** Checks the names and ranges of a condition, and lowers it. */
function bindCondition(node: ConditionNode, scope: Scope): Condition | undefined {
  switch (node.kind) {
    case 'and':
    case 'or': {
      const operands = node.operands.flatMap((operand) => bindCondition(operand, scope) ?? []);
      return operands.length === node.operands.length ? { kind: node.kind, operands } : undefined;
    }
    case 'not': {
      const operand = bindCondition(node.operand, scope);
      return operand && { kind: 'not', operand };
    }
    case 'operation':
      return bindOperation(node, scope);
    case 'task-at':
      return bindTaskAt(node, scope);
    case 'range': {
      const file = scope.file(node.file);
      const range = bindRange(node.range, scope.problems);
      if (file === undefined || range === undefined) return undefined;
      return { kind: 'range', file, range, is: node.state.text as RangeCondition['is'] };
    }
    case 'file-flag': {
      const file = scope.file(node.file);
      return file === undefined ? undefined : { kind: 'needs-full-sync', file };
    }
  }
}

function bindOperation(node: ConditionNode & { kind: 'operation' }, scope: Scope): Condition | undefined {
  const { problems } = scope;
  const reference = bindReference(node.reference, scope);
  if (reference === undefined) return undefined;
  const { task, operation, step } = reference;
  const is = node.state.text;
  if (step !== undefined) {
    const { span } = node.reference.step!;
    problems.error('invalid-name', 'a condition is about a whole operation; a task can be `at` a step', span);
    return undefined;
  }
  if (is !== 'fast' && is !== 'full') return { kind: 'operation', task, operation, is: 'returned' };
  const { word, file } = scope.tasks[task]!.node.operations[operation]!;
  const syncsFile = word.text === 'fsync' || word.text === 'fdatasync';
  if (syncsFile && file !== undefined && scope.names.directory(file) === undefined) {
    return { kind: 'operation', task, operation, is };
  }
  problems.error('invalid-name', `only the fsync of a file is \`${is}\``, node.reference.operation!.span);
  return undefined;
}

function bindTaskAt(node: ConditionNode & { kind: 'task-at' }, scope: Scope): Condition | undefined {
  const task = scope.task(node.task);
  if (task === undefined) return undefined;
  const words = [...scope.tasks[task]!.words.keys()];
  const modelled = words.filter(isModelled);
  // An operation that was misspelled, and complained about in the task, may have the step.
  if (modelled.length < words.length) return undefined;
  scope.checkStep(
    node.step,
    node.task.text,
    modelled.flatMap((word) => scope.steps(word)),
  );
  return { kind: 'task-at', task, step: node.step.text };
}
