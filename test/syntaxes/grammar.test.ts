import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  boundWords,
  conditionWords,
  expectationWords,
  failureWords,
  fileAttributes,
  memberWords,
  mountOptions,
  operationWords,
} from '../../server/language/index.ts';

const grammar = readFileSync(new URL('../../syntaxes/fsrace.tmLanguage.json', import.meta.url), 'utf8');

/** Words that a grammar rule lists, as in `(write|read)`; escapes in the JSON text are left as they are. */
const listed = new Set(grammar.match(/[\w-]+(?=[|)])|(?<=[(|:])[\w-]+/g));

describe('the grammar colours every word of the language', () => {
  test.each([
    ...memberWords,
    ...operationWords,
    ...fileAttributes,
    ...mountOptions,
    ...expectationWords,
    ...boundWords,
    ...failureWords,
    ...Object.values(conditionWords).flat(),
    ...['scenario', 'on', 'off', 'before', 'until', 'crash', 'endio', 'all', 'page', 'to', 'keep-size'],
  ])('%s', (word) => {
    expect(listed.has(word) || grammar.includes(`])${word}(?!`)).toBe(true);
  });
});
