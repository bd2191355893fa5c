import { guards } from './guards/catalogue.ts';
import type { Guard } from './guards/guard.ts';
import { type KernelRules, rulesOfRelease } from './kernel-rules.ts';
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

/** Releases whose behaviour is modelled exactly, oldest first. */
export const modelledReleases: readonly string[] = ['4.17', '5.7', '5.8', '5.9', newestRelease];

/**
 * The profile of a release: guards by their times, rules of the nearest older modelled release. A stable release
 * is its mainline release with the guards that are known to have been backported to it.
 */
export function kernelProfile(release: string = newestRelease): KernelProfile {
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

/**
 * Mainline releases, oldest first, whose rules or guards differ from those of the release before: a scenario fares on
 * any other as it does on the one before that.
 */
export function distinctReleases(): string[] {
  const changes = guards.flatMap(({ introduced, fixed, retired }) => [introduced, fixed, retired]);
  const releases = new Set([...modelledReleases, ...changes.filter((release) => release !== null)]);
  const contents = (release: string) => {
    const { rules, guards: on } = kernelProfile(release);
    return JSON.stringify([rules, on]);
  };
  return [...releases]
    .sort(compareReleases)
    .filter((release, i, sorted) => i === 0 || contents(release) !== contents(sorted[i - 1]!));
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
