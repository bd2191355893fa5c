import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memberWords, operationWords, readScenarioFile } from '../../../server/language/index.ts';
import { stepNames } from './step-names.ts';

const folder = fileURLToPath(new URL('../../fixtures/language/', import.meta.url));
const fixtures = readdirSync(folder).map((file) => readFileSync(folder + file, 'utf8'));

/** Reads a text and checks what must hold of every text: no exception, and every span inside the text and ordered. */
function readSafely(text: string) {
  const reading = readScenarioFile(text, { stepNames });
  const check = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('start' in value && 'end' in value && typeof value.start === 'number' && typeof value.end === 'number') {
      if (value.start < 0 || value.end > text.length || value.start > value.end) {
        throw new Error(`span ${value.start}..${value.end} in a text of ${text.length}`);
      }
    }
    for (const item of Object.values(value)) check(item);
  };
  check(reading.tree.scenarios);
  check(reading.tree.comments);
  check(reading.diagnostics);
  for (const { sources } of reading.scenarios) check(sources);

  const starts = reading.diagnostics.map(({ span }) => span.start);
  expect(starts).toEqual([...starts].sort((left, right) => left - right));
  for (const { members, span } of reading.tree.scenarios) {
    let last = span.start;
    for (const member of members) {
      expect(member.span.start).toBeGreaterThanOrEqual(last);
      expect(member.span.end).toBeLessThanOrEqual(span.end);
      last = member.span.end;
    }
  }
  for (const { node, scenario } of reading.scenarios) {
    const erroneous = reading.diagnostics.some(
      ({ severity, code, span }) =>
        severity === 'error' && code === 'syntax' && span.start >= node.span.start && span.end <= node.span.end,
    );
    if (erroneous) expect(scenario).toBeUndefined();
  }
  return reading;
}

const words = [
  'scenario "s" {',
  ...memberWords,
  ...operationWords,
  ...[
    'on',
    'before',
    'until',
    'crash',
    'size',
    'data',
    'all',
    'page',
    'to',
    'safe',
    'lost',
    'states',
    'endio',
    'not',
    'is',
    'at',
  ],
  ...['{', '}', '(', ')', ':', ',', '.', '..', '@', ';', '"x"', '"', '/*', '*/', '//', '///', '\n', '\0', '-', '𝕏'],
  ...['a', 'I', '0', '4K', '0..4K', 'a.fsync', '5.8', 'kernel 5.8', 'file I size 32M', 'task a {', 'task b { sync }'],
];

test('any text can be read', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      readSafely(text);
    }),
    { numRuns: 500 },
  );
});

test('any sequence of words can be read', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...words), { maxLength: 60 }), (sequence) => {
      readSafely(`scenario "s" { ${sequence.join(' ')}`);
    }),
    { numRuns: 2000 },
  );
});

test('any change of a scenario file can be read', () => {
  const edits = fc.array(
    fc.record({
      at: fc.nat(),
      remove: fc.nat(30),
      insert: fc.oneof(fc.constant(''), fc.constantFrom(...words), fc.string({ unit: 'binary', maxLength: 5 })),
    }),
    { minLength: 1, maxLength: 8 },
  );
  fc.assert(
    fc.property(fc.constantFrom(...fixtures), edits, (fixture, changes) => {
      let text = fixture;
      for (const { at, remove, insert } of changes) {
        const start = at % (text.length + 1);
        text = text.slice(0, start) + insert + text.slice(start + remove);
      }
      readSafely(text);
    }),
    { numRuns: 1000 },
  );
});

test('a file can be cut off anywhere, as while it is typed', () => {
  const seed = fixtures.find((text) => text.includes('page release races'))!;
  for (let end = 0; end <= seed.length; end++) readSafely(seed.slice(0, end));
});

/** Text after a scenario that is complete must not change what that scenario means. */
test('a mistake in one scenario leaves the ones before and after it alone', () => {
  const good = (name: string) => `scenario "${name}" { file I size 4K task a { write I all fsync I } }`;
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...words.filter((word) => !/^(\/[/*]+|scenario.*|"|\})$/.test(word)))),
      (junk) => {
        const { scenarios } = readSafely(`${good('a')}\nscenario "b" { ${junk.join(' ')}\n${good('c')}`);
        const [first] = scenarios;
        const last = scenarios.at(-1);
        expect(first?.scenario?.tasks).toHaveLength(1);
        expect(last?.name).toBe('c');
        expect(last?.scenario?.tasks).toHaveLength(1);
      },
    ),
    { numRuns: 500 },
  );
});
