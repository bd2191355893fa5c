import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  changingReleases,
  check,
  findFixes,
  findKernelFix,
  findUnsafeReleases,
  guards,
  modelledReleases,
  Proofs,
  redundantGuards,
  type Scenario,
} from '../../../engine/index.ts';
import { randomRace } from '../random-scenario.ts';
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
    const { fixes } = findFixes(scenario);
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
    expect(findFixes(scenario, { overrides }).fixes.map((fix) => fix.guards)).toEqual([[list]]);
  });

  test('nothing is offered that was not proved', () => {
    expect(findFixes(buildScenario(seed), { limits: { states: 100 } })).toEqual({ fixes: [], complete: false });
  });
});

describe('all minimal sets', () => {
  /** What checks of all sets of the guards that are off say, everything else on. */
  function bruteForce(scenario: Scenario, off: readonly string[], options: { kernel?: string } = {}): string[] {
    const safe: number[] = [];
    for (let set = 0; set < 1 << off.length; set++) {
      if (safe.some((smaller) => (smaller & set) === smaller)) continue;
      const on = off.filter((_, i) => (set >> i) & 1);
      const overrides = { ...options, guards: Object.fromEntries(on.map((name) => [name, true])) };
      if (check(scenario, { overrides, untilFirstViolation: true }).verdict === 'safe') safe.push(set);
    }
    const minimal = safe.filter((set) => !safe.some((other) => other !== set && (other & set) === other));
    return minimal.map((set) => off.filter((_, i) => (set >> i) & 1).join(' ')).sort();
  }

  /** Everything on but a few guards that have to do with the scenarios here. */
  const few = [list, flag, inLog, skip, 'unpin.modified-generation', 'log-tree.nodatasum'];
  const off = guards.map(({ name }) => name).filter((name) => few.includes(name));
  const allButFew = Object.fromEntries(guards.map(({ name }) => [name, !off.includes(name)]));
  const both = {
    kernel: '4.17',
    tasks: { ...released.tasks, b: ['fsync I'] },
    orders: ['flusher.writeback@finish_ordered_io before kswapd.releasepage'],
  } satisfies ScenarioText;

  test.each<[string, ScenarioText]>([
    ['one race', { ...seed, kernel: '4.17' }],
    ['either of two guards', released],
    ['two guards together', { ...twoFsyncs, kernel: '6.18' }],
    ['two at once', both],
  ])('%s: the same as from all subsets', (_, text) => {
    const scenario = buildScenario({ ...text, guards: allButFew });
    const { fixes, complete } = findFixes(scenario);
    expect(complete).toBe(true);
    const names = fixes.map((fix) => off.filter((name) => fix.guards.includes(name)).join(' '));
    expect(names.sort()).toEqual(bruteForce(scenario, off).filter((set) => set !== ''));
  });

  test('of random races too', () => {
    let found = 0;
    fc.assert(
      fc.property(randomRace(), fc.constantFrom('3.16', '4.17', '5.8', '6.18'), (race, kernel) => {
        const scenario = { ...race, kernel, guards: allButFew };
        if (check(scenario, { limits: { states: 3000 } }).verdict !== 'unsafe') return;
        const expected = bruteForce(scenario, off);
        const { fixes, complete } = findFixes(scenario);
        expect(complete).toBe(true);
        expect(fixes.map((fix) => off.filter((name) => fix.guards.includes(name)).join(' ')).sort()).toEqual(expected);
        found += expected.length;
      }),
      { seed: 21, numRuns: 60, endOnFailure: true },
    );
    expect(found).toBeGreaterThan(5);
  }, 60_000);

  test('of different sizes, the smaller ones first, and none that holds another', () => {
    const { fixes } = findFixes(buildScenario({ ...both, guards: allButFew }));
    const sizes = fixes.map((fix) => fix.guards.length);
    expect(sizes).toEqual([...sizes].sort());
    for (const a of fixes) {
      const holds = fixes.filter((b) => b !== a && b.guards.every((name) => a.guards.includes(name)));
      expect(holds).toEqual([]);
    }
  });
});

describe('work that is shared', () => {
  test('tells of any profile what a search tells', () => {
    let [judged, searches] = [0, 0];
    const names = guards.map(({ name }) => name);
    const profiles = fc.array(
      fc.record({
        kernel: fc.constantFrom(...modelledReleases),
        guards: fc.dictionary(fc.constantFrom(...names), fc.boolean(), { maxKeys: 4 }),
      }),
      { minLength: 6, maxLength: 6 },
    );
    fc.assert(
      fc.property(randomRace(), profiles, (scenario, overrides) => {
        const limits = { states: 2000 };
        const proofs = new Proofs(scenario, { limits });
        for (const profile of overrides) {
          const { verdict, interleavings } = proofs.judge(profile);
          const alone = check(scenario, { overrides: profile, limits });
          // What is unsafe may be found by an interleaving that a bounded search does not reach.
          if (alone.verdict !== 'unknown') expect(verdict).toBe(alone.verdict);
          if (verdict === 'safe') expect(interleavings).toBe(alone.interleavings.total);
        }
        judged += overrides.length;
        searches += proofs.searches;
      }),
      { seed: 22, numRuns: 150, endOnFailure: true },
    );
    expect(searches / judged).toBeLessThan(0.8);
  }, 60_000);

  test('the releases in which something changes take less than half as many searches', () => {
    const scenario = buildScenario(seed);
    const proofs = new Proofs(scenario);
    expect(findUnsafeReleases(scenario, {}, proofs)).toMatchObject({ last: '5.8' });
    const { searches } = proofs;
    expect(searches).toBeLessThan(changingReleases.length / 2);
    findKernelFix(scenario, {}, proofs);
    expect(proofs.searches).toBe(searches);
  });

  test('a guard that no run looks at is not tried', () => {
    const scenario = buildScenario(seed);
    const proofs = new Proofs(scenario);
    findFixes(scenario, {}, proofs);
    expect(proofs.searches).toBeLessThanOrEqual(4);
  });
});

describe('unsafe releases', () => {
  test.each<[string, ScenarioText, object | undefined]>([
    ['up to a fix', seed, { first: '3.15', last: '5.8' }],
    ['still', { ...twoFsyncs, kernel: '5.8' }, { first: '3.15', last: '6.18' }],
    ['none', { tasks: { app: ['write I 0..4K'] } }, undefined],
    ['a stable release of its own', { ...seed, kernel: '5.4.60' }, { last: '5.8' }],
  ])('%s', (_, text, expected) => {
    const scenario = buildScenario(text);
    const verdictOn = (kernel: string) => check(scenario, { overrides: { kernel }, untilFirstViolation: true }).verdict;
    const unsafe = modelledReleases.filter((release) => verdictOn(release) === 'unsafe');
    const found = findUnsafeReleases(scenario);
    expect([found?.first, found?.last]).toEqual([unsafe[0], unsafe.at(-1)]);
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject({ ...expected, complete: true });
  });

  test('says when a search hit a bound', () => {
    const found = findUnsafeReleases(buildScenario(seed), { limits: { states: 400 } });
    expect(found?.complete ?? false).toBe(false);
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
