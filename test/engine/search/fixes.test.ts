import { describe, expect, test } from 'vitest';
import { check, findFixes, findKernelFix, redundantGuards } from '../../../engine/index.ts';
import { buildScenario, type ScenarioText } from '../scenario-builder.ts';

const list = 'releasepage.modified-list';
const flag = 'releasepage.full-sync-flag';
const inLog = 'in-log.first-log-transaction';
const skip = 'skip-fsync.logged-ordered-extent';

const seed = {
  kernel: '5.8',
  tasks: { app: ['write I 0..4K', 'fsync I'], flusher: ['writeback I'], kswapd: ['releasepage I'] },
} satisfies ScenarioText;
/** On 4.17, with page release before the fsync: either guard of page release helps. */
const released = {
  ...seed,
  kernel: '4.17',
  orders: ['flusher.writeback@finish_ordered_io before kswapd.releasepage', 'kswapd.releasepage before app.fsync'],
} satisfies ScenarioText;
const twoFsyncs = {
  files: ['I 4K'],
  tasks: { a: ['write I 0..4K', 'fsync I'], b: ['fsync I'] },
} satisfies ScenarioText;

describe('fixes by guards', () => {
  test.each<[string, ScenarioText, string[][]]>([
    ['the one guard that helps', seed, [[list]]],
    ['of several the one whose fix came last is first', released, [[list], [flag]]],
    ['a race that the older guard does not close', { ...seed, kernel: '4.17' }, [[list]]],
    ['a guard of no release', { ...twoFsyncs, kernel: '5.8' }, [[inLog]]],
    ['as many as it takes', { ...twoFsyncs, kernel: '6.18' }, [[inLog, skip]]],
    ['a guard that the author turned off', { ...seed, kernel: '5.9', guards: { [list]: false } }, [[list]]],
    ['nothing helps against a contradiction', { ...seed, orders: ['app.fsync before app.write'] }, []],
  ])('%s', (_, text, expected) => {
    const scenario = buildScenario(text);
    const fixes = findFixes(scenario);
    expect(fixes.map((fix) => fix.guards)).toEqual(expected);
    for (const fix of fixes) {
      const on = Object.fromEntries(fix.guards.map((name) => [name, true]));
      const { verdict, interleavings } = check(scenario, { overrides: { guards: on } });
      expect([verdict, interleavings.total]).toEqual(['safe', fix.interleavings]);
    }
  });

  test('an override counts as the scenario does', () => {
    const scenario = buildScenario({ ...seed, kernel: '5.9' });
    const overrides = { kernel: '5.8', guards: { [inLog]: true } };
    expect(findFixes(scenario, { overrides }).map((fix) => fix.guards)).toEqual([[list]]);
  });

  test('nothing is offered that was not proved', () => {
    expect(findFixes(buildScenario(seed), { limits: { states: 100 } })).toEqual([]);
  });
});

describe('fix by release', () => {
  test.each<[string, ScenarioText, string | undefined]>([
    ['the first release with the fix', seed, '5.9'],
    ['not the first later one', { ...seed, kernel: '4.17' }, '5.9'],
    ['a release in which only a guard is new', released, '4.18'],
    ['none', { ...twoFsyncs, kernel: '5.8' }, undefined],
    ['a guard that is off stays off', { ...seed, guards: { [list]: false } }, undefined],
  ])('%s', (_, text, kernel) => {
    const scenario = buildScenario(text);
    const fix = findKernelFix(scenario);
    expect(fix?.kernel).toBe(kernel);
    if (fix === undefined) return;
    const { verdict, interleavings } = check(scenario, { overrides: { kernel: fix.kernel } });
    expect([verdict, interleavings.total, fix.guards]).toEqual(['safe', fix.interleavings, []]);
  });
});

describe('redundant guards', () => {
  test.each<[string, Record<string, boolean>, Partial<ScenarioText>, string[]]>([
    ['needed', { [list]: true }, {}, []],
    ['safe without it', { [list]: true }, { files: ['I 16M'] }, [list]],
    ['one of two', { [list]: true, [inLog]: true }, {}, [inLog]],
    ['either of two is enough', { [list]: true, [flag]: true }, released, [list, flag]],
    ['what is off is not on', { [inLog]: false, [list]: true }, {}, []],
  ])('%s', (_, on, changes, expected) => {
    expect(redundantGuards(buildScenario({ ...seed, ...changes, guards: on }))).toEqual(expected);
  });
});
