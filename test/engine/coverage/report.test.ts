import { describe, expect, test } from 'vitest';
import { type CoverageReport, coverScenario, guards, reportCoverage, type StepTally } from '../../../engine/index.ts';
import { buildScenario, type ScenarioText } from '../scenario-builder.ts';

function report(texts: readonly ScenarioText[], fewStates?: number): CoverageReport {
  return reportCoverage(
    texts.map((text) => {
      const scenario = buildScenario(text);
      return { scenario, coverage: coverScenario(scenario, { fewStates }) };
    }),
  );
}

function step({ operations }: CoverageReport, kind: string, label: string): StepTally {
  const { steps } = operations.find((operation) => operation.kind === kind)!;
  return steps.find((each) => each.label === label && each.present > 0)!;
}

const plain: ScenarioText = { kernel: '6.1', tasks: { app: ['write I 0..4K', 'fsync I'] } };

describe('scenarios together', () => {
  const growing: ScenarioText = {
    kernel: '6.1',
    files: ['I 4K'],
    tasks: { app: ['write I 8K..12K', 'write I 0..4K'] },
  };
  const both = report([plain, growing, plain]);

  test('are counted per step: those that have it, take it, and leave it out', () => {
    expect(step(both, 'write', 'cont_expand')).toMatchObject({ present: 3, taken: 1, skipped: 3, leftOut: null });
    expect(step(both, 'write', 'dirty_pages')).toMatchObject({ present: 3, taken: 3, skipped: null, waited: 0 });
  });

  test('are counted per way that a branch takes', () => {
    expect(step(both, 'fsync', 'inode_in_log').targets).toEqual([
      { label: 'following', taken: 2 },
      { label: 'inode_unlock after skip', taken: 0 },
    ]);
  });

  test('have the kinds of operations in the order of the language, and tell which are missing', () => {
    expect(both.operations.map(({ kind, scenarios }) => [kind, scenarios])).toEqual([
      ['write', 3],
      ['fsync', 2],
      ['endio', 2],
    ]);
    expect(both.unused).toEqual(expect.arrayContaining(['mmap-write', 'fdatasync', 'clone', 'commit']));
    for (const kind of ['write', 'fsync', 'endio']) expect(both.unused).not.toContain(kind);
  });
});

test('an fdatasync counts as an fsync', () => {
  const { operations, unused } = report([{ tasks: { app: ['write I 0..4K', 'fdatasync I'] } }, plain]);
  expect(operations.map(({ kind, scenarios }) => [kind, scenarios])).toContainEqual(['fsync', 2]);
  expect(unused).not.toContain('fdatasync');
  expect(unused).not.toContain('fsync');
});

test('steps that differ between releases are told apart', () => {
  const { operations } = report([plain, { ...plain, kernel: '5.8' }]);
  const { steps } = operations.find(({ kind }) => kind === 'fsync')!;
  const tests = steps.filter(({ name }) => name === 'test_full_sync');
  expect(tests.map(({ present, taken }) => [present, taken])).toEqual([
    [1, 1],
    [1, 1],
  ]);
});

test('the steps of one release stay in the order of its table', () => {
  const scenarios = ['6.1', '5.8', '4.18'].map((kernel): ScenarioText => ({ ...plain, kernel }));
  const labels = report(scenarios).operations.map(({ steps }) => steps.map(({ label, does }) => label + does));
  for (const text of scenarios) {
    const { operations } = coverScenario(buildScenario(text));
    const table = operations[1]!.steps.map(({ label, does }) => label + does);
    expect(labels[1]!.filter((key) => table.includes(key))).toEqual(table);
  }
});

test('steps that need what no scenario has are there, though in no table', () => {
  const absent = (texts: readonly ScenarioText[], kind: string) =>
    report(texts)
      .operations.find((operation) => operation.kind === kind)!
      .steps.filter(({ present }) => present === 0)
      .map(({ name }) => name);
  const flushing = 'btrfs_start_delalloc_flush';
  expect(absent([{ tasks: { app: ['commit'] } }], 'commit')).toContain(flushing);
  expect(absent([{ mount: ['flushoncommit'], tasks: { app: ['commit'] } }], 'commit')).not.toContain(flushing);
  expect(absent([plain], 'write')).toEqual(['sb_rdonly']);
  const failing = ['write I 0..4K', 'commit', 'fault io on app.commit@write_super', 'commit'];
  expect(absent([{ tasks: { app: failing } }], 'write')).toEqual([]);
  expect(absent([plain], 'fsync')).toEqual(expect.arrayContaining(['log_directory_changes', 'btrfs_log_all_parents']));
});

test('switches are counted where they are looked at, by their setting', () => {
  const guard = 'releasepage.modified-list';
  const releasing = (on: boolean): ScenarioText => ({
    kernel: '5.8',
    guards: { [guard]: on },
    files: ['I 32M data 0..4K'],
    tasks: { k: ['read I 0..4K', 'releasepage I'] },
  });
  const found = report([releasing(true), releasing(false), releasing(false), plain]);
  expect(found.guards.map(({ name }) => name)).toEqual(guards.map(({ name }) => name));
  expect(found.guards).toContainEqual({ name: guard, on: 1, off: 2 });
  expect(found.guards).toContainEqual({ name: 'clone.full-sync-behind-end', on: 0, off: 0 });
  expect(found.rules).toContainEqual({
    name: 'fullSyncFlagTestedAfterFlush',
    on: 1,
    off: 0,
    does: expect.stringContaining('full-sync flag'),
  });
});

test('what a reduced search did not see to wait may wait all the same', () => {
  const racing: ScenarioText = {
    kernel: '5.9',
    tasks: { app: ['write I 0..4K', 'fsync I'], flusher: ['writeback I 0..4K'], committer: ['commit'] },
  };
  const waiting = (fewStates?: number) => step(report([racing], fewStates), 'fsync', 'sync_log');
  expect(waiting()).toMatchObject({ waitsKnown: true });
  const reduced = report([racing], 100).operations.flatMap(({ steps }) => steps);
  expect(reduced.some(({ waited, waitsKnown }) => waited === 0 && !waitsKnown)).toBe(true);
  expect(reduced.every(({ waited, waitsKnown }) => waited !== null || waitsKnown)).toBe(true);
});

test('nothing is exercised by nothing', () => {
  expect(report([])).toMatchObject({
    operations: [],
    guards: expect.arrayContaining([{ name: 'fsync.mmap-lock', on: 0, off: 0 }]),
  });
});
