import type { Actor, Trace } from '../../engine/index.ts';
import { losingPositions, type Position } from './positions.ts';
import { notesOf, type StepNote } from './step-notes.ts';

/** A trace laid out as kernel developers draw a race: a column per task, the steps from top to bottom. */
export interface RaceDiagram {
  /** The tasks of the scenario, and `endio` when completions take steps. */
  readonly columns: readonly DiagramColumn[];
  /** One per step, in order. */
  readonly rows: readonly DiagramRow[];
}

export interface DiagramColumn {
  readonly name: string;
  /**
   * Least width in characters. What a row says may reach over the columns to its right, for nothing else
   * stands in its row; the widths leave room for that.
   */
  readonly width: number;
}

export interface DiagramRow {
  /** The position that the step leads to. */
  readonly position: Position;
  /** Index of the column of who takes the step. */
  readonly column: number;
  /** The operation, where its steps begin or go on after another of the same column. */
  readonly operation: string | undefined;
  readonly step: string;
  readonly notes: readonly StepNote[];
  /** For each column, whether one of its operations is under way here. */
  readonly lifelines: readonly Lifeline[];
  /** The loss of the trace would have come about without what the step did: see `Explanation`. */
  readonly isIrrelevant: boolean;
  /** A power failure after the step breaks a promise. */
  readonly loses: boolean;
}

export type Lifeline = 'none' | 'begins' | 'goes-on' | 'ends' | 'whole';

/** Characters that a column keeps free: for its lifeline on the left, and for a gap on the right. */
const columnMargins = 3;

/** Lays out a trace; `relevant` says of its first steps whether they matter to its loss. */
export function layOut(trace: Trace, relevant: readonly boolean[] = []): RaceDiagram {
  const names = columnNames(trace);
  const notes = notesOf(trace);
  const losing = new Set(losingPositions(trace));
  const columnOf = trace.steps.map(({ task }) => names.indexOf(task));
  const runs = operationRuns(trace);
  const latest: (string | undefined)[] = names.map(() => undefined);
  const rows = trace.steps.map(({ actor, operation, step }, index): DiagramRow => {
    const column = columnOf[index] ?? 0;
    const instance = instanceOf(actor);
    const goesOn = latest[column] === instance;
    latest[column] = instance;
    return {
      position: index + 1,
      column,
      operation: goesOn ? undefined : operation,
      step,
      notes: notes.get(index + 1) ?? [],
      lifelines: names.map((_, at) =>
        lifelineAt(
          index,
          runs.filter(({ first }) => columnOf[first] === at),
        ),
      ),
      isIrrelevant: relevant[index] === false,
      loses: losing.has(index + 1),
    };
  });
  return { columns: measureColumns(names, rows), rows };
}

function columnNames({ tasks, steps }: Trace): string[] {
  return steps.some(({ actor }) => actor.kind === 'endio') ? [...tasks, 'endio'] : [...tasks];
}

/** Tells the operations of a trace, and the completions of its ordered extents, from each other. */
function instanceOf(actor: Actor): string {
  const { task, operation } = actor.kind === 'task' ? actor : actor.startedBy;
  const extent = actor.kind === 'task' ? [] : [actor.file, actor.range.start, actor.range.end];
  return [actor.kind, task, operation, ...extent].join(' ');
}

/** Indices of the first and last step that each operation takes. */
function operationRuns({ steps }: Trace): { first: number; last: number }[] {
  const runs = new Map<string, { first: number; last: number }>();
  for (const [index, { actor }] of steps.entries()) {
    const instance = instanceOf(actor);
    runs.set(instance, { first: runs.get(instance)?.first ?? index, last: index });
  }
  return [...runs.values()];
}

function lifelineAt(index: number, runs: readonly { first: number; last: number }[]): Lifeline {
  const here = runs.filter(({ first, last }) => first <= index && index <= last);
  if (here.length === 0) return 'none';
  const above = here.some(({ first }) => first < index);
  const below = here.some(({ last }) => last > index);
  if (above) return below ? 'goes-on' : 'ends';
  return below ? 'begins' : 'whole';
}

/** From right to left: a column is as wide as its name, or as what its steps need beyond the columns right of it. */
function measureColumns(names: readonly string[], rows: readonly DiagramRow[]): DiagramColumn[] {
  const columns: DiagramColumn[] = [];
  let roomToTheRight = 0;
  for (const [index, name] of [...names.entries()].reverse()) {
    const needs = rows.filter(({ column }) => column === index).map(longestLine);
    const width = Math.max(name.length + columnMargins, ...needs.map((need) => need - roomToTheRight));
    columns.unshift({ name, width });
    roomToTheRight += width;
  }
  return columns;
}

function longestLine({ operation = '', step, notes }: DiagramRow): number {
  const lines = [operation, step, ...notes.map(({ text }) => `! ${text}`)];
  return Math.max(...lines.map(({ length }) => length)) + columnMargins;
}
