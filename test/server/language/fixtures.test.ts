import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { LineIndex, readScenarioFile, type TextFix } from '../../../server/language/index.ts';
import { annotate, expectedDiagnostics, summary } from './annotations.ts';
import { stepNames } from './step-names.ts';

const folder = fileURLToPath(new URL('../../fixtures/language/', import.meta.url));
const files = readdirSync(folder).filter((file) => file.endsWith('.fsrace'));
const read = (text: string) => readScenarioFile(text, { stepNames });

function applied(text: string, fix: TextFix): string {
  return [...fix.edits]
    .sort((left, right) => right.span.start - left.span.start)
    .reduce((result, { span, newText }) => result.slice(0, span.start) + newText + result.slice(span.end), text);
}

describe.each(files)('%s', (file) => {
  let text = readFileSync(folder + file, 'utf8');
  if (process.env['UPDATE_FIXTURES']) {
    text = annotate(text, (bare) => read(bare).diagnostics);
    writeFileSync(folder + file, text);
  }
  const { diagnostics } = read(text);
  const lines = new LineIndex(text);

  test('has the diagnostics that it says', () => {
    const found = diagnostics.map((diagnostic) => summary(diagnostic, lines));
    expect(found.sort()).toEqual(expectedDiagnostics(text).sort());
  });

  test('each fix repairs what it belongs to', () => {
    for (const diagnostic of diagnostics) {
      for (const fix of diagnostic.fixes ?? []) {
        const left = read(applied(text, fix)).diagnostics;
        const same = left.filter(
          ({ message, span }) => message === diagnostic.message && span.start === diagnostic.span.start,
        );
        expect(same, fix.title).toEqual([]);
        expect(left.length, fix.title).toBeLessThan(diagnostics.length + 1);
      }
    }
  });
});
