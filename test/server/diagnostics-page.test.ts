import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { diagnosticsPage } from '../../server/bundle.ts';
import type { VerdictCode } from '../../server/check/verdict-diagnostic.ts';
import type { DiagnosticCode } from '../../server/language/index.ts';

/** Every code; the compiler keeps it complete. */
const codes: Readonly<Record<VerdictCode | DiagnosticCode, true>> = {
  'ambiguous-reference': true,
  'conflicting-expectation': true,
  'corrupt-extent': true,
  deadlock: true,
  'duplicate-name': true,
  'impossible-fault': true,
  'infeasible-schedule': true,
  'internal-error': true,
  'invalid-name': true,
  'invalid-range': true,
  'lost-extent': true,
  'no-effect': true,
  'not-modelled': true,
  'not-reached': true,
  'order-cycle': true,
  'profile-approximate': true,
  reached: true,
  'redundant-guard': true,
  'reserved-name': true,
  'resurrected-extent': true,
  'retired-guard': true,
  'search-bounded': true,
  syntax: true,
  'too-many-segments': true,
  'unknown-name': true,
  'unmet-expectation': true,
};

test('the page that codes link to has one section for each, and no other', () => {
  const headings = readFileSync(diagnosticsPage, 'utf8').match(/(?<=^### ).+$/gm);
  expect(headings?.sort()).toEqual(Object.keys(codes).sort());
});
