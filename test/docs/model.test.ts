import { describe, expect, test } from 'vitest';
import { describeOperation, modelledReleases } from '../../engine/index.ts';
import { kernelRules } from '../../engine/kernel-rules.ts';
import { GeneratedPage, table } from './generated.ts';
import { stepTables } from './step-tables.ts';

const page = new GeneratedPage('model.md');

/** A rule per row; the release in which it begins or ends to hold. */
function ruleTable(): string {
  return table(
    ['rule', 'from', 'until before', 'commit'],
    Object.values(kernelRules).map((rule) => [
      rule.does,
      'since' in rule ? rule.since : '',
      'until' in rule ? rule.until : '',
      rule.commit ?? rule.why,
    ]),
  );
}

describe('the page on the model', () => {
  test.each([
    ['rules', ruleTable()],
    ['steps', stepTables()],
  ])('prints the %s of the engine (UPDATE_DOCS=1 writes them)', (name, content) => {
    expect(page.section(name, content)).toBe(content);
  });

  test('fdatasync has the steps of fsync', () => {
    for (const release of modelledReleases) {
      expect(describeOperation('fdatasync', release).steps).toEqual(describeOperation('fsync', release).steps);
    }
  });
});
