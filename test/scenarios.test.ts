import { describe, expect, test } from 'vitest';
import {
  check,
  checkSchedule,
  findFixes,
  findKernelFix,
  formatRange,
  guards,
  judgeExpectation,
  redundantGuards,
} from '../engine/index.ts';
import { shippedFiles as files, shippedScenarios as shipped } from './shipped-scenarios.ts';

const seedFile = 'page-release-vs-fast-fsync.fsrace';
const seed = shipped.find(({ file }) => file === seedFile)!.scenario;

describe('shipped scenarios', () => {
  test.each(files)('$file is free of mistakes', ({ diagnostics, scenarios }) => {
    expect(diagnostics).toEqual([]);
    for (const { scenario, documentation } of scenarios) {
      expect(scenario).toBeDefined();
      expect(documentation).toBeDefined();
    }
  });

  test.each(shipped.filter(({ file }) => file !== seedFile))('$file: $name is as expected', ({ scenario }) => {
    const verdict = check(scenario);
    expect(scenario.expect).not.toEqual([]);
    expect(judgeExpectation(scenario, verdict)).toMatchObject({ met: true });
    expect(verdict.complete).toBe(true);
  });

  test.each(shipped)('$file: every explicit interleaving of $name can be run', ({ scenario }) => {
    for (let index = 0; index < scenario.schedules.length; index++) {
      expect(checkSchedule(scenario, index).problem).toBeUndefined();
    }
  });

  test('the explicit interleavings that are told as safe are safe', () => {
    const outsideTheCatalogue = shipped.filter(({ file }) => !file.startsWith('catalogue/'));
    const verdicts = outsideTheCatalogue.flatMap(({ scenario }) =>
      scenario.schedules.map(({ name }, index) => [name, checkSchedule(scenario, index).verdict]),
    );
    expect(verdicts).toEqual([
      ['between the check and the clearing', 'unsafe'],
      ['listed after the copy, taken off at its end', 'unsafe'],
      ['a commit between fsync and power failure', 'safe'],
      ['a second fsync without changes does not heal it', 'unsafe'],
      ['write and fsync once more', 'safe'],
      ['as the commit message tells it', 'unsafe'],
      ['while the collected extents are logged', 'safe'],
      ['a commit after growing', 'unsafe'],
    ]);
  });
});

describe('the seed', () => {
  const verdict = check(seed);

  test('loses what its fsync promised', () => {
    expect(
      verdict.violations.map(({ kind, range, promisedBy, transaction }) => [
        kind,
        formatRange(range),
        promisedBy,
        transaction,
      ]),
    ).toEqual([['lost', '0..4K', { task: 0, operation: 1 }, 8]]);
  });

  test('is saved by its own guard, and by the release that has it', () => {
    expect(findFixes(seed).fixes.map((fix) => fix.guards)).toEqual([['releasepage.modified-list']]);
    expect(findKernelFix(seed)?.kernel).toBe('5.9');
  });
});

describe('every guard', () => {
  test.each(guards)('$name decides a shipped scenario', ({ name }) => {
    const deciding = shipped.filter(
      ({ scenario }) =>
        check(scenario, { overrides: { guards: { [name]: true } } }).verdict === 'safe' &&
        check(scenario, { overrides: { guards: { [name]: false } } }).verdict === 'unsafe',
    );
    expect(deciding.map((scenario) => scenario.name)).not.toEqual([]);
  });

  test('that a shipped scenario turns on is needed there', () => {
    expect(shipped.flatMap(({ scenario }) => redundantGuards(scenario))).toEqual([]);
  });
});
