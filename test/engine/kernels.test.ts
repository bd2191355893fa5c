import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findGuard, guards } from '../../engine/guards/catalogue.ts';
import { kernelRules } from '../../engine/kernel-rules.ts';
import { isRetired, kernelProfile, modelledReleases, newestRelease } from '../../engine/kernels.ts';
import { profileOf } from '../../engine/program.ts';
import { compareReleases, isAtLeast } from '../../engine/releases.ts';
import { buildScenario } from './scenario-builder.ts';

/** When a rule holds. */
interface Times {
  readonly since?: string;
  readonly until?: string;
}

describe('releases', () => {
  test.each([
    ['5.10', '5.9', 1],
    ['5.10', '5.1', 1],
    ['4.18', '4.17', 1],
    ['6.2', '5.19', 1],
    ['5.4.60', '5.4', 1],
    ['5.8', '5.8', 0],
    ['5.8.0', '5.8', 0],
    ['4.20', '5.0', -1],
  ])('%s against %s', (left, right, sign) => {
    expect(Math.sign(compareReleases(left, right))).toBe(sign);
    expect(Math.sign(compareReleases(right, left))).toBe(0 - sign);
  });

  test('are numbers, not text', () => {
    const release = fc.tuple(fc.nat({ max: 30 }), fc.nat({ max: 30 }));
    fc.assert(
      fc.property(release, release, (a, b) => {
        const byNumber = a[0] - b[0] || a[1] - b[1];
        expect(Math.sign(compareReleases(a.join('.'), b.join('.')))).toBe(Math.sign(byNumber));
      }),
      { seed: 1 },
    );
  });

  test('nothing is at or after never', () => expect(isAtLeast('99.0', null)).toBe(false));
});

describe('profiles', () => {
  const flag = 'releasepage.full-sync-flag';
  const list = 'releasepage.modified-list';
  /** Guards of the data path, by entry of the catalogue. */
  const entries = [
    ...['C1', 'C2', 'C6', 'C7', 'C9', 'C12', 'C13', 'C13b', 'C15', 'C15b', 'C16', 'C16b', 'C18', 'C20', 'C21'],
    ...['C26', 'C30', 'I4', 'I4b'],
  ];

  test.each<[string, string]>([
    ['3.16', 'C1 C2 C6 C9 C12 C13 C15 C15b C18 C20 C26 C30 I4'],
    ['3.17', 'C1 C2 C6 C9 C12 C15 C15b C18 C26 C30 I4'],
    ['3.19', 'C1 C2 C6 C9 C12 C15 C15b C16b C26 C30 I4'],
    ['4.0', 'C1 C2 C7 C9 C15 C15b C16b C26 C30 I4'],
    ['4.5', 'C1 C2 C7 C9 C15b C16b C30 I4'],
    ['4.17', 'C1 C2 C9 C30 I4'],
    ['4.18', 'C1 C9 C30 I4'],
    ['4.19', 'C1 C9 C13b C16 C30 I4'],
    ['5.7', 'C1 C9 C30 I4'],
    ['5.9', 'C9 C30 I4'],
    ['5.10', 'C9 C30 I4 I4b'],
    ['5.13', 'I4 I4b'],
    ['6.18', 'I4 I4b'],
  ])('guards that are off in %s: needed by then, and not yet fixed', (release, off) => {
    const profile = kernelProfile(release);
    const ours = guards.filter(({ entry, name }) => entries.includes(entry) && !profile.guards[name]);
    expect(ours.map(({ entry }) => entry).join(' ')).toBe(off);
  });

  test.each(guards)('$name is off from when it is needed until it is fixed', ({ name, introduced, fixed }) => {
    for (const release of modelledReleases) {
      const needed = introduced === null || compareReleases(release, introduced) >= 0;
      expect([release, kernelProfile(release).guards[name]]).toEqual([release, !needed || isAtLeast(release, fixed)]);
    }
  });

  test.each([
    [flag, '5.8', false],
    [flag, '5.9', true],
    [flag, '5.10', true],
    [list, '6.18', false],
  ])('%s is retired in %s: %s', (name, release, expected) => {
    expect(isRetired(findGuard(name)!, release)).toBe(expected);
  });

  test.each([
    ['3.15', '3.15', false],
    ['4.20', '4.20', false],
    ['5.10', '5.10', false],
    ['5.8.2', '5.8', false],
    ['3.10', '3.15', true],
    ['4.21', '4.20', true],
    ['7.1', '6.18', true],
  ])('%s has the rules of %s, approximate: %s', (release, rulesOf, approximate) => {
    expect(kernelProfile(release)).toMatchObject({ release, rulesOf, approximate });
  });

  test('the newest one is the default', () => expect(kernelProfile()).toEqual(kernelProfile(newestRelease)));

  test('every mainline release from 3.15 to the newest is modelled', () => {
    expect(modelledReleases).toHaveLength(5 + 21 + 20 + 19);
    expect([...modelledReleases].sort(compareReleases)).toEqual(modelledReleases);
    expect(modelledReleases.at(-1)).toBe(newestRelease);
  });

  test('a rule begins and ends once, and in this order', () => {
    for (const { since, until } of Object.values<Times>(kernelRules)) {
      for (const time of [since, until]) if (time !== undefined) expect(modelledReleases).toContain(time);
      if (since !== undefined && until !== undefined) expect(compareReleases(since, until)).toBeLessThan(0);
    }
  });
});

describe('profile of a scenario', () => {
  const tasks = { app: ['fsync I'] };
  const name = 'releasepage.modified-list';

  test.each<[string, Parameters<typeof buildScenario>[0], Parameters<typeof profileOf>[1], [string, boolean]]>([
    ['the kernel sets guards', { kernel: '5.8', tasks }, {}, ['5.8', false]],
    ['the scenario goes before the kernel', { kernel: '5.8', guards: { [name]: true }, tasks }, {}, ['5.8', true]],
    ['a kernel override keeps the guards', { guards: { [name]: false }, tasks }, { kernel: '5.9' }, ['5.9', false]],
    [
      'a guard override goes before all',
      { kernel: '5.9', guards: { [name]: true }, tasks },
      { guards: { [name]: false } },
      ['5.9', false],
    ],
  ])('%s', (_, text, overrides, [release, on]) => {
    const profile = profileOf(buildScenario(text), overrides);
    expect([profile.release, profile.guards[name]]).toEqual([release, on]);
  });
});

describe('guard catalogue', () => {
  test('names are unique and found', () => {
    expect(new Set(names()).size).toBe(guards.length);
    for (const guard of guards) expect(findGuard(guard.name)).toBe(guard);
    expect(findGuard('releasepage')).toBeUndefined();
  });

  test.each(guards.map((guard) => [guard.name, guard] as const))('%s: its times are in order', (_, guard) => {
    const times = [guard.introduced, guard.fixed, guard.retired].filter((time) => time !== null);
    expect([...times].sort(compareReleases)).toEqual(times);
    expect(guard.commit === null).toBe(guard.fixed === null);
  });

  function names() {
    return guards.map(({ name }) => name);
  }
});
