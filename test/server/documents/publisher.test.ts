import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PublishDiagnosticsParams } from 'vscode-languageserver';
import { Publisher } from '../../../server/documents/publisher.ts';
import { type ScenarioCheck, ScenarioDocument } from '../../../server/documents/scenario-document.ts';
import type { StatusParams } from '../../../server/protocol.ts';
import { checkedDocument, documentUri } from '../checked-document.ts';

const text = ['a', 'b']
  .map(
    (name) =>
      `scenario "${name}" { kernel 5.8 file I size 32M task t { write I 0..4K fsync I } task k { releasepage I } }`,
  )
  .join('\n');
const checked = checkedDocument(text);
const done = checked.scenarios[0]!.check!;
const judging: ScenarioCheck = { ...done, state: 'judging', analysis: undefined };

let time: number;
let cost: number;
let sent: PublishDiagnosticsParams[];
let statuses: StatusParams[];
let refreshes: number;
let publisher: Publisher;

beforeEach(() => {
  vi.useFakeTimers();
  [time, cost, sent, statuses, refreshes] = [0, 0, [], [], 0];
  publisher = new Publisher({
    connection: {
      sendDiagnostics: async (params) => {
        sent.push(params);
        time += cost;
      },
      sendNotification: async (_: unknown, params?: unknown) => void statuses.push(params as StatusParams),
    },
    page: 'page',
    onVerdicts: () => refreshes++,
    now: () => time,
  });
});
afterEach(() => void vi.useRealTimers());

/** The document in some version, with the checks of its scenarios. */
function document(version: number, ...checks: ScenarioCheck[]): ScenarioDocument {
  const { reading } = checked;
  return new ScenarioDocument(
    documentUri,
    version,
    text,
    reading,
    (lowered) => checks[reading.scenarios.indexOf(lowered)],
  );
}

const published = () => sent.map(({ version, diagnostics }) => `${version}: ${diagnostics.length}`);

test('a change of the text is published at once, and so is each verdict', () => {
  publisher.publish(document(1, judging, judging), 'text');
  publisher.publish(document(1, done, judging), 'checks');
  publisher.publish(document(1, done, done), 'checks');
  expect(published()).toEqual(['1: 0', '1: 1', '1: 2']);
  expect(statuses.map(({ checking }) => checking)).toEqual([2, 1, 0]);
  expect(refreshes).toBe(2);
});

test('what changes nothing that is shown is not published', () => {
  publisher.publish(document(1, { ...done, state: 'completing' }, judging), 'checks');
  publisher.publish(document(1, done, judging), 'checks');
  expect(published()).toEqual(['1: 1']);
  expect(statuses).toHaveLength(1);
});

test('verdicts wait for each other when publishing is dear, but the last one does not wait', () => {
  cost = 10;
  publisher.publish(document(1, judging, judging), 'text');
  publisher.publish(document(1, done, judging), 'checks');
  expect(published()).toEqual(['1: 0']);
  vi.advanceTimersByTime(89);
  expect(published()).toEqual(['1: 0']);
  vi.advanceTimersByTime(1);
  expect(published()).toEqual(['1: 0', '1: 1']);
  publisher.publish(document(1, done, done), 'checks');
  expect(published()).toEqual(['1: 0', '1: 1', '1: 2']);
});

test('a verdict that waits is dropped when the text changes', () => {
  cost = 10;
  publisher.publish(document(1, judging, judging), 'text');
  publisher.publish(document(1, done, judging), 'checks');
  publisher.publish(document(2, judging, judging), 'text');
  vi.runAllTimers();
  expect(published()).toEqual(['1: 0', '2: 0']);
});

test('what was published is taken back when the document is closed', () => {
  cost = 10;
  publisher.publish(document(1, done, judging), 'text');
  publisher.publish(document(1, done, done), 'checks');
  publisher.withdraw(documentUri);
  vi.runAllTimers();
  expect(sent.at(-1)).toEqual({ uri: documentUri, diagnostics: [] });
  expect(vi.getTimerCount()).toBe(0);
});
