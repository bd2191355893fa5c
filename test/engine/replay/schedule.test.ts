import { describe, expect, test } from 'vitest';
import { checkSchedule, type ScheduleVerdict } from '../../../engine/index.ts';
import { buildScenario, type ScenarioText } from '../scenario-builder.ts';

const seed = {
  kernel: '5.8',
  tasks: { app: ['write I 0..4K', 'fsync I'], flusher: ['writeback I 0..4K'], kswapd: ['releasepage I 0..4K'] },
} satisfies ScenarioText;
const race = [
  'app: write',
  'flusher: writeback',
  'app: fsync until log_inode',
  'kswapd: releasepage',
  'app: fsync',
  'crash',
];

function schedule(text: ScenarioText, ...entries: string[]): ScheduleVerdict {
  return checkSchedule(buildScenario({ kernel: '5.8', ...text, schedules: [entries] }), 0);
}

/** Steps by entry, those of completions with a `+`. */
function stepsByEntry({ steps, entryOfStep }: ScheduleVerdict): string[][] {
  const entries: string[][] = [];
  for (const [i, { actor, step }] of steps.entries()) {
    const entry = entryOfStep[i]!;
    entries[entry] ??= [];
    entries[entry].push(actor.kind === 'endio' ? `+${step}` : step);
  }
  return entries;
}

const completion = [
  ...['+end_bio', '+lock_extent', '+btrfs_join_transaction', '+insert_reserved_file_extent', '+unpin_extent_cache'],
  ...['+add_pending_csums', '+btrfs_update_inode', '+unlock_extent', '+btrfs_end_transaction', '+finish_ordered_io'],
];

describe('the interleaving of the commit message', () => {
  test('is unsafe: one violation, at the crash', () => {
    const verdict = schedule(seed, ...race);
    expect(verdict).toMatchObject({ verdict: 'unsafe', problem: undefined });
    expect(verdict.violations).toEqual([
      {
        kind: 'lost',
        file: 0,
        range: { start: 0, end: 4096 },
        promisedBy: { task: 0, operation: 1 },
        sizeOnly: false,
        transaction: 8,
        witness: verdict.steps,
      },
    ]);
    expect(verdict.steps).toHaveLength(verdict.entryOfStep.length);
  });

  test('runs each entry as far as it says', () => {
    const entries = stepsByEntry(schedule(seed, ...race));
    expect(entries[1]).toEqual([
      'cow_file_range',
      'create_io_em',
      'btrfs_add_ordered_extent',
      'extent_writepage_io',
      ...completion,
    ]);
    expect(entries[2]!.at(-1)).toBe('log_inode');
    expect(entries[3]).toEqual(['try_release_extent_mapping']);
    expect(entries[4]![0]).toBe('log_inode_item');
    expect(entries).toHaveLength(5);
  });

  test.each<[string, Partial<ScenarioText>, string[], ScheduleVerdict['verdict']]>([
    ['with the guard', { guards: { 'releasepage.modified-list': true } }, race, 'safe'],
    ['on 5.9', { kernel: '5.9' }, race, 'safe'],
    ['a crash before the fsync returns loses nothing', {}, race.with(4, 'app: fsync until write_super'), 'safe'],
    ['a crash before anything', {}, ['crash'], 'safe'],
    ['no entry at all', {}, [], 'safe'],
    ['what comes after the crash is not run', {}, [...race.slice(0, 4), 'crash', 'app: fsync'], 'safe'],
  ])('%s', (_, changes, entries, verdict) =>
    expect(schedule({ ...seed, ...changes }, ...entries).verdict).toBe(verdict),
  );

  test('overrides go before the scenario', () => {
    const scenario = buildScenario({ ...seed, schedules: [race] });
    expect(checkSchedule(scenario, 0, { kernel: '5.9' }).verdict).toBe('safe');
  });

  test('without a crash it is judged at every point: a loss that a commit ends later is found', () => {
    const text = { ...seed, tasks: { ...seed.tasks, c: ['commit'] } };
    const found = schedule(text, ...race.slice(0, -1), 'c: commit');
    expect(found).toMatchObject({ verdict: 'unsafe', violations: [{ transaction: 8 }] });
    expect(found.violations[0]!.witness.at(-1)!.step).toBe('return');
    expect(found.steps.at(-1)!.step).toBe('transaction_completed');
    expect(schedule(text, ...race.slice(0, -1), 'c: commit', 'crash').verdict).toBe('safe');
  });

  test('the schedule that is asked for is the one that runs', () => {
    const scenario = buildScenario({ ...seed, schedules: [['crash'], race] });
    expect([0, 1].map((index) => checkSchedule(scenario, index).verdict)).toEqual(['safe', 'unsafe']);
  });
});

describe('entries that cannot be run', () => {
  const two = { tasks: { a: ['write I 0..4K', 'fsync I'], b: ['fsync I'] } };
  const path =
    'start_ordered_ops, inode_lock, test_full_sync, start_ordered_ops, wait_ordered_range, inode_in_log, inode_unlock, return';

  test.each<[string, ScenarioText, string[], number, string]>([
    [
      'the keyword is not that of the next operation',
      two,
      ['a: fsync'],
      0,
      'the next operation of a is write, not fsync',
    ],
    [
      'an operation under way comes first',
      two,
      ['a: write', 'a: fsync until inode_lock', 'a: write'],
      2,
      'the next operation of a is fsync, not write',
    ],
    ['nothing is left', two, ['a: write', 'b: fsync', 'b: fsync'], 2, 'b has no operation left'],
    [
      'it waits for the inode lock',
      two,
      ['a: write', 'a: fsync until log_inode', 'b: fsync', 'crash'],
      2,
      'b: fsync waits at inode_lock for the inode lock; a would release it',
    ],
    [
      'it ends without the step',
      two,
      ['b: fsync until log_inode'],
      0,
      `fsync ended without log_inode: it went ${path}`,
    ],
    [
      'a step of another operation',
      two,
      ['a: write until log_inode'],
      0,
      'write ended without log_inode: it went dirty_pages',
    ],
    ['no ordered extent', two, ['a: write', 'endio: I'], 1, 'I has no ordered extent to complete'],
    [
      'no ordered extent in the range',
      two,
      ['a: write', 'b: fsync until start_ordered_ops', 'endio: I 4K..8K'],
      2,
      'I 4K..8K has no ordered extent to complete',
    ],
    [
      'an order holds it back',
      { ...two, orders: ['b.fsync before a.write'] },
      ['a: write'],
      0,
      'a: write waits at dirty_pages for an order constraint; b would release it',
    ],
  ])('%s', (_, text, entries, entry, message) => {
    const verdict = schedule(text, ...entries);
    expect(verdict).toMatchObject({ verdict: 'infeasible', problem: { entry, message } });
    expect(verdict.entryOfStep.every((of) => of <= entry)).toBe(true);
  });

  test('what ran before it is still told', () => {
    const { steps, entryOfStep } = schedule(two, 'a: write', 'b: fsync until inode_lock', 'a: fsync');
    expect(steps.map(({ step }) => step)).toEqual([
      'dirty_pages',
      'start_ordered_ops',
      'inode_lock',
      'start_ordered_ops',
    ]);
    expect(entryOfStep).toEqual([0, 1, 1, 2]);
  });
});

describe('until', () => {
  test('stops after the next occurrence, and the same entry again after the one after', () => {
    const text = { tasks: { a: ['write I 0..4K', 'write I 8K..12K', 'fsync I'] } };
    const verdict = schedule(
      text,
      'a: write',
      'a: write',
      'a: fsync until log_one_extent',
      'a: fsync until log_one_extent',
      'crash',
    );
    const entries = stepsByEntry(verdict);
    expect(entries[2]!.at(-1)).toBe('log_one_extent');
    expect(entries[2]).toContain('log_changed_extents');
    expect(entries[3]).toEqual(['log_one_extent']);
  });

  test('two steps of one name are two occurrences', () => {
    const text = { tasks: { a: ['fsync I'] } };
    const entries = stepsByEntry(
      schedule(text, 'a: fsync until start_ordered_ops', 'a: fsync until start_ordered_ops', 'a: fsync'),
    );
    expect(entries.slice(0, 2)).toEqual([['start_ordered_ops'], ['inode_lock', 'test_full_sync', 'start_ordered_ops']]);
  });

  test('on the last step runs the operation to its end, but no completion', () => {
    const text = { tasks: { a: ['write I 0..4K'], f: ['writeback I'] } };
    const entries = stepsByEntry(schedule(text, 'a: write', 'f: writeback until extent_writepage_io'));
    expect(entries[1]!.at(-1)).toBe('extent_writepage_io');
  });
});

describe('completions', () => {
  const text = {
    tasks: { a: ['write I 0..4K', 'write I 8K..12K', 'fsync I'], f: ['writeback I 0..4K'], g: ['writeback I'] },
  };
  const dirty = ['a: write', 'a: write'];

  test('of what an entry started run at its end', () => {
    const entries = stepsByEntry(schedule(text, ...dirty, 'f: writeback', 'crash'));
    expect(entries[2]!.slice(-completion.length)).toEqual(completion);
  });

  test('and where the entry would have to wait for them', () => {
    const entries = stepsByEntry(schedule(text, ...dirty, 'a: fsync', 'crash'));
    const [first, second] = [entries[2]!.indexOf('+finish_ordered_io'), entries[2]!.lastIndexOf('+finish_ordered_io')];
    expect(first).toBeLessThan(second);
    expect(second).toBe(entries[2]!.indexOf('wait_ordered_range') - 1);
    expect(entries[2]!.at(-1)).toBe('return');
  });

  test('after `until` only endio runs them, also where the operation goes on', () => {
    const started = [...dirty, 'a: fsync until start_ordered_ops'];
    expect(schedule(text, ...started, 'a: fsync').problem).toEqual({
      entry: 3,
      message: expect.stringContaining(
        'a: fsync waits at wait_ordered_range for the ordered extents of the file to complete',
      ),
    });
    expect(schedule(text, ...started, 'endio: I', 'a: fsync', 'crash').verdict).toBe('safe');
  });

  test('of what another entry started are not run, even where it is waited for', () => {
    const { problem } = schedule(text, ...dirty, 'f: writeback until extent_writepage_io', 'a: fsync');
    expect(problem?.message).toContain('waits at wait_ordered_range');
    expect(problem?.message).toContain('endio: I 0..4K would release it');
  });

  test('of one range, up to a step, and on from there', () => {
    const open = [...dirty, 'g: writeback until extent_writepage_io', 'g: writeback until extent_writepage_io'];
    const entries = stepsByEntry(
      schedule(
        text,
        ...open,
        'endio: I 8K..12K until unpin_extent_cache',
        'endio: I 8K..12K until btrfs_update_inode',
        'endio: I',
        'crash',
      ),
    );
    expect(entries.slice(4, 6)).toEqual([completion.slice(0, 5), completion.slice(5, 7)]);
    expect([...entries[6]!].sort()).toEqual([...completion, ...completion.slice(7)].sort());
  });

  test('say which operation started them', () => {
    const { steps } = schedule(text, ...dirty, 'f: writeback', 'a: fsync');
    const actors = steps.flatMap(({ actor }) => (actor.kind === 'endio' ? [actor] : []));
    expect(actors[0]).toEqual({
      kind: 'endio',
      file: 0,
      range: { start: 0, end: 4096 },
      startedBy: { task: 1, operation: 0 },
    });
    expect(actors.at(-1)).toEqual({
      kind: 'endio',
      file: 0,
      range: { start: 8192, end: 12288 },
      startedBy: { task: 0, operation: 2 },
    });
  });

  test('of an extent that is not submitted in full: it stays open, and the entry ends all the same', () => {
    const partial = { tasks: { a: ['write I 0..8K'], f: ['writeback I 0..4K'] } };
    const verdict = schedule(partial, 'a: write', 'f: writeback', 'crash');
    expect(verdict.verdict).toBe('safe');
    expect(stepsByEntry(verdict)[1]).not.toContain('+lock_extent');
    expect(schedule(partial, 'a: write', 'f: writeback', 'endio: I').problem?.message).toBe(
      'endio: I waits at end_bio for somebody to write the rest of the ordered extent',
    );
  });
});
