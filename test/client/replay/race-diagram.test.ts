import { describe, expect, it } from 'vitest';
import { layOut, type RaceDiagram } from '../../../client/replay/race-diagram.ts';
import { blocks, crashThatLoses, endioStep, stateView, taskStep, traceOf } from './hand-made-trace.ts';
import { seedTrace } from './seed-trace.ts';

const race = traceOf(
  taskStep(0, 0, 'dirty_pages'),
  taskStep(0, 1, 'inode_lock'),
  taskStep(1, 0, 'try_release_extent_mapping'),
  taskStep(0, 1, 'return', stateView({ crash: crashThatLoses(blocks(0, 1), { task: 0, operation: 1 }) })),
);

/** Signs of the lifelines of one column, from top to bottom. */
function lifelines({ rows }: RaceDiagram, column: number): string {
  const signs = { none: '.', begins: '^', 'goes-on': '|', ends: 'v', whole: 'o' };
  return rows.map((row) => signs[row.lifelines[column] ?? 'none']).join('');
}

describe('layOut', () => {
  it('has a column per task, also for one that takes no step, and none for completions that there are not', () => {
    expect(layOut(traceOf(taskStep(0, 0, 'dirty_pages'))).columns.map(({ name }) => name)).toEqual(['app', 'kswapd']);
  });

  it('puts completions into a column of their own, at the right', () => {
    const { columns, rows } = layOut(traceOf(endioStep(blocks(0, 1), 'end_bio')));
    expect(columns.map(({ name }) => name)).toEqual(['app', 'kswapd', 'endio']);
    expect(rows[0]?.column).toBe(2);
  });

  it('names an operation at its first step only, also when others run in between', () => {
    expect(layOut(race).rows.map(({ column, operation, step }) => [column, operation, step])).toEqual([
      [0, 'operation 0', 'dirty_pages'],
      [0, 'operation 1', 'inode_lock'],
      [1, 'operation 0', 'try_release_extent_mapping'],
      [0, undefined, 'return'],
    ]);
  });

  it('names a completion again when another one ran in between', () => {
    const [first, second] = [blocks(0, 1), blocks(2, 3)];
    const steps = [endioStep(first, 'a'), endioStep(second, 'a'), endioStep(second, 'b'), endioStep(first, 'b')];
    expect(layOut(traceOf(...steps)).rows.map(({ operation }) => operation !== undefined)).toEqual([
      true,
      true,
      false,
      true,
    ]);
  });

  it('draws a lifeline from the first to the last step of each operation', () => {
    const diagram = layOut(race);
    expect(lifelines(diagram, 0)).toBe('o^|v');
    expect(lifelines(diagram, 1)).toBe('..o.');
  });

  it('joins the lifelines of completions that overlap', () => {
    const [first, second] = [blocks(0, 1), blocks(2, 3)];
    const steps = [endioStep(first, 'a'), endioStep(second, 'a'), endioStep(first, 'b'), endioStep(second, 'b')];
    expect(lifelines(layOut(traceOf(...steps)), 2)).toBe('^||v');
  });

  it('marks the rows after which a power failure loses data', () => {
    expect(layOut(race).rows.map(({ loses }) => loses)).toEqual([false, false, false, true]);
  });

  it('marks the rows whose step does not matter to the loss, where that is known', () => {
    expect(layOut(race, [true, false, true]).rows.map(({ isIrrelevant }) => isIrrelevant)).toEqual([
      false,
      true,
      false,
      false,
    ]);
    expect(layOut(race).rows.some(({ isIrrelevant }) => isIrrelevant)).toBe(false);
  });

  it('makes columns wide enough for what stands in them and reaches to the right', () => {
    const { columns, rows } = layOut(seedTrace());
    for (const { column, step, operation = '', notes } of rows) {
      const room = columns.slice(column).reduce((sum, { width }) => sum + width, 0);
      const texts = [step, operation, ...notes.map(({ text }) => `! ${text}`)];
      expect(room).toBeGreaterThan(Math.max(...texts.map(({ length }) => length)));
    }
    for (const { name, width } of columns) expect(width).toBeGreaterThan(name.length);
  });

  it('keeps columns narrow that can reach over those to their right', () => {
    const { columns } = layOut(race);
    expect(columns[0]?.width).toBeLessThan('dirty_pages'.length);
    expect(columns[1]?.width).toBeGreaterThan('try_release_extent_mapping'.length);
  });
});
