import { expect, test } from 'vitest';
import { compile } from '../../../engine/program.ts';
import { type RunStep, shorten } from '../../../engine/search/shorten.ts';
import type { Thread } from '../../../engine/thread.ts';
import { buildScenario } from '../scenario-builder.ts';

test('a completion is not taken along without the writeback that began its ordered extent', () => {
  const program = compile(
    buildScenario({ tasks: { app: ['write I 0..4K'], other: ['read I 4K..8K'], flusher: ['writeback I 0..4K'] } }),
  );
  const [app, other, flusher] = program.tasks;
  const completion = program.completions[0]![0]!;
  const state = program.initial.slice();
  const run: RunStep[] = [];
  const finish = (thread: Thread) => {
    do {
      const position = thread.next(state);
      thread.take(state, position);
      run.push({ thread, position });
    } while (thread.next(state) > 0 && thread.next(state) < thread.steps.length);
  };
  for (const thread of [app!, other!, flusher!, completion]) finish(thread);

  const shortened = shorten(program, run, (reached) => program.machine.transaction.isRunning(reached));
  const threads = new Set(shortened.map(({ thread }) => thread));
  expect(threads).toEqual(new Set([app, flusher, completion]));
  expect(shortened.at(-1)!.thread.steps[shortened.at(-1)!.position]!.step.name).toBe('btrfs_join_transaction');
});
