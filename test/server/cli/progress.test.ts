import { expect, test } from 'vitest';
import { describeProgress } from '../../../server/cli/check/progress.ts';
import { progressOf } from '../../../server/cli/check/run.ts';
import { analysisOf, race } from '../check/scenarios.ts';

const analysis = analysisOf(race());
const known = analysis.verdict.states;
const judging = { state: 'judging', analysis: undefined, states: 20_000, estimate: 290_000 } as const;
const done = { state: 'done', analysis, states: 0, estimate: undefined } as const;

test.each([
  ['a search', [judging], '0 of 1 scenario, 20,000 states, about 300,000 in all, 10,000 states/s'],
  // What is certain early says how many states there were then.
  [
    'a search with an outlook',
    [{ ...judging, analysis: { ...analysis, isOutlook: true } }],
    '0 of 1 scenario, 20,000 states',
  ],
  [
    'one that cannot tell yet',
    [{ ...judging, estimate: undefined }],
    '0 of 1 scenario, 20,000 states, 10,000 states/s',
  ],
  [
    'one after another',
    [done, judging],
    `1 of 2 scenarios, ${(20_000 + known).toLocaleString('en')} states, about 300,000 in all`,
  ],
  [
    'one that waits',
    [judging, { ...judging, states: 0, estimate: undefined }],
    '0 of 2 scenarios, 20,000 states, 10,000',
  ],
  [
    'one that looks for fixes',
    [{ ...done, state: 'completing', states: 5, estimate: 1e6 }],
    `0 of 1 scenario, ${known} states, `,
  ],
] as const)('%s', (_, checkings, text) => {
  expect(describeProgress(checkings.length, progressOf(checkings), 2)).toContain(text);
});
