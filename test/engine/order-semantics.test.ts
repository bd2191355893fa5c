import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check, type Scenario, type StepReference, stepNames, type WitnessStep } from '../../engine/index.ts';
import { compile } from '../../engine/program.ts';
import { allRuns } from './all-runs.ts';
import { randomOrders, randomRace } from './random-scenario.ts';

const most = 200;
const completionSteps = new Set(stepNames('endio'));

/** Where the run takes a step that the reference means. */
function places(run: readonly WitnessStep[], { task, operation, step }: StepReference): number[] {
  return run.flatMap(({ actor, step: name }, i) => {
    const completes = actor.kind === 'endio';
    const of = completes ? actor.startedBy : actor;
    const meant = step === undefined ? !completes : name === step && completes === completionSteps.has(step);
    return of.task === task && of.operation === operation && meant ? [i] : [];
  });
}

/** Does B begin after A has ended? Undefined where A does not come at all. */
function keeps(run: readonly WitnessStep[], { before, after }: Scenario['orders'][number]): boolean | undefined {
  const ends = places(run, before);
  if (ends.length === 0) return undefined;
  // A completion that may still be started has not ended: neither has the operation that starts it.
  if (completionSteps.has(before.step ?? '')) ends.push(places(run, { ...before, step: undefined }).at(-1)!);
  const first = places(run, after)[0];
  return first === undefined || first > Math.max(...ends);
}

test('an order leaves exactly the interleavings that keep it', () => {
  let compared = 0;
  let restricted = 0;
  const ordered = randomRace().chain((scenario) => {
    const tasks = scenario.tasks.map(({ operations }) => operations);
    return randomOrders(tasks).map((orders) => ({
      scenario: { ...scenario, orders: scenario.orders.slice(0, 2) },
      orders,
    }));
  });
  const restricts = ({ scenario, orders: [order] }: { scenario: Scenario; orders: Scenario['orders'] }) => {
    if (order === undefined) return;
    const { complete, interleavings } = check(scenario, { limits: { states: 5000 } });
    if (!complete || BigInt(interleavings.total) > BigInt(most)) return;
    const kept = allRuns(compile(scenario)).map((run) => keeps(run, order));
    const { deadlock, interleavings: left } = check({ ...scenario, orders: [...scenario.orders, order] });
    if (deadlock !== undefined || kept.includes(undefined)) return;
    expect(Number(left.total)).toBe(kept.filter(Boolean).length);
    compared++;
    if (kept.includes(false)) restricted++;
  };
  fc.assert(fc.property(ordered, restricts), { seed: 1, numRuns: 600 });
  expect(compared).toBeGreaterThan(40);
  expect(restricted).toBeGreaterThan(5);
});
