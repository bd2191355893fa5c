import { expect, test } from 'vitest';
import { SuperErrors } from '../../../engine/model/super-errors.ts';
import { compile } from '../../../engine/program.ts';
import { Layout } from '../../../engine/state/layout.ts';
import { buildScenario } from '../scenario-builder.ts';

test('tells each task once of the errors since it asked last', () => {
  const layout = new Layout();
  const errors = new SuperErrors(layout, 2);
  const state = new Int32Array(layout.words);
  const untold = () => [0, 1].filter((task) => errors.isUntold(state, task));
  expect(untold()).toEqual([]);
  errors.note(state);
  expect(untold()).toEqual([0, 1]);
  errors.tell(state, 0);
  expect(untold()).toEqual([1]);
  errors.note(state);
  expect(untold()).toEqual([0, 1]);
});

test.each([
  ['write I 0..4K, fsync I, sync', false],
  ['fault io on app.fsync@sync_log, write I 0..4K, fsync I', false],
  ['fault enomem on app.truncate, truncate I 32K, sync', false],
  ['fault io on app.fsync@sync_log, write I 0..4K, fsync I, sync', true],
  ['fault io on app.writeback, write I 0..4K, writeback I, sync', true],
])('is kept only where a write can fail and somebody calls syncfs: %s', (operations, kept) => {
  const text = { files: ['I 16K data 0..16K'], tasks: { app: operations.split(', ') } };
  const { machine, initial } = compile(buildScenario(text));
  const state = initial.slice();
  machine.superErrors.note(state);
  expect(machine.superErrors.isUntold(state, 0)).toBe(kept);
  expect(state.every((word, i) => word === initial[i])).toBe(!kept);
});
