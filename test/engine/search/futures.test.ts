import { expect, test } from 'vitest';
import { compile } from '../../../engine/program.ts';
import { Footprints } from '../../../engine/search/footprints.ts';
import { Futures } from '../../../engine/search/futures.ts';
import { buildScenario } from '../scenario-builder.ts';

test('of a task with many steps that others can hold, those from its operation on have a bit each', () => {
  const program = compile(buildScenario({ tasks: { app: Array.from({ length: 12 }, () => 'fsync I') } }));
  const [thread] = program.tasks;
  const futures = new Futures(program.tasks, new Footprints(program.tasks, new Int32Array(program.layout.words)));
  const told = new Set<number>();
  for (const { position, first } of thread!.steps) {
    const gates = futures.gatesFrom(0, position);
    for (const gate of gates) {
      expect(gate).toBeGreaterThanOrEqual(first);
      told.add(gate);
    }
    expect(gates.length).toBeLessThan(32);
  }
  expect(told.size).toBeGreaterThan(32);
});
