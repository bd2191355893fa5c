import { describe, expect, it } from 'vitest';
import {
  type ComparedTable,
  compareEntries,
  compareRanges,
  compareTexts,
} from '../../../client/replay/compared-table.ts';
import { blocks } from './hand-made-trace.ts';

/** A row as `change | range | cell …`, where a changed cell is `old > new`. */
const rowsOf = ({ rows }: ComparedTable) =>
  rows.map(({ change, cells }) =>
    [change, ...cells.map(({ text, before }) => (before === undefined ? text : `${before} > ${text}`))].join(' | '),
  );

describe('compareTexts', () => {
  it('remembers the earlier text only when it differs', () => {
    expect(compareTexts('7', '7')).toEqual({ text: '7' });
    expect(compareTexts('7', '8')).toEqual({ text: '8', before: '7' });
  });
});

describe('compareEntries', () => {
  const entry = (start: number, end: number, ...texts: string[]) => ({ range: blocks(start, end), texts });

  it('tells what was added, removed and changed, in the order of the ranges', () => {
    const before = [entry(0, 2, 'data', '8'), entry(4, 5, 'data', '8')];
    const after = [entry(0, 1, 'data', '8'), entry(4, 5, 'data', '9')];
    expect(rowsOf(compareEntries('extent maps', ['kind', 'generation'], before, after))).toEqual([
      'added | 0..4K | data | 8',
      'removed | 0..8K | data | 8',
      'changed | 16K..20K | data | 8 > 9',
    ]);
  });

  it('tells entries of one range apart by role, and says so where a text is empty', () => {
    const listed = { ...entry(0, 1, 'yes'), role: 'in the tree' };
    const collected = { ...entry(0, 1, ''), role: 'collected' };
    expect(rowsOf(compareEntries('extent maps', ['modified'], [listed], [listed, collected]))).toEqual([
      'same | 0..4K | yes',
      'added | 0..4K | –',
    ]);
  });
});

describe('compareRanges', () => {
  const column = (name: string, before: [number, number, string][], after: [number, number, string][]) => {
    const texts = (side: [number, number, string][]) =>
      side.map(([start, end, text]) => ({ range: blocks(start, end), text }));
    return { name, before: texts(before), after: texts(after) };
  };

  it('cuts rows where anything is cut, before or after', () => {
    const table = compareRanges('items', [
      column(
        'tree',
        [[0, 4, 'old']],
        [
          [0, 1, 'new'],
          [1, 4, 'old'],
        ],
      ),
      column('log', [], [[0, 2, 'new']]),
    ]);
    expect(table.columns).toEqual(['range', 'tree', 'log']);
    expect(rowsOf(table)).toEqual([
      'changed | 0..4K | old > new | – > new',
      'changed | 4K..8K | old | – > new',
      'same | 8K..16K | old | –',
    ]);
  });

  it('joins neighbours that say the same before and after', () => {
    const sides: [number, number, string][] = [
      [0, 1, 'a'],
      [1, 2, 'a'],
      [2, 3, 'b'],
    ];
    expect(rowsOf(compareRanges('items', [column('tree', sides, sides)]))).toEqual([
      'same | 0..8K | a',
      'same | 8K..12K | b',
    ]);
  });

  it('has no row where no column says anything, and does not join across the gap', () => {
    const sides: [number, number, string][] = [
      [0, 1, 'a'],
      [3, 4, 'a'],
    ];
    expect(rowsOf(compareRanges('items', [column('tree', sides, sides)]))).toEqual([
      'same | 0..4K | a',
      'same | 12K..16K | a',
    ]);
  });

  it('tells a range that came and one that went', () => {
    expect(rowsOf(compareRanges('pages', [column('state', [[0, 1, 'clean']], [[1, 2, 'dirty']])]))).toEqual([
      'removed | 0..4K | clean',
      'added | 4K..8K | dirty',
    ]);
  });
});
