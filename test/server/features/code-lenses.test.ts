import { expect, test } from 'vitest';
import { ScenarioDocument } from '../../../server/documents/scenario-document.ts';
import { codeLenses } from '../../../server/features/code-lenses.ts';
import { replayCommand } from '../../../server/protocol.ts';
import { checkedDocument, documentUri } from '../checked-document.ts';

const race = `scenario "race" {
  kernel 5.8
  file I size 32M
  task app { write I 0..4K fsync I }
  task kswapd { releasepage I 0..4K }
  interleaving { app: write crash }
}
`;

/** Each lens as `line: title`. */
function lenses(document: ScenarioDocument): string[] {
  return codeLenses(document).map(({ range, command }) => `${range.start.line}: ${command?.title}`);
}

test('an unsafe scenario has its replay and how many interleavings lose data; an interleaving its replay', () => {
  expect(lenses(checkedDocument(race))).toEqual([
    '0: ▶ Replay',
    '0: 8,580 interleavings, 858 lose data',
    '5: ▶ Replay',
  ]);
});

test('a safe scenario says that all keep the data', () => {
  const [, summary] = lenses(checkedDocument(race.replace('5.8', '5.9')));
  expect(summary).toBe('0: 8,580 interleavings, all keep fsynced data');
});

test('a bounded search says that there are more', () => {
  const [, summary] = lenses(checkedDocument(race.replace('kernel', 'bound states 20 kernel')));
  expect(summary).toMatch(/^0: at least [\d,]+ interleavings?, the search stopped early$/);
});

test.each([
  ['5.8', 'Loses data; still searching…'],
  ['5.9', 'All interleavings keep fsynced data; counting them…'],
])('while the search goes on, nothing is counted (%s)', (kernel, expected) => {
  const { reading, scenarios } = checkedDocument(race.replace('5.8', kernel));
  const check = { ...scenarios[0]!.check!, analysis: { ...scenarios[0]!.check!.analysis!, isOutlook: true as const } };
  const [, summary] = lenses(new ScenarioDocument(documentUri, 1, race, reading, () => check));
  expect(summary).toBe(`0: ${expected}`);
});

test('a single interleaving is told in the singular', () => {
  const { reading, scenarios } = checkedDocument(race);
  const check = scenarios[0]!.check!;
  const verdict = { ...check.analysis!.verdict, interleavings: { total: '1', losing: '1', exact: true } };
  const single = { ...check, analysis: { ...check.analysis!, verdict } };
  const document = new ScenarioDocument(documentUri, 1, race, reading, () => single);
  expect(lenses(document)[1]).toBe('0: 1 interleaving, 1 loses data');
});

test('replays name what to replay, and the version that they were shown for', () => {
  const replays = codeLenses(checkedDocument(race)).filter(({ command }) => command?.command === replayCommand);
  expect(replays.map(({ command }) => command?.arguments)).toEqual([
    [{ uri: documentUri, version: 1, scenario: 0 }],
    [{ uri: documentUri, version: 1, scenario: 0, schedule: 0 }],
  ]);
});

test('a question has its answer, and its replay when it is reached', () => {
  const asking = race.replace('interleaving', 'reach app.fsync returned\n  reach I 4K..8K in modified\n  interleaving');
  const document = checkedDocument(asking);
  expect(lenses(document)).toEqual([
    '0: ▶ Replay',
    '0: 8,580 interleavings, 858 lose data',
    '7: ▶ Replay',
    '5: ▶ Replay',
    '5: reached by 8,580 of 8,580 interleavings, by the shortest in 29 steps',
    '6: proved: none of the 8,580 interleavings comes to such a state',
  ]);
  const [argument] = codeLenses(document).at(-3)!.command!.arguments!;
  expect(argument).toEqual({ uri: documentUri, version: 1, scenario: 0, question: 0 });
});

test('while the search runs, the summary says so', () => {
  const { reading, scenarios } = checkedDocument(race);
  const judging = { ...scenarios[0]!.check!, state: 'judging', analysis: undefined } as const;
  const document = new ScenarioDocument(documentUri, 2, race, reading, () => judging);
  expect(lenses(document)).toEqual(['0: ▶ Replay', '0: Checking…', '5: ▶ Replay']);
  const failed = new ScenarioDocument(documentUri, 2, race, reading, () => ({ ...judging, state: 'failed' }));
  expect(lenses(failed)[1]).toBe('0: Not checked: the checker failed');
});

test('a scenario with errors has nothing to replay', () => {
  expect(lenses(checkedDocument(race.replace('fsync', 'fsnyc')))).toEqual(['0: Not checked: it has errors']);
});
