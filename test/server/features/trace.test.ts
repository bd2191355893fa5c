import { describe, expect, test } from 'vitest';
import { perform } from '../../../server/check/perform-task.ts';
import { runToTrace, traceResult, traceSubject } from '../../../server/features/trace.ts';
import type { ReplayTarget, TextPosition, TraceResult } from '../../../server/protocol.ts';
import { checkedDocument, documentUri } from '../checked-document.ts';

const text = `scenario "race" {
  kernel 5.8
  file I size 32M
  task app { write I 0..4K fsync I }
  task kswapd { releasepage I 0..4K }
  interleaving "told" { app: write app: fsync until log_inode kswapd: releasepage app: fsync crash }
  interleaving { app: write kswapd: releasepage crash }
  interleaving "impossible" { app: fsync }
}
scenario "safe" { kernel 5.9 file I size 32M task app { write I 0..4K fsync I }
  reach "fast" app.fsync is fast  reach "full" app.fsync is full }
scenario "broken" { fiel }
`;
const document = checkedDocument(text);

function replay(target: ReplayTarget | { position: TextPosition }): TraceResult {
  const subject = traceSubject(document, { uri: documentUri, ...target });
  const run = runToTrace(subject.target, subject.check.analysis);
  const outcome = perform({ kind: 'trace', scenario: subject.scenario, run }, { now: () => 0 });
  if (outcome.kind !== 'traced') throw new Error(`the run was not traced but ${outcome.kind}`);
  return traceResult(subject, outcome.replay);
}

const loss = 'fsync returns success, yet I 0..4K is lost if power fails before transaction 8 commits';

test('of an unsafe scenario the witness is replayed, each step at its operation', () => {
  const { title, trace, places, findings, target, version } = replay({ scenario: 0 });
  expect({ title, target, version }).toEqual({ title: 'race', target: { scenario: 0 }, version: 1 });
  expect(findings).toEqual([loss]);
  expect(places).toHaveLength(trace.steps.length);
  const told = trace.steps.map(({ step }, index) => {
    const { start, end } = document.spanOf(places[index]!);
    return `${step} @ ${text.slice(start, end)}`;
  });
  expect(told[0]).toBe('dirty_pages @ write I 0..4K');
  expect(told).toContain('finish_ordered_io @ fsync I');
  expect(told).toContain('try_release_extent_mapping @ releasepage I 0..4K');
});

test('with a loss comes why, and which steps matter to it', () => {
  for (const target of [{ scenario: 0 }, { scenario: 0, schedule: 0 }]) {
    const { trace, explanation } = replay(target);
    expect(explanation?.relevant).toHaveLength(trace.steps.length);
    const matters = trace.steps.filter((_, i) => explanation?.relevant[i]).map(({ step }) => step);
    expect(matters).toContain('try_release_extent_mapping');
    expect(matters).not.toContain('lock_extent');
  }
  for (const target of [{ scenario: 1 }, { scenario: 0, schedule: 1 }, { scenario: 1, question: 0 }]) {
    expect(replay(target).explanation).toBeUndefined();
  }
});

test('of a safe scenario some complete interleaving is replayed', () => {
  const { trace, findings } = replay({ scenario: 1 });
  expect(findings).toEqual([]);
  expect(trace.steps.at(-1)?.step).toBe('return');
});

test('an explicit interleaving is replayed as far as it goes', () => {
  expect(replay({ scenario: 0, schedule: 0 })).toMatchObject({ title: 'told', findings: [loss] });
  expect(replay({ scenario: 0, schedule: 1 })).toMatchObject({ title: 'race', findings: [] });
  const impossible = replay({ scenario: 0, schedule: 2 });
  expect(impossible.trace.steps).toEqual([]);
  expect(impossible.findings).toEqual(['the next operation of app is write, not fsync']);
});

test('of a question the way to its state is replayed', () => {
  const { title, trace, findings } = replay({ scenario: 1, question: 0 });
  expect({ title, findings }).toEqual({ title: 'fast', findings: [] });
  expect(trace.steps.at(-1)).toMatchObject({
    step: 'log_inode',
    changes: ['the full-sync flag is clear: a fast fsync'],
  });
});

test('a place means the interleaving there, or else the scenario', () => {
  expect(replay({ position: { line: 3, character: 5 } }).target).toEqual({ scenario: 0 });
  expect(replay({ position: { line: 6, character: 5 } }).target).toEqual({ scenario: 0, schedule: 1 });
  expect(replay({ position: { line: 9, character: 5 } }).target).toEqual({ scenario: 1 });
  expect(replay({ position: { line: 10, character: 12 } }).target).toEqual({ scenario: 1, question: 0 });
});

describe('what cannot be replayed is refused', () => {
  test.each([
    ['an older version', { version: 0, scenario: 0 }, /changed/],
    ['no scenario there', { scenario: 3 }, /no scenario/],
    ['a place outside', { position: { line: 12, character: 0 } }, /no scenario/],
    ['no such interleaving', { scenario: 0, schedule: 9 }, /no such interleaving/],
    ['no such question', { scenario: 1, question: 2 }, /no such question/],
    ['a scenario with errors', { scenario: 2 }, /has errors/],
  ])('%s', (_, params, message) => {
    expect(() => traceSubject(document, { uri: documentUri, ...params })).toThrow(message);
  });

  test('a question that no interleaving answers', () => {
    expect(() => replay({ scenario: 1, question: 1 })).toThrow(/no interleaving/);
  });
});
