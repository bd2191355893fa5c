import fc from 'fast-check';
import { expect, test } from 'vitest';
import { brokenPromises, Losses } from '../../../engine/durability/judge.ts';
import { check, type Scenario, type WitnessStep } from '../../../engine/index.ts';
import { compile, type Program } from '../../../engine/program.ts';
import { Runner } from '../../../engine/replay/runner.ts';
import { allRuns } from '../all-runs.ts';
import { randomRace } from '../random-scenario.ts';

interface Cost {
  readonly steps: number;
  readonly switches: number;
}

/** Steps by the same task, or by the completion of the same ordered extent. */
function switches(run: readonly WitnessStep[]): number {
  const actors = run.map(({ actor }) =>
    actor.kind === 'task' ? `${actor.task}` : `${actor.file} ${actor.range.start}`,
  );
  return actors.filter((actor, i) => i > 0 && actor !== actors[i - 1]).length;
}

/** For each violation, as class, file, range and promise: how far a run goes until it is there, at least. */
function cheapest(program: Program, runs: readonly WitnessStep[][]): Map<string, Cost> {
  const costs = new Map<string, Cost>();
  const { machine } = program;
  const losses = new Losses();
  for (const run of runs) {
    const runner = new Runner(program);
    for (const [i, step] of run.entries()) {
      runner.step(runner.threadOf(step));
      for (const inode of machine.inodes) {
        const promise = program.promises[inode.index]!;
        losses.judge(inode, promise, machine, runner.state);
        for (const broken of brokenPromises(inode, promise, losses, runner.state)) {
          const key = `${broken.kind} ${inode.index} ${inode.segments.rangeOf(broken.segments).start} ${inode.segments.rangeOf(broken.segments).end} ${broken.promisedBy}`;
          const cost = { steps: i + 1, switches: switches(run.slice(0, i + 1)) };
          const known = costs.get(key);
          if (
            known === undefined ||
            cost.steps < known.steps ||
            (cost.steps === known.steps && cost.switches < known.switches)
          )
            costs.set(key, cost);
        }
      }
    }
  }
  return costs;
}

test('a witness has the fewest steps that lead to its violation, and of those the fewest switches', () => {
  let compared = 0;
  const isCheapest = (scenario: Scenario) => {
    const { complete, interleavings, violations } = check(scenario, { limits: { states: 5000 } });
    if (!complete || violations.length === 0 || BigInt(interleavings.total) > 500n) return;
    const program = compile(scenario);
    const costs = cheapest(program, allRuns(program));
    const found = violations.map(({ kind, file, range, promisedBy, witness }) => {
      const by =
        program.syncs.findIndex((sync) => sync.task === promisedBy?.task && sync.operation === promisedBy.operation) +
        1;
      return [
        `${kind} ${file} ${range.start} ${range.end} ${by}`,
        { steps: witness.length, switches: switches(witness) },
      ] as const;
    });
    expect(new Map(found)).toEqual(costs);
    compared++;
  };
  fc.assert(fc.property(randomRace(), isCheapest), { seed: 1, numRuns: 1000 });
  expect(compared).toBeGreaterThan(30);
});
