import { beforeEach, describe, expect, test } from 'vitest';
import type { Scenario } from '../../../engine/index.ts';
import { completeAnalysis, judgeScenario } from '../../../server/check/analysis.ts';
import { contentOf } from '../../../server/check/check-content.ts';
import { CheckingService } from '../../../server/check/checking-service.ts';
import { perform } from '../../../server/check/perform-task.ts';
import { type FakeWorker, fakeWorkers } from './fake-workers.ts';
import { race } from './scenarios.ts';

let workers: FakeWorker[];
let service: CheckingService;
let changes: string[];

beforeEach(() => {
  const fake = fakeWorkers();
  workers = fake.workers;
  service = new CheckingService({ start: fake.start, size: 1 });
  changes = [];
});

function share(scenario: Scenario, who = 'me') {
  return service.share(contentOf(scenario, {}), () => changes.push(who));
}

/** Lets a worker do what it was asked. */
async function work(worker = workers[0]!): Promise<void> {
  worker.answer(perform(worker.request!.task, { now: () => 0 }));
  await settled();
}

/** Lets promises that are resolved be heard of. */
async function settled(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

const scenario = race();
const judged = judgeScenario(scenario, { now: () => 0 });
const complete = completeAnalysis(scenario, judged, { now: () => 0 });

test('a scenario is judged, then its fixes are looked for; each is told when it is there', async () => {
  const { checking } = share(scenario);
  expect([checking.state, checking.analysis]).toEqual(['judging', undefined]);
  await work();
  await checking.judged;
  expect([checking.state, checking.analysis]).toEqual(['completing', judged]);
  expect(changes).toEqual(['me']);
  await work();
  await checking.completed;
  expect([checking.state, checking.analysis]).toEqual(['done', complete]);
  expect(changes).toEqual(['me', 'me']);
});

describe('what follows from a verdict that took long', () => {
  const slow = { ...judged, milliseconds: 1000 };

  async function judgeSlowly() {
    const fake = fakeWorkers();
    workers = fake.workers;
    service = new CheckingService({ start: fake.start, size: 2 });
    const { checking } = share(scenario);
    workers[0]!.answer({ kind: 'analysed', analysis: slow, stopped: false });
    await settled();
    return checking;
  }

  test('is found out by two workers, and is the same', async () => {
    const checking = await judgeSlowly();
    expect(workers.map(({ request }) => request?.task.kind)).toEqual(['complete', 'complete']);
    await work(workers[1]);
    expect([checking.state, checking.analysis]).toEqual(['completing', slow]);
    await work(workers[0]);
    await checking.completed;
    expect([checking.state, checking.analysis]).toEqual(['done', { ...complete, milliseconds: 1000 }]);
  });

  test('fails when one of them does', async () => {
    const checking = await judgeSlowly();
    workers[0]!.die('exit code 7');
    await work(workers[1]);
    await checking.completed;
    expect(checking.state).toBe('failed');
  });
});

describe('an outlook', () => {
  const outlook = { ...judged, isOutlook: true } as const;

  test('is told before the verdict, which takes its place', async () => {
    const { checking } = share(scenario);
    workers[0]!.tell(outlook);
    expect([checking.state, checking.analysis]).toEqual(['judging', outlook]);
    expect(changes).toEqual(['me']);
    await work();
    expect([checking.state, checking.analysis]).toEqual(['completing', judged]);
  });

  test('is not kept for when the scenario comes back', () => {
    const mine = share(scenario);
    workers[0]!.tell(outlook);
    mine.release();
    expect(share(scenario).checking.analysis).toBeUndefined();
  });

  test('is not heard of when nobody wants it any more', () => {
    const { checking, release } = share(scenario);
    const [worker] = workers;
    release();
    worker!.tell(outlook);
    expect([checking.analysis, changes]).toEqual([undefined, []]);
  });
});

describe('equal scenarios', () => {
  test('are checked once, for all who ask', async () => {
    const mine = share(scenario, 'me');
    const yours = share(race(), 'you');
    expect(yours.checking).toBe(mine.checking);
    await work();
    expect(changes).toEqual(['me', 'you']);
  });

  test('are not, under other limits', () => {
    const mine = share(scenario);
    const bounded = service.share(contentOf(scenario, { limits: { states: 5 } }), () => {});
    expect(bounded.checking).not.toBe(mine.checking);
  });

  test('are checked on until the last one loses interest', () => {
    const mine = share(scenario);
    const yours = share(scenario);
    mine.release();
    mine.release();
    expect(workers[0]!.isStopped).toBe(false);
    yours.release();
    expect(workers[0]!.isStopped).toBe(true);
  });

  test('nobody hears of what they have let go', async () => {
    const mine = share(scenario, 'me');
    share(scenario, 'you');
    mine.release();
    await work();
    expect(changes).toEqual(['you']);
  });
});

describe('a scenario that comes back', () => {
  test('is not checked again', async () => {
    const before = share(scenario);
    await work();
    await work();
    before.release();
    const { checking } = share(race());
    expect([checking.state, checking.analysis]).toEqual(['done', complete]);
    expect(workers[0]!.request).toBeUndefined();
  });

  test('has its verdict, when only that was known', async () => {
    const before = share(scenario);
    await work();
    before.release();
    await work();
    const { checking } = share(scenario);
    expect([checking.state, checking.analysis]).toEqual(['completing', judged]);
    await settled();
    expect(workers[0]!.request?.task.kind).toBe('complete');
  });

  test('is checked again when its search was cancelled', async () => {
    const before = share(scenario);
    const cancelled = { ...judged.verdict, verdict: 'unknown', bound: { kind: 'cancelled', limit: 0 } } as const;
    workers[0]!.answer({ kind: 'analysed', analysis: { ...judged, verdict: cancelled }, stopped: true });
    await settled();
    expect(before.checking.state).toBe('stopped');
    before.release();
    expect(share(scenario).checking.state).toBe('judging');
  });

  test('is checked again when the checker had failed', async () => {
    const before = share(scenario);
    workers[0]!.answer({ kind: 'failed', message: 'a bug' });
    await before.checking.completed;
    expect([before.checking.state, before.checking.failure]).toEqual(['failed', 'a bug']);
    before.release();
    expect(share(scenario).checking.state).toBe('judging');
  });
});

test('a lost worker is a failure of the scenario that it was at, not of others', async () => {
  const { checking } = share(scenario);
  const other = share(race('other'));
  workers[0]!.die('exit code 7');
  await checking.completed;
  expect([checking.state, checking.failure]).toEqual(['failed', 'the worker was lost (exit code 7) and is replaced']);
  await work(workers[1]);
  await work(workers[1]);
  expect(other.checking.state).toBe('done');
});

test('the verdict of one scenario comes before the fixes of another', async () => {
  share(scenario);
  share(race('other'));
  await work();
  expect(workers[0]!.request?.task).toMatchObject({ kind: 'judge', scenario: { name: 'other' } });
});

test('a search that is stopped keeps what it found', async () => {
  const { checking } = share(scenario);
  workers[0]!.control.states = 99;
  expect(checking.states).toBe(99);
  checking.stop();
  expect(workers[0]!.isStopped).toBe(true);
});

test('a run is replayed, or the reason told why not', async () => {
  const replay = service.replay(scenario, { kind: 'first' });
  await work();
  expect((await replay).trace.steps.length).toBeGreaterThan(10);
  const failing = service.replay(scenario, { kind: 'first' });
  workers[0]!.answer({ kind: 'failed', message: 'a bug' });
  await expect(failing).rejects.toThrow('a bug');
  const lost = service.replay(scenario, { kind: 'first' });
  workers[0]!.die('exit code 7');
  await expect(lost).rejects.toThrow('lost');
});
