import { guards } from './guards/catalogue.ts';
import type { Guard } from './guards/guard.ts';
import { type KernelRules, ruleChanges, rulesOfRelease } from './kernel-rules.ts';
import { compareReleases, isAtLeast, seriesOf } from './releases.ts';

/** What a scenario's `kernel V` means. */
export interface KernelProfile {
  /** The release asked for. */
  readonly release: string;
  /** Release whose rules are used. */
  readonly rulesOf: string;
  /** The rules are those of another release than the one asked for. */
  readonly approximate: boolean;
  readonly rules: KernelRules;
  /** Each guard of the catalogue, on or off as in that release. */
  readonly guards: Readonly<Record<string, boolean>>;
}

/** The newest release with rules of its own, used when a scenario names none. */
export const newestRelease = '6.18';

/** Every mainline release whose rules are known, oldest first. */
export const modelledReleases: readonly string[] = [
  ...series(3, 15, 19),
  ...series(4, 0, 20),
  ...series(5, 0, 19),
  ...series(6, 0, 18),
];

/** The modelled releases in which anything differs from the one before, as far as is known; the first one included. */
export const changingReleases: readonly string[] = modelledReleases.filter(
  (release, i) =>
    i === 0 ||
    ruleChanges.has(release) ||
    guards.some(({ fixed, introduced }) => [fixed, introduced].includes(release)),
);

function series(major: number, first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, i) => `${major}.${first + i}`);
}

/**
 * The profile of a release: guards by their times, rules of the nearest older modelled release. A stable release
 * is its mainline release with the guards that are known to have been backported to it.
 */
export function kernelProfile(release: string = newestRelease): KernelProfile {
  const profile = profiles.get(release) ?? readProfile(release);
  profiles.set(release, profile);
  return profile;
}

const profiles = new Map<string, KernelProfile>();

function readProfile(release: string): KernelProfile {
  const series = seriesOf(release);
  const older = modelledReleases.filter((candidate) => compareReleases(candidate, series) <= 0);
  const rulesOf = older.at(-1) ?? modelledReleases[0]!;
  return {
    release,
    rulesOf,
    approximate: !modelledReleases.includes(series),
    rules: rulesOfRelease(rulesOf),
    guards: Object.fromEntries(guards.map((guard) => [guard.name, guardIsOn(guard, release)])),
  };
}

/** A guard is on before the code that needs it came, and from its fix on, in mainline or in the stable series. */
function guardIsOn({ introduced, fixed, stable }: Guard, release: string): boolean {
  const series = seriesOf(release);
  const notYetNeeded = introduced !== null && compareReleases(release, introduced) < 0;
  const backported = stable.some((first) => seriesOf(first) === series && isAtLeast(release, first));
  return notYetNeeded || isAtLeast(series, fixed) || backported;
}

/** True when the guard's code is gone in that release, so that setting it does nothing. */
export function isRetired(guard: Guard, release: string): boolean {
  return isAtLeast(release, guard.retired);
}
