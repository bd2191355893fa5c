import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { coverScenario } from '../../../engine/index.ts';
import { contentOf } from '../../../server/check/check-content.ts';
import type { Checking } from '../../../server/check/checking.ts';
import { CheckingService } from '../../../server/check/checking-service.ts';
import { workerThreads } from '../../../server/check/worker-thread.ts';
import { type BuiltServer, buildServer } from '../build.ts';
import { analysisOf, endless, race, scenarioOf } from './scenarios.ts';

let built: BuiltServer;
let service: CheckingService;

beforeAll(async () => {
  built = await buildServer();
});
afterAll(() => built.remove());

beforeEach(() => {
  const start = workerThreads(pathToFileURL(join(built.folder, 'check-worker.cjs')));
  service = new CheckingService({ start, size: 1, patience: { afterStop: 250, atWork: 500 } });
});
afterEach(() => service.dispose());

async function checked(scenario: ReturnType<typeof race>): Promise<Checking> {
  const { checking } = service.share(contentOf(scenario, {}), () => {});
  await checking.completed;
  return checking;
}

test('a worker thread finds out what the engine finds out here', async () => {
  const { analysis } = await checked(race());
  const { milliseconds } = analysis!;
  expect(analysis).toEqual({ ...analysisOf(race()), milliseconds });
  expect(milliseconds).toBeGreaterThan(0);
});

test('a worker thread finds out what a scenario exercises, or fails as it does for a verdict', async () => {
  const { outcome } = service.cover(race(), {});
  expect(await outcome).toEqual({ kind: 'covered', coverage: coverScenario(race()) });
  const failing = service.cover(race('crash the worker'), {});
  expect(await failing.outcome).toMatchObject({ kind: 'lost', reason: expect.stringMatching(/exit code 7/) });
});

test.each([
  ['crash the worker', /exit code 7/],
  ['throw in the worker', /thrown on purpose/],
  ['hang the worker', /no sign of life/],
])('after a scenario that makes it %s, the next one is checked by another', async (name, reason) => {
  const { state, failure } = await checked(race(name));
  expect(state).toBe('failed');
  expect(failure).toMatch(reason);
  expect((await checked(race())).state).toBe('done');
});

test('a long search tells how far it is, and ends when it is stopped', async () => {
  const { checking } = service.share(contentOf(endless(), {}), () => {});
  await expect.poll(() => checking.states, { timeout: 20_000 }).toBeGreaterThan(4000);
  checking.stop();
  await checking.completed;
  expect(checking.state).toBe('stopped');
  expect(checking.analysis?.verdict.bound?.kind).toBe('cancelled');
});

test('a long search tells about how many states there are in all', async () => {
  const scenario = scenarioOf(
    `scenario "truncate" { kernel 6.18 file I size 32M task a { write I 0..8K fsync I } task b { truncate I 4K fsync I }
       task flusher { writeback I } task committer { commit } }`,
  );
  const { checking } = service.share(contentOf(scenario, { reduction: false }), () => {});
  await expect.poll(() => checking.estimate, { timeout: 20_000 }).toBeGreaterThan(100_000);
  checking.stop();
  await checking.completed;
});

test('a long search that nobody wants any more makes room for the next', async () => {
  const { checking, release } = service.share(contentOf(endless(), {}), () => {});
  await expect.poll(() => checking.states, { timeout: 20_000 }).toBeGreaterThan(0);
  release();
  expect((await checked(race())).state).toBe('done');
});
