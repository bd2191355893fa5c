import type { OperationKind, StepReference } from '../../engine/index.ts';
import type { TextEdit, TextFix } from './diagnostic.ts';
import { isModelled } from './modelled-operations.ts';
import type { Scope, TaskScope } from './scope.ts';
import type { Identifier, ReferenceNode } from './syntax-tree.ts';

/** More equal operations than this are not offered one by one. */
const mostLabels = 8;

/** What a reference names; undefined when it names nothing that the engine knows, which is then reported. */
export function bindReference(node: ReferenceNode, scope: Scope): StepReference | undefined {
  const task = scope.task(node.task);
  if (task === undefined || node.operation === undefined) return undefined;
  const operation = findOperation(scope.tasks[task]!, node.operation, scope);
  if (operation === undefined) return undefined;
  const word = scope.tasks[task]!.node.operations[operation]!.word.text;
  if (!isModelled(word)) return undefined;
  if (node.step === undefined) return { task, operation };
  scope.checkStep(node.step, word, stepsInReach(word, scope));
  return { task, operation, step: node.step.text };
}

/** A writeback's reference may also name a step of the completion of the ordered extents it started. */
function stepsInReach(word: OperationKind, scope: Scope): readonly string[] {
  const own = scope.steps(word);
  return word === 'writeback' ? [...own, ...scope.steps('endio')] : own;
}

function findOperation(task: TaskScope, name: Identifier, scope: Scope): number | undefined {
  const labelled = task.labels.get(name.text);
  if (labelled !== undefined) return labelled;
  const equal = task.words.get(name.text);
  if (equal === undefined) {
    scope.missingOperation(task, name, [...task.labels.keys(), ...task.words.keys()]);
  } else if (equal.length > 1) {
    const message = `\`${task.node.name?.text}\` has ${equal.length} operations \`${name.text}\`: label the one that is meant`;
    scope.problems.error('ambiguous-reference', message, name.span, { fixes: labelFixes(task, name, equal) });
  }
  return equal?.length === 1 ? equal[0] : undefined;
}

function labelFixes(task: TaskScope, name: Identifier, equal: readonly number[]): TextFix[] {
  return equal.slice(0, mostLabels).map((index, position) => {
    const { label, span } = task.node.operations[index]!;
    const newText = label?.text ?? freshLabel(task, `${name.text}${position + 1}`);
    const edits: TextEdit[] = [{ span: name.span, newText }];
    if (label === undefined) edits.unshift({ span: { start: span.start, end: span.start }, newText: `${newText}: ` });
    return { title: `Mean \`${name.text}\` number ${position + 1}, labelled \`${newText}\``, edits };
  });
}

function freshLabel(task: TaskScope, wanted: string): string {
  let label = wanted;
  while (task.labels.has(label) || task.words.has(label)) label += '_';
  return label;
}
