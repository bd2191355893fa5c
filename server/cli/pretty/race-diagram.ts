import type { StateView, Trace, TraceStep } from '../../../engine/index.ts';
import { goesOn } from './step-table.ts';
import { lengthOf, wrap } from './table.ts';
import { describeLosses } from './words.ts';

/** A commit message is wrapped here; a diagram gets wider only when its columns need it. */
const messageWidth = 72;
/** Notes are not squeezed further than this. */
const narrowestNote = 28;
const gap = 3;
const arrow = '--> ';

/** A text in the column of a task; nothing else stands in its line. */
interface Line {
  readonly column: number;
  readonly indent: number;
  readonly text: string;
}

/**
 * A run as kernel developers draw a race: a column for each task, and one for completions when they took
 * steps; time goes down. Of the steps, those are drawn that decide or change something on the way of the
 * data to the disk, and the last before a switch; `...` stands for others. Ends with the last step after which a
 * power failure loses data, when there is one. ASCII only.
 */
export function raceDiagram(whole: Trace): string[] {
  const trace = untilLoss(whole);
  const { tasks, steps } = trace;
  const names = steps.some(({ actor }) => actor.kind === 'endio') ? [...tasks, 'endio'] : tasks;
  const lines = steps.flatMap((step, i) => linesOf(trace, step, i, names.indexOf(step.task)));
  const offsets = columnOffsets(names, lines);
  const heading = names.reduce((line, name, i) => line.padEnd(offsets[i]!) + name, '');
  const drawn = lines.flatMap(({ column, indent, text }) => draw(text, offsets[column]! + indent));
  const losses = describeLosses((steps.at(-1)?.state ?? trace.initial).crash).flatMap((loss) => draw(arrow + loss, 2));
  return [heading, '', ...drawn, ...(losses.length > 0 ? ['', 'power failure, log replay', ...losses] : [])].map(
    toAscii,
  );
}

function untilLoss(trace: Trace): Trace {
  const end = trace.steps.findLastIndex(({ state }) => state.crash.violations.length > 0);
  return end < 0 ? trace : { ...trace, steps: trace.steps.slice(0, end + 1) };
}

function linesOf(trace: Trace, step: TraceStep, index: number, column: number): Line[] {
  const { steps } = trace;
  const heading = goesOn(steps[index - 1], step) ? [] : [{ column, indent: 0, text: step.operation }];
  if (!isDrawn(trace, index)) {
    const elided = isDrawn(trace, index - 1) ? [{ column, indent: 2, text: '...' }] : [];
    return [...heading, ...elided];
  }
  const notes = matters(trace, index) ? step.changes : [];
  return [
    ...heading,
    { column, indent: 2, text: step.step },
    ...notes.map((text) => ({ column, indent: 4, text: arrow + text })),
  ];
}

function draw(text: string, offset: number): string[] {
  const hanging = text.startsWith(arrow) ? ' '.repeat(arrow.length) : '';
  const body = text.slice(hanging.length);
  const lines = wrap(body, Math.max(narrowestNote, messageWidth - offset) - hanging.length);
  return lines.map((line, i) => ' '.repeat(offset) + (i === 0 ? text.slice(0, hanging.length) : hanging) + line);
}

/** Steps that matter, and the last of each operation before another goes on. One that would be elided alone is drawn. */
function isDrawn(trace: Trace, index: number): boolean {
  return keeps(trace, index) || (keeps(trace, index - 1) && keeps(trace, index + 1));
}

function keeps(trace: Trace, index: number): boolean {
  const { steps } = trace;
  const step = steps[index];
  return (
    step === undefined || matters(trace, index) || steps[index + 1] === undefined || !goesOn(step, steps[index + 1]!)
  );
}

/** The step decides something, or changes what leads the data to the disk; taking a lock or a handle does not. */
function matters({ steps, initial }: Trace, index: number): boolean {
  const { changes, state } = steps[index]!;
  const before = steps[index - 1]?.state ?? initial;
  return changes.length > 0 && (same(before, state) || !same(wayToDisk(before), wayToDisk(state)));
}

function wayToDisk({ files, log: { onDisk } }: StateView) {
  return [
    onDisk,
    files.map(({ size, needsFullSync, pages, extentMaps, orderedExtents, logged, committed }) => [
      [size, needsFullSync, pages, extentMaps, orderedExtents.map(({ range }) => range), logged, committed],
    ]),
  ];
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/**
 * Where each column begins. Texts may reach over the columns to their right: so columns spread evenly as far
 * as the width goes, and move together where it does not, until their names would touch.
 */
function columnOffsets(names: readonly string[], lines: readonly Line[]): number[] {
  const longest = names.map((name, column) => {
    const own = lines.filter((line) => line.column === column);
    return Math.max(lengthOf(name), ...own.map(({ indent, text }) => indent + lengthOf(text)));
  });
  const needed = Math.min(longest.at(-1) ?? 0, narrowestNote + 4);
  const last = Math.min(messageWidth - needed, sum(longest.slice(0, -1)));
  return names.map((_, column) => {
    const even = Math.round((last * column) / Math.max(1, names.length - 1));
    return Math.max(sum(names.slice(0, column).map(lengthOf)), Math.min(even, sum(longest.slice(0, column))));
  });
}

/** Widths of columns with the gaps behind them. */
function sum(widths: readonly number[]): number {
  return widths.reduce((total, width) => total + width + gap, 0);
}

function toAscii(line: string): string {
  return line.replaceAll(/[^\x20-\x7e]/gu, '?').trimEnd();
}
