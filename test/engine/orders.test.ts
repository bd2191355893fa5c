import { describe, expect, test } from 'vitest';
import { compile } from '../../engine/program.ts';
import { Runner } from '../../engine/replay/runner.ts';
import type { Scenario } from '../../engine/scenario.ts';
import { problemOf } from './run-schedule.ts';
import { buildScenario, type ScenarioText } from './scenario-builder.ts';

/** A step of a run as `task.step`, completions as `endio.step`. */
type Named = string;

/** A run in which `task` goes first whenever it can, then completions, then the other tasks in turn: `task` is as early as it may be. */
function runWithPriority(scenario: Scenario, task: string): Named[] {
  const program = compile(scenario);
  const runner = new Runner(program);
  const first = scenario.tasks.findIndex(({ name }) => name === task);
  const steps: Named[] = [];
  for (;;) {
    const threads = [program.tasks[first]!, ...runner.openCompletions(), ...program.tasks];
    const thread = threads.find((candidate) => runner.canStep(candidate));
    if (thread === undefined) return steps;
    const { actor, step } = runner.step(thread);
    steps.push(`${actor.kind === 'task' ? scenario.tasks[actor.task]!.name : 'endio'}.${step}`);
  }
}

/** The step just before the first one of `task`, when that runs as early as it may. */
function releasedBy(text: ScenarioText, task: string): Named | undefined {
  const steps = runWithPriority(buildScenario({ kernel: '5.8', ...text }), task);
  const began = steps.findIndex((step) => step.startsWith(`${task}.`));
  return steps[began - 1];
}

const tasks = { a: ['write I 0..8K', 'writeback I', 'fsync I'], b: ['commit'] };

describe('what the first reference waits for', () => {
  test.each<[string, string | undefined]>([
    ['a.write before b.commit', 'a.dirty_pages'],
    ['a.writeback before b.commit', 'a.extent_writepage_io'],
    ['a.writeback@create_io_em before b.commit', 'a.create_io_em'],
    ['a.writeback@finish_ordered_io before b.commit', 'endio.finish_ordered_io'],
    ['a.writeback@lock_extent before b.commit', 'endio.lock_extent'],
    ['a.fsync before b.commit', 'a.return'],
    ['a.fsync@log_inode before b.commit', 'a.log_inode'],
    ['a.fsync@write_super before b.commit', 'a.write_super'],
  ])('%s', (order, expected) => expect(releasedBy({ tasks, orders: [order] }, 'b')).toBe(expected));

  test('without an order, nothing', () => expect(releasedBy({ tasks }, 'b')).toBeUndefined());

  test('a label names one of several equal operations', () => {
    const twice = { a: ['write I 0..4K', 'commit', 'write I 4K..8K'], b: ['commit'] };
    const released = ['a.write#1', 'a.write#2'].map((reference) => {
      const steps = runWithPriority(buildScenario({ tasks: twice, orders: [`${reference} before b.commit`] }), 'b');
      return steps.slice(0, steps.indexOf('b.attach_transaction')).filter((step) => step === 'a.dirty_pages').length;
    });
    expect(released).toEqual([1, 2]);
  });

  test('several orders all hold', () => {
    const three = { ...tasks, c: ['write I 8K..12K'] };
    const orders = ['a.fsync before b.commit', 'c.write before b.commit'];
    const steps = runWithPriority(buildScenario({ kernel: '5.8', tasks: three, orders }), 'b');
    const began = steps.indexOf('b.attach_transaction');
    expect(steps.indexOf('a.return')).toBeLessThan(began);
    expect(steps.indexOf('c.dirty_pages')).toBeLessThan(began);
  });
});

describe('steps that repeat, and steps that do not come', () => {
  const scattered = { a: ['write I 0..4K', 'write I 8K..12K', 'writeback I', 'fsync I'], b: ['commit'] };

  test.each([
    ['writeback@create_io_em', 'a.create_io_em'],
    ['fsync@log_one_extent', 'a.log_one_extent'],
  ])('of a step that repeats, A means the last: %s', (reference, step) => {
    const orders = [`a.${reference} before b.commit`];
    const steps = runWithPriority(buildScenario({ kernel: '5.8', tasks: scattered, orders }), 'b');
    const began = steps.indexOf('b.attach_transaction');
    expect(steps.filter((other) => other === step)).toHaveLength(2);
    expect(began).toBe(steps.lastIndexOf(step) + 1);
  });

  test('an operation that has ended is over, whatever has become dirty since', () => {
    const again = { a: ['write I 0..4K', 'write I 0..4K'], f: ['writeback I'], b: ['commit'] };
    const orders = [
      'f.writeback@create_io_em before b.commit',
      'a.write#1 before f.writeback',
      'f.writeback before a.write#2',
      'a.write#2 before b.commit',
    ];
    const steps = runWithPriority(buildScenario({ kernel: '5.8', tasks: again, orders }), 'b');
    expect(steps[steps.indexOf('b.attach_transaction') - 1]).toBe('a.dirty_pages');
  });

  test('all the extents that a writeback started have to complete', () => {
    const orders = ['a.writeback@finish_ordered_io before b.commit'];
    const steps = runWithPriority(buildScenario({ kernel: '5.8', tasks: scattered, orders }), 'b');
    expect(steps.indexOf('b.attach_transaction')).toBe(steps.lastIndexOf('endio.finish_ordered_io') + 1);
    expect(steps.filter((step) => step === 'endio.finish_ordered_io')).toHaveLength(2);
  });

  test('of a step that repeats, B means the first', () => {
    const orders = ['b.commit before a.writeback@create_io_em'];
    const steps = runWithPriority(buildScenario({ kernel: '5.8', tasks: scattered, orders }), 'a');
    expect(steps.indexOf('b.attach_transaction')).toBeLessThan(steps.indexOf('a.create_io_em'));
    expect(steps.indexOf('a.cow_file_range')).toBeLessThan(steps.indexOf('b.attach_transaction'));
  });

  test('B is free when the operation of A ends without step A', () => {
    const steps = runWithPriority(
      buildScenario({ kernel: '5.8', tasks, orders: ['a.fsync@truncate_inode_items before b.commit'] }),
      'b',
    );
    expect(steps).not.toContain('a.truncate_inode_items');
    expect(steps).toContain('b.attach_transaction');
  });

  test.each([
    ['fsync@inode_unlock', 'a.inode_unlock'],
    ['fsync@log_all_xattrs', 'a.log_all_xattrs'],
  ])('a name of several steps ends with the last one that comes: %s', (reference, step) => {
    for (const file of ['I 32M', 'I 32M needs-full-sync']) {
      const text = { files: [file], tasks, orders: [`a.${reference} before b.commit`] };
      expect(releasedBy(text, 'b'), file).toBe(step);
    }
  });

  test('a writeback that starts nothing has completed everything when it ends', () => {
    const idle = { a: ['writeback I'], b: ['commit'] };
    expect(releasedBy({ tasks: idle, orders: ['a.writeback@finish_ordered_io before b.commit'] }, 'b')).toBe(
      'a.extent_writepage_io',
    );
  });
});

describe('what the second reference holds back', () => {
  const files = ['I 32M', 'J 32M'];
  const run = (orders: string[]) =>
    runWithPriority(buildScenario({ kernel: '5.8', files, tasks: { a: tasks.a, c: ['write J 0..4K'] }, orders }), 'a');
  const unhindered = run([]);

  test.each([
    ['c.write before a.write', 'a.dirty_pages'],
    ['c.write before a.fsync', 'a.start_ordered_ops'],
    ['c.write before a.fsync@log_changed_extents', 'a.log_changed_extents'],
    ['c.write before a.writeback@extent_writepage_io', 'a.extent_writepage_io'],
    ['c.write before a.writeback@end_bio', 'endio.end_bio'],
    ['c.write before a.writeback@finish_ordered_io', 'endio.finish_ordered_io'],
  ])('%s', (order, held) => {
    const steps = run([order]);
    const own = (step: string) => step.startsWith(held.slice(0, held.indexOf('.')));
    expect(steps[steps.indexOf('c.dirty_pages') + 1]).toBe(held);
    expect(steps.filter(own)).toEqual(unhindered.filter(own));
  });

  test('an operation that has begun is not held back again, even if the step comes back', () => {
    const files = ['I 32M', 'J 32M'];
    const tasks = { a: ['write I 0..8K'], f: ['writeback I 0..4K'], s: ['sync'], b: ['fsync J'] };
    const text = { files, tasks, orders: ['s.sync@start_ordered_extent before b.fsync'] };
    const begun = ['s: sync until sync_inodes_sb', 'b: fsync until start_ordered_ops'];
    const again = ['a: write', 'f: writeback until extent_writepage_io', 'b: fsync'];
    expect(problemOf(text, ...begun, ...again)).toBeUndefined();
  });

  test('only the completions of the extents that the named writeback started', () => {
    const two = { a: ['write I 0..4K', 'writeback I'], b: ['write J 0..4K', 'writeback J'], c: ['commit'] };
    const orders = ['c.commit before a.writeback@end_bio', 'b.writeback@finish_ordered_io before c.commit'];
    const scenario = buildScenario({ kernel: '5.8', files: ['I 32M', 'J 32M'], tasks: two, orders });
    const program = compile(scenario);
    const runner = new Runner(program);
    for (const thread of program.tasks.slice(0, 2)) while (runner.canStep(thread)) runner.step(thread);
    const [ofI, ofJ] = runner.openCompletions();
    expect([runner.canStep(ofI!), runner.canStep(ofJ!)]).toEqual([false, true]);
    while (runner.openCompletions().includes(ofJ!)) runner.step(ofJ!);
    while (runner.canStep(program.tasks[2]!)) runner.step(program.tasks[2]!);
    expect(runner.canStep(ofI!)).toBe(true);
  });
});
