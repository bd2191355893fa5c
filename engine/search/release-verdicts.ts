import { modelledReleases } from '../kernels.ts';
import { profileOf } from '../program.ts';
import { compareReleases } from '../releases.ts';
import type { Scenario } from '../scenario.ts';
import type { Verdict } from '../verdict.ts';
import type { CheckOptions } from './check.ts';
import { Proofs } from './proofs.ts';

/** Releases, one after the other, on which a scenario fares alike. */
export interface ReleaseVerdict {
  readonly first: string;
  /** The last known release before the verdict changes. */
  readonly last: string;
  readonly verdict: Verdict['verdict'];
}

/** From where to where a scenario loses data. */
export interface UnsafeReleases {
  readonly first: string;
  readonly last: string;
  /** It is unsafe on every release between them too. */
  readonly throughout: boolean;
  /** Every other release was proved safe; else a search hit a bound. */
  readonly complete: boolean;
}

/**
 * The verdict on every modelled release, and on the scenario's own, oldest first. Guards that the scenario sets stay set.
 * Releases between which nothing changes that the scenario looks at share one search.
 */
export function checkReleases(
  scenario: Scenario,
  options: CheckOptions = {},
  proofs: Proofs = new Proofs(scenario, options),
): ReleaseVerdict[] {
  const own = profileOf(scenario, options.overrides).release;
  const spans: { first: string; last: string; verdict: Verdict['verdict'] }[] = [];
  for (const release of [...new Set([...modelledReleases, own])].sort(compareReleases)) {
    const { verdict } = proofs.judge({ kernel: release });
    const span = spans.at(-1);
    if (span?.verdict === verdict) span.last = release;
    else spans.push({ first: release, last: release, verdict });
  }
  return spans;
}

/** The first and the last release on which a scenario loses data, or waits for ever; undefined when it does on none. */
export function findUnsafeReleases(
  scenario: Scenario,
  options: CheckOptions = {},
  proofs: Proofs = new Proofs(scenario, options),
): UnsafeReleases | undefined {
  const spans = checkReleases(scenario, options, proofs);
  const unsafe = spans.filter(({ verdict }) => verdict === 'unsafe');
  const [first, last] = [unsafe[0], unsafe.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const complete = spans.every(({ verdict }) => verdict !== 'unknown');
  return { first: first.first, last: last.last, throughout: unsafe.length === 1, complete };
}
