import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WorkerPool } from '../../../server/check/worker-pool.ts';
import type { WorkerOutcome, WorkerTask } from '../../../server/check/worker-protocol.ts';
import { type FakeWorker, fakeWorkers } from './fake-workers.ts';
import { analysisOf, race } from './scenarios.ts';

const scenario = race();
const analysed: WorkerOutcome = { kind: 'analysed', analysis: analysisOf(scenario), stopped: false };
const cutShort: WorkerOutcome = { ...analysed, stopped: true };
const task = (name: string): WorkerTask => ({ kind: 'judge', scenario: { ...scenario, name }, settings: {} });
const patience = { afterStop: 250, atWork: 1000 };

let workers: FakeWorker[];
let pool: WorkerPool;

function startPool(size: number): void {
  const fake = fakeWorkers();
  workers = fake.workers;
  pool = new WorkerPool({ start: fake.start, size, patience });
}

/** What each worker is at. */
const atWork = () => workers.map(({ scenario: name, isTerminated }) => (isTerminated ? 'ended' : name));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  pool.dispose();
  vi.useRealTimers();
});

describe('workers', () => {
  test('start when there is work for them, up to the size of the pool', () => {
    startPool(2);
    expect(workers).toEqual([]);
    for (const name of ['a', 'b', 'c']) pool.run(task(name), 'now');
    expect(atWork()).toEqual(['a', 'b']);
  });

  test('are used again before another one starts', async () => {
    startPool(2);
    const first = pool.run(task('a'), 'now');
    workers[0]!.answer(analysed);
    expect(await first.outcome).toEqual(analysed);
    pool.run(task('b'), 'now');
    expect(atWork()).toEqual(['b']);
  });

  test('can start before there is work', () => {
    startPool(2);
    pool.warmUp();
    pool.warmUp();
    expect(workers).toHaveLength(1);
    pool.run(task('a'), 'now');
    expect(atWork()).toEqual(['a']);
  });
});

describe('urgent jobs', () => {
  test('overtake others in the queue, but not each other', () => {
    startPool(1);
    pool.run(task('at work'), 'now');
    pool.run(task('later'), 'later');
    for (const name of ['first', 'second']) pool.run(task(name), 'now');
    const order: (string | undefined)[] = [];
    for (let i = 0; i < 4; i++) {
      order.push(workers[0]!.scenario);
      workers[0]!.answer(analysed);
    }
    expect(order).toEqual(['at work', 'first', 'second', 'later']);
  });

  test('interrupt one that can wait, which is begun again', async () => {
    startPool(1);
    const waiting = pool.run(task('later'), 'later');
    pool.run(task('now'), 'now');
    expect(workers[0]!.isStopped).toBe(true);
    workers[0]!.answer(cutShort);
    expect(atWork()).toEqual(['now']);
    workers[0]!.answer(analysed);
    expect(atWork()).toEqual(['later']);
    expect(workers[0]!.isStopped).toBe(false);
    workers[0]!.answer(analysed);
    expect(await waiting.outcome).toEqual(analysed);
  });

  test('an interrupted job that was done all the same is not begun again', async () => {
    startPool(1);
    const waiting = pool.run(task('later'), 'later');
    pool.run(task('now'), 'now');
    workers[0]!.answer(analysed);
    expect(await waiting.outcome).toEqual(analysed);
    expect(atWork()).toEqual(['now']);
  });

  test('wait for a worker that is about to be free, instead of starting a cold one', () => {
    startPool(2);
    const old = pool.run(task('old'), 'now');
    old.abandon();
    pool.run(task('new'), 'now');
    expect(workers).toHaveLength(1);
    workers[0]!.answer(cutShort);
    expect(atWork()).toEqual(['new']);
  });

  test('do not interrupt each other', () => {
    startPool(1);
    pool.run(task('a'), 'now');
    pool.run(task('b'), 'now');
    expect(workers[0]!.isStopped).toBe(false);
  });
});

describe('a job', () => {
  test('that is stopped tells what was found by then', async () => {
    startPool(1);
    const job = pool.run(task('a'), 'now');
    job.stop();
    expect(workers[0]!.isStopped).toBe(true);
    workers[0]!.answer(cutShort);
    expect(await job.outcome).toEqual(cutShort);
  });

  test('that is stopped in the queue is stopped as soon as it begins', () => {
    startPool(1);
    pool.run(task('a'), 'now');
    const job = pool.run(task('b'), 'now');
    job.stop();
    workers[0]!.answer(analysed);
    expect(atWork()).toEqual(['b']);
    expect(workers[0]!.isStopped).toBe(true);
  });

  test('that is abandoned in the queue never begins', async () => {
    startPool(1);
    pool.run(task('a'), 'now');
    const job = pool.run(task('b'), 'now');
    job.abandon();
    expect(await job.outcome).toEqual({ kind: 'abandoned' });
    workers[0]!.answer(analysed);
    expect(atWork()).toEqual([undefined]);
  });

  test('knows how far its search is', () => {
    startPool(1);
    const job = pool.run(task('a'), 'now');
    expect(job.states).toBe(0);
    workers[0]!.control.states = 12_345;
    expect(job.states).toBe(12_345);
    expect(job.estimate).toBeUndefined();
    workers[0]!.control.estimate = 3_456_789;
    expect(job.estimate).toBe(3_457_000);
    workers[0]!.control.estimate = 1e15;
    expect(job.estimate).toBeGreaterThan(2e12);
    workers[0]!.control.estimate = undefined;
    expect(job.estimate).toBeUndefined();
  });

  test('that fails in the engine fails alone', async () => {
    startPool(1);
    const job = pool.run(task('a'), 'now');
    workers[0]!.answer({ kind: 'failed', message: 'a bug' });
    expect(await job.outcome).toEqual({ kind: 'failed', message: 'a bug' });
    pool.run(task('b'), 'now');
    expect(atWork()).toEqual(['b']);
  });
});

describe('a worker that', () => {
  test('dies is replaced, and its job is lost', async () => {
    startPool(1);
    const job = pool.run(task('a'), 'now');
    pool.run(task('b'), 'now');
    workers[0]!.die('out of memory');
    expect(await job.outcome).toEqual({ kind: 'lost', reason: 'out of memory' });
    expect(workers[1]?.scenario).toBe('b');
  });

  test('dies while it is idle is replaced when it is needed', () => {
    startPool(1);
    pool.warmUp();
    workers[0]!.die('who knows');
    pool.run(task('a'), 'now');
    expect(workers[1]?.scenario).toBe('a');
  });

  test('dies over an interrupted job does not lose it', async () => {
    startPool(1);
    const job = pool.run(task('later'), 'later');
    pool.run(task('now'), 'now');
    workers[0]!.die('out of memory');
    workers[1]!.answer(analysed);
    expect(workers[1]!.scenario).toBe('later');
    workers[1]!.answer(analysed);
    expect(await job.outcome).toEqual(analysed);
  });

  test('does not stop when told to is ended', () => {
    startPool(1);
    pool.run(task('a'), 'now').abandon();
    pool.run(task('b'), 'now');
    vi.advanceTimersByTime(patience.afterStop - 1);
    expect(atWork()).toEqual(['a']);
    vi.advanceTimersByTime(1);
    expect(atWork()).toEqual(['ended', 'b']);
  });

  test('hangs is ended, and its job is lost', async () => {
    startPool(1);
    const job = pool.run(task('a'), 'now');
    vi.advanceTimersByTime(patience.atWork);
    expect(atWork()).toEqual(['ended']);
    expect(await job.outcome).toEqual({ kind: 'lost', reason: 'it showed no sign of life for 1 s' });
  });

  test('searches for long is left alone as long as it polls', () => {
    startPool(1);
    pool.run(task('a'), 'now');
    for (let i = 0; i < 5; i++) {
      workers[0]!.control.isStopped(-1);
      vi.advanceTimersByTime(patience.atWork);
    }
    expect(atWork()).toEqual(['a']);
    vi.advanceTimersByTime(patience.atWork);
    expect(atWork()).toEqual(['ended']);
  });

  test('is idle is not watched', () => {
    startPool(1);
    pool.run(task('a'), 'now');
    workers[0]!.answer(analysed);
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('an end of the pool ends its workers and abandons their jobs', async () => {
  startPool(1);
  const jobs = [pool.run(task('a'), 'now'), pool.run(task('b'), 'later')];
  pool.dispose();
  expect(atWork()).toEqual(['ended']);
  expect(await Promise.all(jobs.map(({ outcome }) => outcome))).toEqual([{ kind: 'abandoned' }, { kind: 'abandoned' }]);
});
