import { describe, expect, test } from 'vitest';
import { coverScenario, type ScenarioCoverage, type StepCoverage } from '../../../engine/index.ts';
import { buildScenario, type ScenarioText } from '../scenario-builder.ts';

function cover(text: ScenarioText): ScenarioCoverage {
  return coverScenario(buildScenario(text));
}

/** A step of an operation by its label. */
function stepOf({ operations }: ScenarioCoverage, task: number, operation: number, label: string): StepCoverage {
  const { steps } = operations.find((each) => each.task === task && each.operation === operation)!;
  return steps.find((step) => step.label === label)!;
}

describe('one write and its fsync', () => {
  const coverage = cover({ kernel: '5.8', tasks: { app: ['write I 0..4K', 'fsync I'] } });

  test('begin and end', () => {
    expect(coverage.operations).toMatchObject([
      { task: 0, operation: 0, kind: 'write', begun: true, ended: true },
      { task: 0, operation: 1, kind: 'fsync', begun: true, ended: true },
    ]);
  });

  test('take a step, or leave it out for there is nothing to do', () => {
    const unused = { taken: false, skipped: true, leftOut: null, waited: false, targets: [] };
    expect(stepOf(coverage, 0, 0, 'cont_expand')).toMatchObject(unused);
    const taken = { name: 'dirty_pages', taken: true, skipped: null, leftOut: null, waited: false, targets: [] };
    expect(stepOf(coverage, 0, 0, 'dirty_pages')).toMatchObject(taken);
  });

  test('take one way of each branch, and the fsync waits for the completion', () => {
    expect(stepOf(coverage, 0, 1, 'inode_in_log').targets).toEqual([
      { label: 'following', taken: true },
      { label: 'inode_unlock after skip', taken: false },
    ]);
    expect(stepOf(coverage, 0, 1, 'inode_unlock after skip')).toMatchObject({ taken: false, skipped: null });
    expect(stepOf(coverage, 0, 1, 'wait_ordered_range')).toMatchObject({ taken: true, waited: true });
  });

  test('have one completion, whose steps count too', () => {
    expect(coverage.completions).toHaveLength(1);
    expect(coverage.completions[0]!.filter(({ taken }) => !taken).map(({ name }) => name)).toEqual([
      'btrfs_drop_extent_map_range',
    ]);
  });

  test('look at some switches of the kernel, and not at others', () => {
    const { switches } = coverage;
    expect(switches).toMatchObject({ 'fsync.second-flush-before-wait': true, fastFsyncWaitsForWritebackOnly: false });
    expect(switches).not.toHaveProperty(['releasepage.modified-list']);
    expect(switches).not.toHaveProperty('cloneSetsFullSync');
  });

  test('are searched to the end', () => {
    expect(coverage).toMatchObject({ bound: undefined, allStates: true });
    expect(coverage.states).toBeGreaterThan(20);
  });
});

test('both ways of a branch are exercised where the other task can come first', () => {
  const coverage = cover({ kernel: '5.8', tasks: { app: ['write I 0..4K', 'fsync I'], other: ['fsync I'] } });
  for (const task of [0, 1]) {
    const targets = stepOf(coverage, task, task === 0 ? 1 : 0, 'inode_in_log').targets;
    expect(targets.map(({ taken }) => taken)).toEqual([true, true]);
  }
  expect(stepOf(coverage, 1, 0, 'inode_lock')).toMatchObject({ taken: true, waited: true });
});

test('a step that may be left out is seen both ways', () => {
  const coverage = cover({ tasks: { app: ['mmap-write I 0..4K', 'mmap-write I 0..4K'] } });
  expect(stepOf(coverage, 0, 1, 'file_update_time')).toMatchObject({ taken: true, skipped: false, leftOut: true });
  expect(stepOf(coverage, 0, 0, 'file_update_time')).toMatchObject({ taken: true, leftOut: false });
});

test('an operation that waits for ever has not ended, and what comes after it has not begun', () => {
  const coverage = cover({
    tasks: { app: ['write I 0..8K', 'fsync I', 'truncate I 0'], flusher: ['writeback I 0..4K'] },
    orders: ['app.fsync before app.fsync@start_log_trans'],
  });
  expect(coverage.operations.map(({ kind, begun, ended }) => [kind, begun, ended])).toEqual([
    ['write', true, true],
    ['fsync', true, false],
    ['truncate', false, false],
    ['writeback', true, true],
  ]);
  expect(stepOf(coverage, 0, 1, 'sync_log')).toMatchObject({ taken: false });
  // An order is no wait of the model's.
  expect(stepOf(coverage, 0, 1, 'start_log_trans')).toMatchObject({ taken: false, waited: false });
});

test('a search that hits its bound tells so, and what it has seen by then', () => {
  const coverage = cover({ tasks: { app: ['write I 0..4K', 'fsync I'] }, bounds: { states: 3 } });
  expect(coverage).toMatchObject({ bound: { kind: 'states', limit: 3 }, allStates: false, states: 3 });
  expect(coverage.operations.map(({ ended }) => ended)).toEqual([true, false]);
});

test('without an ordered extent there is no completion', () => {
  expect(cover({ tasks: { app: ['write I 0..4K', 'truncate I 0'] } }).completions).toEqual([]);
});

test('overrides go before what the scenario says', () => {
  const scenario = buildScenario({
    kernel: '5.8',
    tasks: { app: ['read I 0..4K', 'releasepage I'] },
    files: ['I 32M data 0..4K'],
  });
  const { switches } = coverScenario(scenario, { overrides: { guards: { 'releasepage.modified-list': true } } });
  expect(switches['releasepage.modified-list']).toBe(true);
});
