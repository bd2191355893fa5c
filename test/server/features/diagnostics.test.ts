import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver';
import { diagnostics, verdictDiagnostics } from '../../../server/features/diagnostics.ts';
import { LineIndex } from '../../../server/language/index.ts';
import { checkedDocument } from '../checked-document.ts';
import { annotate, expectedDiagnostics, summary } from '../language/annotations.ts';

const folder = fileURLToPath(new URL('../../fixtures/server/diagnostics/', import.meta.url));
const page = 'file:///docs/diagnostics.md';

function everyDiagnostic(text: string) {
  const document = checkedDocument(text);
  return [...document.reading.diagnostics, ...document.scenarios.flatMap(verdictDiagnostics)];
}

describe.each(readdirSync(folder))('%s', (file) => {
  test('has the diagnostics that it says', () => {
    let text = readFileSync(folder + file, 'utf8');
    if (process.env['UPDATE_FIXTURES']) {
      text = annotate(text, everyDiagnostic);
      writeFileSync(folder + file, text);
    }
    const lines = new LineIndex(text);
    const found = everyDiagnostic(text).map((diagnostic) => summary(diagnostic, lines));
    expect(found.sort()).toEqual(expectedDiagnostics(text).sort());
  });
});

describe('as the client gets them', () => {
  const text = readFileSync(`${folder}lost-extent.fsrace`, 'utf8');
  const sent = diagnostics(checkedDocument(text), page);

  test('the loss is an error with a code that links to its documentation', () => {
    const [loss] = sent;
    expect(loss).toMatchObject({
      source: 'fsrace',
      code: 'lost-extent',
      codeDescription: { href: 'file:///docs/diagnostics.md#lost-extent' },
      severity: DiagnosticSeverity.Error,
    });
  });

  test('its message goes on with why it comes about', () => {
    const [headline, ...why] = String(sent[0]?.message).split('\n');
    expect(headline).toBe('fsync returns success, yet I 0..4K is lost if power fails before transaction 8 commits');
    expect(why[0]).toMatch(/^kswapd's releasepage dropped the extent map of I 0\.\.4K .* \(step \d+\)\.$/);
    expect(why.at(-1)).toMatch(/^With releasepage\.modified-list on, try_release_extent_mapping \(step \d+\) /);
  });

  test('its related places are the steps of the witness, numbered, each at its operation', () => {
    const steps = sent[0]?.relatedInformation ?? [];
    const lines = text.split(/\r?\n/);
    const shown = steps.map(({ message, location: { range } }) => {
      expect(range.start.line).toBe(range.end.line);
      return `${message} @ ${lines[range.start.line]?.slice(range.start.character, range.end.character)}`;
    });
    expect(shown[0]).toBe('1. app: write I 0..4K, dirty_pages — pages I 0..4K dirty (app: write) @ write I 0..4K');
    expect(shown.map((step) => Number.parseInt(step, 10))).toEqual(shown.map((_, index) => index + 1));
    const completions = shown.filter((step) => step.includes('. endio I 0..4K, '));
    expect(completions.length).toBeGreaterThan(5);
    for (const step of completions) expect(step).toMatch(/ @ fsync I$/);
    expect(shown.find((step) => step.includes('try_release_extent_mapping'))).toMatch(
      /^\d+\. kswapd: releasepage I 0\.\.4K, .*extent map I 0\.\.4K dropped.* @ releasepage I 0\.\.4K$/,
    );
    expect(shown.at(-1)).toMatch(/^\d+\. app: fsync I, return.* @ fsync I$/);
  });

  test('of steps that do not matter to the loss its related places say so', () => {
    const steps = (sent[0]?.relatedInformation ?? []).map(({ message }) => message);
    const matter = steps.filter((step) => !step.endsWith(' (does not matter)'));
    expect(matter.length).toBeLessThan(steps.length / 2);
    expect(steps.find((step) => step.includes(', add_pending_csums'))).toMatch(/ \(does not matter\)$/);
    const named = [...String(sent[0]?.message).matchAll(/\(step (\d+)\)/g)].map(([, number]) => `${number}.`);
    expect(named.length).toBeGreaterThan(3);
    for (const number of named) expect(matter.some((step) => step.startsWith(number))).toBe(true);
  });

  test('in a file with very many losses only the first ones come with their steps', () => {
    const many = Array.from({ length: 200 }, (_, i) => text.replace(/scenario ".*"/, `scenario "${i}"`)).join('\n');
    const losses = diagnostics(checkedDocument(many), page);
    const withSteps = losses.findIndex(({ relatedInformation }) => relatedInformation === undefined);
    expect(losses).toHaveLength(400);
    expect(withSteps).toBeGreaterThan(100);
    expect(losses.slice(withSteps).some(({ relatedInformation }) => relatedInformation !== undefined)).toBe(false);
  });

  test('what does nothing is a hint, shown as unnecessary', () => {
    const small = readFileSync(`${folder}no-effect.fsrace`, 'utf8');
    const [hint] = diagnostics(checkedDocument(small), page);
    expect(hint).toMatchObject({ severity: DiagnosticSeverity.Hint, tags: [DiagnosticTag.Unnecessary] });
  });

  test('places are counted in UTF-16 code units', () => {
    const wide = text.replace('task app', '/* 𝔹𝕋ℝ 😀 */ task app');
    const [loss] = diagnostics(checkedDocument(wide), page);
    const line = wide.split('\n')[loss!.range.start.line]!;
    expect(line.slice(loss!.range.start.character, loss!.range.end.character)).toBe('fsync I');
  });

  test('a scenario that is being checked, or that could not be, has no verdict', () => {
    const document = checkedDocument(text);
    const [{ lowered, check }] = document.scenarios as [(typeof document.scenarios)[0]];
    expect(verdictDiagnostics({ lowered, check: { ...check!, state: 'judging', analysis: undefined } })).toEqual([]);
    const failed = { ...check!, state: 'failed', analysis: undefined, failure: 'out of luck' } as const;
    expect(verdictDiagnostics({ lowered, check: failed })).toMatchObject([
      {
        code: 'internal-error',
        severity: 'error',
        span: lowered.sources.name,
        message: 'the checker failed on this scenario: out of luck',
      },
    ]);
  });
});
