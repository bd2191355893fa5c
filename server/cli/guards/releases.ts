import {
  changingReleases,
  check,
  compareReleases,
  guards,
  kernelProfile,
  profileOf,
  type Scenario,
  type Verdict,
} from '../../../engine/index.ts';

/** How a scenario fares on one release. */
export interface ReleaseVerdict {
  readonly release: string;
  /** Release whose rules were used: another one where those of this release are not modelled. */
  readonly rulesOf: string;
  readonly verdict: Verdict['verdict'];
}

/**
 * Checks a scenario on every release that it can fare differently on, as far as is known: those in which a rule
 * or a guard comes or goes, and the scenario's own. Guards that the scenario sets stay set.
 */
export function checkReleases(scenario: Scenario): ReleaseVerdict[] {
  const retired = guards.flatMap((guard) => guard.retired ?? []);
  const known = [...changingReleases, ...retired, profileOf(scenario).release];
  return [...new Set(known)].sort(compareReleases).map((release) => ({
    release,
    rulesOf: kernelProfile(release).rulesOf,
    verdict: check(scenario, { overrides: { kernel: release }, untilFirstViolation: true }).verdict,
  }));
}
