import { guards } from '../guards/catalogue.ts';
import { changingReleases, isRetired } from '../kernels.ts';
import { profileOf } from '../program.ts';
import { compareReleases } from '../releases.ts';
import type { Scenario } from '../scenario.ts';
import type { Fix } from '../verdict.ts';
import type { CheckOptions } from './check.ts';
import { Proofs } from './proofs.ts';

/** Guards that repair a scenario. */
export interface FoundFixes {
  /** Fewest guards first; then the guard whose kernel fix came last, then catalogue order. */
  readonly fixes: readonly Fix[];
  /** These are all; false when searches were too many, were stopped, or hit a bound, so that there may be others. */
  readonly complete: boolean;
}

/** No more searches than that are made for sets of guards, and no more sets are tried at all. */
const mostSearches = 100;
const mostSets = 4096;

/**
 * All minimal sets of guards that, turned on, make a scenario safe, each proved by a complete search: no set
 * without one of its guards is safe. None for a scenario that is safe as it is.
 *
 * A set that is not enough still loses data in some interleaving. Only sets that also have a guard which that interleaving
 * looks at can be any better, so no others are tried.
 */
export function findFixes(
  scenario: Scenario,
  options: CheckOptions = {},
  proofs: Proofs = new Proofs(scenario, options),
): FoundFixes {
  const { release, guards: on } = profileOf(scenario, options.overrides);
  /** Guards that could be turned on, in order of preference. */
  const candidates = guards
    .filter((guard) => !on[guard.name] && !isRetired(guard, release))
    .sort((a, b) => compareReleases(b.fixed ?? '0', a.fixed ?? '0'))
    .map(({ name }) => name);
  const before = proofs.searches;
  const fixes: (Fix & { readonly ranks: readonly number[] })[] = [];
  let complete = true;
  let tried = 0;
  let sets: (readonly number[])[] = [[]];
  while (sets.length > 0) {
    const larger = new Map<string, readonly number[]>();
    for (const ranks of sets) {
      const isEnough = proofs.searches - before >= mostSearches || ++tried > mostSets;
      if (isEnough || options.shouldStop?.() === true) return found(false);
      const names = ranks.map((rank) => candidates[rank]!);
      const turnedOn = Object.fromEntries(names.map((name) => [name, true]));
      const { verdict, interleavings, consulted } = proofs.judge({ guards: turnedOn });
      if (verdict === 'unknown') complete = false;
      if (verdict === 'safe' && ranks.length > 0) fixes.push({ guards: names, interleavings, ranks });
      if (verdict !== 'unsafe') continue;
      for (const [rank, name] of candidates.entries()) {
        if (!consulted.has(name) || ranks.includes(rank)) continue;
        const set = [...ranks, rank].sort((a, b) => a - b);
        larger.set(set.join(' '), set);
      }
    }
    sets = [...larger.values()]
      .filter((set) => !fixes.some(({ ranks }) => ranks.every((rank) => set.includes(rank))))
      .sort(byRanks);
  }
  return found(complete);

  function found(all: boolean): FoundFixes {
    return { fixes: fixes.map(({ ranks: _, ...fix }) => fix), complete: all };
  }
}

/** The first release after the scenario's own in which it is safe, proved; undefined when there is none. */
export function findKernelFix(
  scenario: Scenario,
  options: CheckOptions = {},
  proofs: Proofs = new Proofs(scenario, options),
): Fix | undefined {
  const { release } = profileOf(scenario, options.overrides);
  for (const kernel of changingReleases) {
    if (compareReleases(kernel, release) <= 0) continue;
    const { verdict, interleavings } = proofs.judge({ kernel });
    if (verdict === 'safe') return { guards: [], kernel, interleavings };
  }
  return undefined;
}

/** Guards that the scenario turns on although it is safe without them (with its other guards as they are). */
export function redundantGuards(
  scenario: Scenario,
  options: CheckOptions = {},
  proofs: Proofs = new Proofs(scenario, options),
): string[] {
  return Object.keys(scenario.guards).filter(
    (name) => scenario.guards[name] === true && proofs.judge({ guards: { [name]: false } }).verdict === 'safe',
  );
}

function byRanks(a: readonly number[], b: readonly number[]): number {
  const different = a.findIndex((rank, i) => rank !== b[i]);
  return different < 0 ? 0 : a[different]! - b[different]!;
}
