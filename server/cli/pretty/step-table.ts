import type { Actor } from '../../../engine/index.ts';
import type { NotedStep } from '../../check/analysis.ts';
import type { Terminal } from '../terminal.ts';
import { type Cell, table } from './table.ts';

/**
 * A run as numbered steps with what each found and changed. Where another operation goes on, a line says
 * which, and whose. Where it is known which steps are `relevant`, those have a star, and the others are dim.
 */
export function stepTable(
  terminal: Terminal,
  steps: readonly NotedStep[],
  tasks: readonly string[],
  relevant?: readonly boolean[],
): string[] {
  const { colors, width } = terminal;
  const heading = ['', 'task', 'operation and step', 'changes'];
  const rows = steps.flatMap((step, i): Cell[][] => {
    const paint = taskColor(terminal, step.task, tasks);
    const operation = [{ text: '' }, { text: step.task, paint }, { text: step.operation, paint }, { text: '' }];
    const isDim = relevant === undefined ? step.changes.length === 0 : relevant[i] === false;
    const row = [
      { text: `${i + 1}${star(relevant?.[i])}`, align: 'right', paint: colors.dim } as const,
      { text: '' },
      { text: `  ${step.step}`, paint: isDim ? colors.dim : undefined },
      { text: step.changes.join('\n'), paint: relevant !== undefined && isDim ? colors.dim : undefined },
    ];
    return goesOn(steps[i - 1], step) ? [row] : [operation, row];
  });
  return table([heading.map((text) => ({ text, paint: colors.dim })), ...rows], { width, indent: 2 });
}

function star(isRelevant: boolean | undefined): string {
  if (isRelevant === undefined) return '';
  return isRelevant ? '*' : ' ';
}

/** True when both steps belong to one operation, or to the completion of one ordered extent. */
export function goesOn(before: { readonly actor: Actor } | undefined, step: { readonly actor: Actor }): boolean {
  return before !== undefined && instanceOf(before.actor) === instanceOf(step.actor);
}

function instanceOf(actor: Actor): string {
  const { task, operation } = actor.kind === 'task' ? actor : actor.startedBy;
  const extent = actor.kind === 'task' ? [] : [actor.file, actor.range.start, actor.range.end];
  return [actor.kind, task, operation, ...extent].join(' ');
}

/** Each task has its colour; completions, which belong to no task, are dim. */
function taskColor({ colors }: Terminal, task: string, tasks: readonly string[]): (text: string) => string {
  const palette = [colors.cyan, colors.yellow, colors.magenta, colors.green, colors.blue];
  const index = tasks.indexOf(task);
  return index < 0 ? colors.dim : palette[index % palette.length]!;
}
