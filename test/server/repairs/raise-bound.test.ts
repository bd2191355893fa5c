import { expect, test } from 'vitest';
import { readScenarios } from '../../../server/read-scenarios.ts';
import { raiseBound } from '../../../server/repairs/raise-bound.ts';

const text = 'scenario "s" {\n  file I size 32M\n  task a { write I 0..4K }\n}\n';
const [lowered] = readScenarios(text).scenarios;

test.each(['states', 'steps'] as const)('a bound of %s that was hit can be raised in the text', (kind) => {
  const fix = raiseBound(text, lowered!, { kind, limit: 5000 });
  expect(fix?.title).toBe(`Raise the bound to 50,000 ${kind}`);
  expect(fix?.edits[0]?.newText).toContain(`bound ${kind} 50000`);
});

test.each([
  { kind: 'memory', limit: 2 ** 20 },
  { kind: 'time', limit: 1000 },
  { kind: 'cancelled', limit: 0 },
  { kind: 'states', limit: Number.MAX_SAFE_INTEGER },
] as const)('but not $kind of $limit', (bound) => {
  expect(raiseBound(text, lowered!, bound)).toBeUndefined();
});
