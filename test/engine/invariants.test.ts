import { describe, expect, test } from 'vitest';
import { compile } from '../../engine/program.ts';
import { Runner } from '../../engine/replay/runner.ts';
import type { WitnessStep } from '../../engine/verdict.ts';
import { checkState, checkStep } from './invariants.ts';
import { buildScenario, type ScenarioText } from './scenario-builder.ts';

/** Goes through every state, breadth first; throws at the first broken invariant. Returns how many states there are. */
function visitAll(text: ScenarioText): number {
  const program = compile(buildScenario(text));
  const seen = new Set([program.initial.join()]);
  const queue: (readonly WitnessStep[])[] = [[]];
  for (const path of queue) {
    for (let choice = 0; ; choice++) {
      const runner = new Runner(program);
      for (const step of path) runner.step(runner.threadOf(step));
      const ready = [...program.tasks, ...runner.openCompletions()].filter((thread) => runner.canStep(thread));
      if (choice >= ready.length) break;
      const before = runner.state.slice();
      const step = runner.step(ready[choice]!);
      checkState(program, runner.state);
      checkStep(program, before, runner.state);
      if (seen.has(runner.state.join())) continue;
      seen.add(runner.state.join());
      queue.push([...path, step]);
    }
  }
  return seen.size;
}

/** Each of two tasks that once met in a state that cannot be, or that nearly do. */
describe('the invariants hold in every state', () => {
  const data = ['I 16K data 0..16K'];
  const mapped = ['mmap-write I 4K..8K', 'writeback I'];

  test.each<[string, ScenarioText]>([
    [
      'cont_expand of an allocation, and writeback of the old last block',
      { files: ['I 8K'], tasks: { w: ['write I 8K..10K', 'writeback I'], a: ['fallocate I 12K..16K'] } },
    ],
    [
      'a zero-range whose zeroed tail is written meanwhile',
      { files: ['I 6K data 0..6K'], tasks: { a: ['zero-range I 4K..12K keep-size'], s: ['sync'] } },
    ],
    [
      'an allocation and a write through a mapping',
      { files: ['I 8K'], tasks: { a: ['fallocate I 4K..8K'], b: ['mmap-write I 4K..8K'] } },
    ],
    ['a punch and a write through a mapping', { files: data, tasks: { a: ['punch I 4K..8K'], b: mapped } }],
    ['a zero-range and a write through a mapping', { files: data, tasks: { a: ['zero-range I 4K..8K'], b: mapped } }],
    [
      'a direct write and a write through a mapping',
      { kernel: '5.8', files: data, tasks: { a: ['direct-write I 4K..8K'], b: mapped } },
    ],
    ['a truncate and a write through a mapping', { files: data, tasks: { a: ['truncate I 6K'], b: mapped } }],
    [
      'a truncate and the writeback of a part',
      { files: data, tasks: { w: ['write I 0..16K', 'writeback I 0..4K'], a: ['truncate I 6K'] } },
    ],
    [
      'a close after a truncate, and a writeback',
      { files: data, tasks: { a: ['truncate I 0', 'write I 0..8K', 'close I'], f: ['writeback I'] } },
    ],
    ['an evict and an fsync', { files: data, tasks: { a: ['write I 0..8K', 'fsync I'], e: ['evict I'] } }],
  ])('%s', (_, text) => expect(visitAll(text)).toBeGreaterThan(10));
});
