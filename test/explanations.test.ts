import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { check, explainViolation, type Scenario, sentenceText, type Violation } from '../engine/index.ts';
import { describeViolation } from '../server/check/wording.ts';
import { shippedScenarios } from './shipped-scenarios.ts';

const fixture = new URL('fixtures/explanations.txt', import.meta.url);

/** A violation with its explanation, as the fixture has it: the steps that matter as far as no sentence names them. */
function explained(scenario: Scenario, violation: Violation): string[] {
  const { sentences, relevant } = explainViolation(scenario, violation);
  const named = new Set(sentences.flatMap((parts) => parts.map(({ step }) => step)));
  const others = violation.witness.flatMap(({ step }, i) =>
    relevant[i] && !named.has(i) ? `${step} (step ${i + 1})` : [],
  );
  return [
    describeViolation(scenario, violation),
    ...sentences.map((sentence) => `  - ${sentenceText(sentence)}`),
    `  also matter: ${others.join(', ')}`,
  ];
}

test('the losses of the catalogue are explained as they should be (UPDATE_FIXTURES=1 writes them)', () => {
  const blocks = shippedScenarios.flatMap(({ file, name, scenario }) => {
    if (!file.startsWith('catalogue/')) return [];
    const losses = check(scenario).violations.map((violation) => explained(scenario, violation));
    return losses.length === 0 ? [] : [[`${file}, ${name}`, '', ...losses.flat()].join('\n')];
  });
  const text = `${blocks.join('\n\n\n')}\n`;
  if (process.env['UPDATE_FIXTURES']) writeFileSync(fixture, text);
  else expect(text).toBe(readFileSync(fixture, 'utf8'));
});
