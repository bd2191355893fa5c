import type { ByteRange } from '../../engine/index.ts';
import { formatRange } from './byte-range.ts';

/** A text with the text that stood there before the step, when the step changed it. */
export interface ComparedText {
  readonly text: string;
  readonly before?: string | undefined;
}

/** A table after a step, with what the step added, took away and changed. */
export interface ComparedTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly ComparedRow[];
}

export interface ComparedRow {
  readonly change: 'same' | 'added' | 'removed' | 'changed';
  /** One per column; the first is the range. */
  readonly cells: readonly ComparedText[];
}

/** An object of its own identity, which may begin, change and end. */
interface TableEntry {
  readonly range: ByteRange;
  /** Tells apart entries of equal range. */
  readonly role?: string | undefined;
  /** What the columns after the range say. */
  readonly texts: readonly string[];
}

/** What a column says about a range; ranges of one column do not overlap. */
export interface RangeText {
  readonly range: ByteRange;
  readonly text: string;
}

/** A column of a table by range, before and after the step. */
export interface RangeColumn {
  readonly name: string;
  readonly before: readonly RangeText[];
  readonly after: readonly RangeText[];
}

/** What stands where a column says nothing. */
const nothing = '–';

/** The text, with the one before when they differ. */
export function compareTexts(before: string, after: string): ComparedText {
  return before === after ? { text: after } : { text: after, before };
}

/** A table of objects: a row each, known again after the step by range and role. */
export function compareEntries(
  title: string,
  columns: readonly string[],
  before: readonly TableEntry[],
  after: readonly TableEntry[],
): ComparedTable {
  const keyOf = ({ range, role = '' }: TableEntry) => `${range.start} ${range.end} ${role}`;
  const earlier = new Map(before.map((entry) => [keyOf(entry), entry]));
  const later = new Map(after.map((entry) => [keyOf(entry), entry]));
  const rows = [...new Map([...earlier, ...later])]
    .sort(([, a], [, b]) => a.range.start - b.range.start || a.range.end - b.range.end)
    .map(([key, { range }]): ComparedRow => {
      const was = earlier.get(key)?.texts;
      const is = later.get(key)?.texts;
      return compareRow(range, was, is);
    });
  return { title, columns: ['range', ...columns], rows };
}

/**
 * A table of what holds for each range, with neighbours that say the same joined. It is cut where any column is
 * cut, before or after, so that a row means the same bytes on both sides.
 */
export function compareRanges(title: string, columns: readonly RangeColumn[]): ComparedTable {
  const texts = columns.flatMap(({ before, after }) => [...before, ...after]);
  const cuts = [...new Set(texts.flatMap(({ range }) => [range.start, range.end]))].sort((a, b) => a - b);
  const pieces = cuts.slice(1).map((end, index) => {
    const start = cuts[index] ?? 0;
    const says = (column: readonly RangeText[]) =>
      column.find(({ range }) => range.start <= start && end <= range.end)?.text ?? '';
    return {
      range: { start, end },
      was: columns.map(({ before }) => says(before)),
      is: columns.map(({ after }) => says(after)),
    };
  });
  const rows = joinEqual(pieces).flatMap(({ range, was, is }) => {
    const [earlier, later] = [was, is].map((side) => (side.some(Boolean) ? side : undefined));
    return earlier || later ? [compareRow(range, earlier, later)] : [];
  });
  return { title, columns: ['range', ...columns.map(({ name }) => name)], rows };
}

interface Piece {
  readonly range: ByteRange;
  readonly was: readonly string[];
  readonly is: readonly string[];
}

function joinEqual(pieces: readonly Piece[]): Piece[] {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    const equal = last && [...last.was, ...last.is].join('\n') === [...piece.was, ...piece.is].join('\n');
    if (equal) joined.splice(-1, 1, { ...last, range: { start: last.range.start, end: piece.range.end } });
    else joined.push(piece);
  }
  return joined;
}

/** At least one of the sides is there. */
function compareRow(
  range: ByteRange,
  was: readonly string[] | undefined,
  is: readonly string[] | undefined,
): ComparedRow {
  const label = { text: formatRange(range) };
  if (was && is) {
    const cells = is.map((text, index) => compareTexts((was[index] ?? '') || nothing, text || nothing));
    return { change: cells.some(({ before }) => before !== undefined) ? 'changed' : 'same', cells: [label, ...cells] };
  }
  const cells = (is ?? was ?? []).map((text) => ({ text: text || nothing }));
  return { change: is ? 'added' : 'removed', cells: [label, ...cells] };
}
