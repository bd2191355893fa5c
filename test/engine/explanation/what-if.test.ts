import { expect, test } from 'vitest';
import { LosingRun } from '../../../engine/explanation/losing-run.ts';
import { WhatIf } from '../../../engine/explanation/what-if.ts';
import { check, explainViolation } from '../../../engine/index.ts';
import { buildScenario } from '../scenario-builder.ts';

const scenario = buildScenario({
  kernel: '5.8',
  tasks: { app: ['write I 0..4K', 'fsync I'], kswapd: ['releasepage I 0..4K'] },
});
const run = new LosingRun(scenario, check(scenario).violations[0]!);
const named = (name: string) => run.steps.find((step) => step.name === name)!;
const release = named('try_release_extent_mapping');
const from = (index: number) => new WhatIf(run, run.stateAt(index));

test('the same run loses the same', () => {
  expect(from(0).run(run.steps)).toBe('broken');
});

test('without what the page release did, the promise is kept; without the inode lock being taken, it is not', () => {
  const without = (name: string) => from(0).run(run.steps, { step: named(name) });
  expect(without('try_release_extent_mapping')).toBe('kept');
  expect(without('inode_lock')).toBe('broken');
});

test('an fsync that takes the full way logs everything', () => {
  const step = named('log_inode');
  const target = step.thread.steps[step.position]!.targets.get('truncate_inode_items')!;
  expect(from(0).run(run.steps, { step, target })).toBe('kept');
});

test('the sync alone keeps its promise up to the page release', () => {
  expect(from(release.index).run([])).toBe('kept');
  expect(from(release.index + 1).run([])).toBe('broken');
});

test('an ordered extent that is never completed lets the fsync wait for ever', () => {
  expect(from(0).run(run.steps, { step: named('finish_ordered_io') })).toBe('stuck');
});

test('an order that cannot be is none', () => {
  const ends = named('end_bio');
  const lead = { steps: 1, before: run.syncThread };
  // There is no ordered extent before the fsync has started writeback.
  expect(from(0).run([ends, ...run.steps], undefined, lead)).toBe('stuck');
  // Nor does page release drop an extent map that is not there: it comes, but does not find what it found.
  expect(from(0).run([release, ...run.steps], undefined, lead)).toBe('kept');
});

test('of a run it is known what each step read', () => {
  const { modified } = run.inode.extentMaps;
  const bit = 1 << modified.shift;
  expect(named('log_changed_extents').reads[modified.word]! & bit).toBe(bit);
  expect(named('log_all_xattrs').reads[modified.word]! & bit).toBe(0);
});

test('an explanation ends soon after it is told to', () => {
  let looks = 0;
  const explain = () => explainViolation(scenario, check(scenario).violations[0]!, undefined, () => ++looks > 3);
  expect(explain).toThrow('stopped');
  expect(looks).toBe(4);
});
