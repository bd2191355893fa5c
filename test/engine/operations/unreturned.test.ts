import { expect, test } from 'vitest';
import { check } from '../../../engine/index.ts';
import { buildScenario } from '../scenario-builder.ts';

/** A sync that is called while an operation changes the file, and a commit that may catch the change half done. */
test.each([
  ['truncate I 4K', '6.18'],
  ['truncate I 4K', '5.8'],
  ['truncate I 2K', '6.18'],
  ['punch I 0..4K', '6.18'],
  ['punch I 0..2K', '6.18'],
  ['zero-range I 0..4K', '6.18'],
])('a sync during `%s` promises what was there before it, on %s', (operation, kernel) => {
  const scenario = buildScenario({
    kernel,
    files: ['I 8K data 0..8K'],
    tasks: { a: ['write I 0..8K', 'writeback I', operation], b: ['sync'] },
    orders: ['a.writeback@finish_ordered_io before b.sync'],
  });
  const { verdict, complete } = check(scenario);
  expect([verdict, complete]).toEqual(['safe', true]);
});
