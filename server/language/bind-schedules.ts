import type { Schedule, ScheduleEntry } from '../../engine/index.ts';
import { isModelled } from './modelled-operations.ts';
import type { Problems } from './problems.ts';
import { bindRange } from './ranges.ts';
import type { Scope, TaskScope } from './scope.ts';
import type { EntryNode, Identifier, InterleavingNode, Span } from './syntax-tree.ts';
import { endio } from './words.ts';

/** Lowers one interleaving; undefined when something about it was reported. Whether it is feasible, the engine says. */
export function bindSchedule(node: InterleavingNode, scope: Scope): Schedule | undefined {
  const entries = node.entries.flatMap((entry) => bindEntry(entry, scope) ?? []);
  return entries.length === node.entries.length ? { name: node.name?.text, entries } : undefined;
}

/** Two interleavings of one name: nobody could say which one is meant. */
export function reportEqualSchedules(nodes: readonly InterleavingNode[], problems: Problems): void {
  const seen = new Map<string, Span>();
  for (const { name } of nodes) {
    if (name === undefined) continue;
    const first = seen.get(name.text);
    if (first === undefined) seen.set(name.text, name.span);
    else problems.duplicate(`another interleaving is called "${name.text}"`, name.span, first);
  }
}

function bindEntry(node: EntryNode, scope: Scope): ScheduleEntry | undefined {
  if (node.kind === 'crash') return { kind: 'crash' };
  const until = node.until?.text;
  if (node.kind === 'endio') {
    const file = node.file && scope.file(node.file);
    const range = node.range && bindRange(node.range, scope.problems);
    if (node.until !== undefined) scope.checkStep(node.until, 'endio', scope.steps('endio'));
    return file === undefined || range === undefined ? undefined : { kind: 'endio', file, range, until };
  }
  const task = scope.task(node.task, endio);
  if (task === undefined || node.operation === undefined) return undefined;
  const operation = node.operation.text;
  if (!hasOperation(scope.tasks[task]!, node.operation, scope) || !isModelled(operation)) return undefined;
  if (node.until !== undefined) scope.checkStep(node.until, operation, scope.steps(operation));
  return { kind: 'task', task, operation, until };
}

/** An entry names the operation by its word, which says what happens; which one it is, the task's order says. */
function hasOperation(task: TaskScope, name: Identifier, scope: Scope): boolean {
  if (task.words.has(name.text)) return true;
  const labelled = task.node.operations[task.labels.get(name.text) ?? -1];
  if (labelled === undefined) {
    scope.missingOperation(task, name, task.words.keys());
  } else {
    const newText = labelled.word.text;
    const message = `\`${name.text}\` is a label; an entry names the operation by its word, \`${newText}\``;
    scope.problems.error('unknown-name', message, name.span, {
      fixes: [{ title: `Replace with \`${newText}\``, edits: [{ span: name.span, newText }] }],
    });
  }
  return false;
}
