import { expect, test } from 'vitest';
import { mayBecomeInline } from '../../engine/index.ts';
import { buildScenario } from './scenario-builder.ts';

test.each([
  ['I 0', 'write I 0..2K', true],
  ['I 0', 'write I 0..2049', false],
  ['I 1K', 'write I all', true],
  ['I 0', 'write I all', false],
  ['I 2049', 'write I 0..1K', false],
  ['I 1K', 'writeback I', false],
  ['I 1K', 'punch I 0..512', true],
  ['I 1K', 'truncate I 16K', false],
  ['I 16K', 'truncate I 1K', false],
])('%s, %s: %s', (file, operation, expected) => {
  const scenario = buildScenario({ files: ['J 0', file], tasks: { app: ['fsync J', operation] } });
  expect([0, 1].map((index) => mayBecomeInline(scenario, index))).toEqual([false, expected]);
});
