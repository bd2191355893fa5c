import { expect, test } from 'vitest';
import type { MountOption } from '../../engine/index.ts';
import { mayBeInline } from '../../engine/inline-files.ts';
import { buildScenario } from './scenario-builder.ts';

test.each<[file: string, operation: string, expected: boolean, ...mount: MountOption[]]>([
  ['I 0', 'write I 0..2K', true],
  ['I 0', 'write I 0..2049', false],
  ['I 0', 'write I 0..2049', true, 'compress'],
  ['I 0', 'write I 0..4097', false, 'compress'],
  ['I 0', 'write I 0..100', false, 'nodatacow'],
  ['I 0', 'write I 0..100', true, 'nodatasum'],
  ['I 0', 'write I 0..2049', false, 'compress', 'nodatasum'],
  ['I 0 nodatacow', 'write I 0..100', false],
  ['I 1K', 'fsync I', true],
  ['I 2049', 'write I 0..1K', false],
  ['I 16K', 'truncate I 1K', true],
  ['I 16K', 'truncate I 0', false],
  ['I 16K', 'clone S all to I 0', true],
  ['I 16K', 'clone S all to I 4K', false],
  ['I 16K', 'clone J all to I 0', false],
])('%s, %s: %s (%s)', (file, operation, expected, ...mount) => {
  const scenario = buildScenario({
    mount,
    files: ['J 16K', file, 'S 1K data 0..1K'],
    tasks: { app: ['fsync J', operation] },
  });
  expect([0, 1].map((index) => mayBeInline(scenario, index))).toEqual([false, expected]);
});
