import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  expectationWords,
  fileAttributes,
  memberWords,
  mountOptions,
  operationWords,
  readScenarioFile,
} from '../../../server/language/index.ts';

const place = new URL('../../../docs/language.md', import.meta.url);
const reference = readFileSync(place, 'utf8');

describe('the language reference', () => {
  test.each([...memberWords, ...operationWords, ...fileAttributes, ...mountOptions, ...expectationWords])(
    'mentions %s',
    (word) => {
      expect(reference).toMatch(new RegExp(`\`(?:[^\`]* )?${word}[ \`]`));
    },
  );

  test('every example is free of errors', () => {
    const examples = [...reference.matchAll(/```fsrace\n([\s\S]*?)```/g)].map(([, example]) => example!);
    expect(examples.length).toBeGreaterThan(1);
    for (const example of examples) {
      const { diagnostics, scenarios } = readScenarioFile(example);
      expect(diagnostics).toEqual([]);
      expect(scenarios.map(({ scenario }) => scenario === undefined)).not.toContain(true);
    }
  });
});
