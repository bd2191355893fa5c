import {
  changingReleases,
  check,
  compareReleases,
  modelledReleases,
  profileOf,
  type Scenario,
  type Verdict,
} from '../../../engine/index.ts';

/** Releases, one after the other, on which a scenario fares alike. */
export interface ReleaseVerdict {
  readonly first: string;
  /** The last known release before the verdict changes. */
  readonly last: string;
  readonly verdict: Verdict['verdict'];
}

/**
 * Checks a scenario on every release that it can fare differently on, and on its own. Guards that the scenario
 * sets stay set.
 */
export function checkReleases(scenario: Scenario): ReleaseVerdict[] {
  const own = profileOf(scenario).release;
  const spans: { first: string; last: string; verdict: Verdict['verdict'] }[] = [];
  for (const release of [...new Set([...modelledReleases, own])].sort(compareReleases)) {
    const span = spans.at(-1);
    const verdict =
      span === undefined || changingReleases.includes(release) || release === own ? verdictOn(release) : span.verdict;
    if (span?.verdict === verdict) span.last = release;
    else spans.push({ first: release, last: release, verdict });
  }
  return spans;

  function verdictOn(kernel: string): Verdict['verdict'] {
    return check(scenario, { overrides: { kernel }, untilFirstViolation: true }).verdict;
  }
}
