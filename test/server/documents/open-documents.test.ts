import { beforeEach, expect, test } from 'vitest';
import { CheckingService } from '../../../server/check/checking-service.ts';
import { perform } from '../../../server/check/perform-task.ts';
import type { WorkerTask } from '../../../server/check/worker-protocol.ts';
import { OpenDocuments } from '../../../server/documents/open-documents.ts';
import { type FakeWorker, fakeWorkers } from '../check/fake-workers.ts';

const uri = 'file:///a.fsrace';
const scenario = (name: string, end: number, guards = '') =>
  `scenario "${name}" { kernel 5.8 ${guards} file I size 32M task app { write I 0..${end}K fsync I } task k { releasepage I } }\n`;
const text = scenario('first', 4) + scenario('second', 8) + scenario('third', 12);

let workers: FakeWorker[];
let documents: OpenDocuments;
let version: number;

beforeEach(() => {
  const fake = fakeWorkers();
  workers = fake.workers;
  documents = new OpenDocuments(new CheckingService({ start: fake.start, size: 1 }), () => {});
  version = 0;
});

/** Shows a text, lets the workers do all that it calls for, and returns what that was. */
async function show(shown: string, document = uri): Promise<string[]> {
  documents.update(document, ++version, shown, {});
  const jobs: WorkerTask[] = [];
  for (let worker = busy(); worker !== undefined; worker = busy()) {
    const { task } = worker.request!;
    jobs.push(task);
    worker.answer(perform(task, { now: () => 0 }));
    for (let i = 0; i < 10; i++) await Promise.resolve();
  }
  return jobs.map(({ kind, scenario: { name } }) => `${kind} ${name}`);
}

function busy(): FakeWorker | undefined {
  return workers.find(({ request }) => request !== undefined);
}

function verdicts(document = uri) {
  return documents.get(document)?.scenarios.map(({ check }) => [check?.state, check?.analysis?.verdict.verdict]);
}

test('each scenario is judged, then completed', async () => {
  const jobs = await show(text);
  expect(jobs.sort()).toEqual(
    ['complete', 'judge'].flatMap((kind) => ['first', 'second', 'third'].map((name) => `${kind} ${name}`)),
  );
});

test('an edit in one of three scenarios checks that one alone', async () => {
  await show(text);
  const edited = text.replace('0..8K', '0..16K');
  expect(await show(edited)).toEqual(['judge second', 'complete second']);
  expect(verdicts()).toEqual(Array(3).fill(['done', 'unsafe']));
});

test('an edit that makes another scenario of it is never answered from before', async () => {
  await show(text);
  expect(await show(text.replace('kernel 5.8', 'kernel 5.9'))).toEqual(['judge first', 'complete first']);
  expect(verdicts()?.[0]).toEqual(['done', 'safe']);
  const [on, off] = ['on', 'off'].map((state) => scenario('one', 4, `guard releasepage.modified-list ${state}`));
  await show(on!);
  expect(verdicts()).toEqual([['done', 'safe']]);
  await show(off!);
  expect(verdicts()).toEqual([['done', 'unsafe']]);
});

test.each([
  ['a comment', `// why\n${text}`],
  ['another layout', text.replaceAll('{', '{\n\n')],
  ['another order of the scenarios', scenario('third', 12) + scenario('first', 4) + scenario('second', 8)],
])('%s checks nothing', async (_, edited) => {
  await show(text);
  expect(await show(edited)).toEqual([]);
  expect(verdicts()).toEqual(Array(3).fill(['done', 'unsafe']));
});

test('the same guards in another order check nothing', async () => {
  const [list, flag] = ['guard releasepage.modified-list off', 'guard releasepage.full-sync-flag on'];
  await show(scenario('one', 4, `${list} ${flag}`));
  expect(await show(scenario('one', 4, `${flag} ${list}`))).toEqual([]);
});

test('undo, redo, closing and opening again, and another file with the same scenarios check nothing', async () => {
  const edited = text.replace('0..8K', '0..16K');
  await show(text);
  await show(edited);
  expect(await show(text)).toEqual([]);
  expect(await show(edited)).toEqual([]);
  documents.close(uri);
  expect(await show(text)).toEqual([]);
  expect(await show(text, 'file:///b.fsrace')).toEqual([]);
  expect(verdicts('file:///b.fsrace')).toEqual(Array(3).fill(['done', 'unsafe']));
});

test('what was shown long ago is forgotten, and checked again', async () => {
  const fake = fakeWorkers();
  workers = fake.workers;
  documents = new OpenDocuments(new CheckingService({ start: fake.start, size: 1, keptResults: 2 }), () => {});
  await show(scenario('first', 4));
  await show(scenario('second', 4));
  await show(scenario('first', 4));
  await show(scenario('third', 4));
  await show('');
  // Kept are the last two that were let go: the first, which was shown again, and the third.
  expect(await show(scenario('first', 4) + scenario('third', 4))).toEqual([]);
  expect(await show(scenario('second', 4))).toEqual(['judge second', 'complete second']);
});
