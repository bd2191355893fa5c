import { expect, test } from 'vitest';
import type { ScenarioCheck } from '../../../server/documents/scenario-document.ts';
import { ScenarioDocument } from '../../../server/documents/scenario-document.ts';
import { documentStatus } from '../../../server/features/status.ts';
import { checkedDocument, documentUri } from '../checked-document.ts';

const scenario = (name: string, kernel: string, more = '') =>
  `scenario "${name}" { kernel ${kernel} file I size 32M task app { write I 0..4K fsync I } task k { releasepage I } ${more}}\n`;

const text = [
  scenario('unsafe', '5.8'),
  scenario('unsafe as expected', '5.8', 'expect lost I 0..4K '),
  scenario('safe', '5.9'),
  scenario('unknown', '5.9', 'bound states 5 '),
  scenario('broken', '5.9', 'guard nope on '),
].join('');

test('every scenario counts once', () => {
  const status = documentStatus(checkedDocument(text));
  expect(status).toMatchObject({ uri: documentUri, version: 1, checking: 0, safe: 1, unsafe: 2, unknown: 1, error: 1 });
  expect(status).toMatchObject({ unmet: 1, problems: 1, milliseconds: 0 });
  expect(status.states).toBeGreaterThan(100);
});

test('a scenario without a verdict is being checked, or an error', () => {
  const { reading, scenarios } = checkedDocument(text);
  const states: Partial<Record<string, ScenarioCheck['state']>> = { unsafe: 'judging', safe: 'failed' };
  const document = new ScenarioDocument(documentUri, 2, text, reading, ({ name }) => {
    const known = scenarios.find(({ lowered }) => lowered.name === name)?.check;
    const state = states[name];
    return known && state ? { ...known, state, analysis: undefined } : known;
  });
  expect(documentStatus(document)).toMatchObject({ checking: 1, safe: 0, unsafe: 1, unknown: 1, error: 2 });
});
