import { describe, expect, test } from 'vitest';
import { check, firstInterleaving, traceSchedule, traceWitness } from '../../../engine/index.ts';
import { buildScenario, type ScenarioText } from '../scenario-builder.ts';

const seed = {
  kernel: '5.8',
  tasks: { app: ['write I 0..4K', 'fsync I'], flusher: ['writeback I 0..4K'], kswapd: ['releasepage I 0..4K'] },
  schedules: [
    ['app: write', 'flusher: writeback', 'app: fsync until log_inode', 'kswapd: releasepage', 'app: fsync', 'crash'],
  ],
} satisfies ScenarioText;

describe('a trace', () => {
  const scenario = buildScenario(seed);
  const trace = traceSchedule(scenario, 0);

  test('tells what each step found and changed, in words', () => {
    const told = trace.steps.map(({ task, step, changes }) => [`${task}.${step}`, ...changes]);
    expect(told).toEqual([
      ['app.dirty_pages', 'pages I 0..4K dirty (app: write)'],
      ['flusher.cow_file_range'],
      ['flusher.create_io_em', 'extent map I 0..4K added, pinned, on the list of modified extents'],
      ['flusher.btrfs_add_ordered_extent', 'ordered extent I 0..4K created'],
      ['flusher.extent_writepage_io', 'pages I 0..4K under writeback (app: write)'],
      ['endio.end_bio', 'pages I 0..4K clean (app: write)'],
      ['endio.lock_extent'],
      ['endio.btrfs_join_transaction', 'transaction 8 starts'],
      ['endio.insert_reserved_file_extent', 'subvolume tree: I 0..4K = app: write'],
      ['endio.unpin_extent_cache', 'extent map I 0..4K unpinned, generation 8'],
      ['endio.add_pending_csums'],
      ['endio.btrfs_update_inode', 'I: changed in transaction 8'],
      ['endio.unlock_extent'],
      ['endio.btrfs_end_transaction'],
      ['endio.finish_ordered_io', 'ordered extent I 0..4K complete'],
      ['app.start_ordered_ops'],
      ['app.inode_lock', 'I: inode lock taken'],
      ['app.test_full_sync'],
      ['app.start_ordered_ops'],
      ['app.wait_ordered_range'],
      ['app.inode_in_log', 'the inode has to be logged'],
      ['app.start_transaction'],
      ['app.start_log_trans', 'a log tree is created, log transaction 0'],
      ['app.log_inode', 'the full-sync flag is clear: a fast fsync'],
      [
        'kswapd.try_release_extent_mapping',
        'I: full-sync flag set',
        'pages I 0..4K released',
        'extent map I 0..4K dropped from the tree and the list of modified extents',
      ],
      ['app.log_inode_item'],
      ['app.log_all_xattrs'],
      ['app.log_changed_extents', 'the list of modified extents is empty: nothing to log'],
      ['app.log_inode_done', 'I: logged in transaction 8'],
      ['app.inode_unlock', 'I: inode lock given back'],
      ['app.sync_log', 'log transaction 0 is written, 1 begins'],
      ['app.write_super', 'the super block points to the log'],
      ['app.return'],
    ]);
  });

  test('shows what a crash would leave after each step', () => {
    const broken = trace.steps.map(({ state }) => state.crash.violations.length);
    expect(broken.slice(0, -1).every((count) => count === 0)).toBe(true);
    expect(trace.steps.at(-1)!.state.crash).toMatchObject({
      violations: [{ kind: 'lost', file: 0, range: { start: 0, end: 4096 }, promisedBy: { task: 0, operation: 1 } }],
      files: [
        {
          content: [
            { range: { start: 0, end: 4096 }, found: 'hole', promised: 'app: write', verdict: 'lost' },
            { verdict: 'kept' },
          ],
        },
      ],
    });
  });

  test('names tasks, operations and the kernel', () => {
    expect(trace).toMatchObject({ version: 1, scenario: 'test', kernel: '5.8', tasks: ['app', 'flusher', 'kswapd'] });
    const named = new Set(trace.steps.map(({ task, operation }) => `${task}: ${operation}`));
    expect([...named]).toEqual([
      ...['app: write I 0..4K', 'flusher: writeback I 0..4K', 'endio: endio I 0..4K', 'app: fsync I'],
      'kswapd: releasepage I 0..4K',
    ]);
  });

  test('is plain data', () => expect(structuredClone(trace)).toEqual(trace));

  test('of a witness ends with the violation that it is of', () => {
    const [violation] = check(scenario).violations;
    const { steps } = traceWitness(scenario, violation!.witness);
    expect(steps).toHaveLength(violation!.witness.length);
    const { witness: _, ...rest } = violation!;
    expect(steps.at(-1)!.state.crash.violations).toEqual([rest]);
  });

  test('of an infeasible schedule goes as far as it can be run', () => {
    const stuck = buildScenario({ ...seed, schedules: [['app: write', 'app: fsync until truncate_inode_items']] });
    expect(traceSchedule(stuck, 0).steps.at(-1)!.step).toBe('return');
  });

  test('takes overrides', () => {
    expect(traceSchedule(scenario, 0, { kernel: '5.9' }).steps.at(-1)!.state.crash.violations).toEqual([]);
  });
});

describe('versions have names', () => {
  test('by the write that made them, numbered where a task writes more than once', () => {
    const tasks = { a: ['write I 0..8K', 'write I 4K..8K'], b: ['write I 8K..12K'] };
    const text = { files: ['I 16K data 12K..16K'], tasks, schedules: [['a: write', 'b: write', 'a: write']] };
    const { steps, initial } = traceSchedule(buildScenario(text), 0);
    expect(steps.at(-1)!.state.files[0]!.pages.map(({ version }) => version)).toEqual([
      'a: write 1',
      'a: write 2',
      'b: write',
    ]);
    expect(initial.crash.files[0]!.content.map(({ found }) => found)).toEqual(['hole', 'initial data']);
  });

  test('what lies behind the size is nothing', () => {
    const text = { kernel: '5.8', files: ['I 0'], tasks: { a: ['write I 0..4K', 'fsync I'], b: ['fsync I'] } };
    const scenario = buildScenario(text);
    const { steps } = traceWitness(scenario, check(scenario).violations[0]!.witness);
    expect(steps.at(-1)!.state.crash.files[0]!.content).toMatchObject([
      { found: 'nothing', promised: 'a: write', verdict: 'lost' },
    ]);
  });
});

describe('the first interleaving', () => {
  test('is complete: every operation has run, and nothing can go on', () => {
    const scenario = buildScenario({ ...seed, kernel: '5.9' });
    const steps = firstInterleaving(scenario);
    const operations = new Set(
      steps.flatMap(({ actor }) => (actor.kind === 'task' ? [`${actor.task}.${actor.operation}`] : [])),
    );
    expect([...operations].sort()).toEqual(['0.0', '0.1', '1.0', '2.0']);
    const { state } = traceWitness(scenario, steps).steps.at(-1)!;
    expect(state.files[0]).toMatchObject({ orderedExtents: [], loggedOnDisk: [{ version: 'app: write' }] });
  });
});
