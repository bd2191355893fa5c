import { guards } from '../guards/catalogue.ts';
import { changingReleases, isRetired } from '../kernels.ts';
import { profileOf } from '../program.ts';
import { compareReleases } from '../releases.ts';
import type { Scenario } from '../scenario.ts';
import type { Fix } from '../verdict.ts';
import { type CheckOptions, check } from './check.ts';

/**
 * The smallest sets of guards that, turned on, make a scenario safe: all sets of the least size that
 * works, each proved by a complete search. The preferred one comes first: the guard whose kernel fix came
 * last, then catalogue order. Empty when no set was proved.
 */
export function findFixes(scenario: Scenario, options: CheckOptions = {}): Fix[] {
  const consulted = new Set<string>();
  const noting = { ...options, noteSwitch: (name: string) => consulted.add(name) };
  check(scenario, noting);
  const single = setsOf(1);
  if (single.length > 0 || options.shouldStop?.()) return single;
  // Larger sets are tried only where all guards together help; with them on, others may come into play.
  if (prove(candidates(), noting) === undefined) return [];
  for (let size = 2; size <= candidates().length; size++) {
    const fixes = setsOf(size);
    if (fixes.length > 0 || options.shouldStop?.()) return fixes;
  }
  return [];

  /** Guards that are off and that the scenario's run looks at, in order of preference. */
  function candidates(): string[] {
    const { release, guards: on } = profileOf(scenario, options.overrides);
    return guards
      .filter((guard) => consulted.has(guard.name) && !on[guard.name] && !isRetired(guard, release))
      .sort((a, b) => compareReleases(b.fixed ?? '0', a.fixed ?? '0'))
      .map(({ name }) => name);
  }

  function setsOf(size: number): Fix[] {
    return combinations(candidates(), size).flatMap((names) => {
      const proof = prove(names, options);
      return proof === undefined ? [] : [{ guards: names, ...proof }];
    });
  }

  function prove(names: readonly string[], how: CheckOptions): Proof | undefined {
    const turnedOn = Object.fromEntries(names.map((name) => [name, true]));
    return proveSafe(scenario, how, { guards: { ...options.overrides?.guards, ...turnedOn } });
  }
}

/** The first release after the scenario's own in which it is safe, proved; undefined when there is none. */
export function findKernelFix(scenario: Scenario, options: CheckOptions = {}): Fix | undefined {
  const { release } = profileOf(scenario, options.overrides);
  for (const kernel of changingReleases) {
    if (compareReleases(kernel, release) <= 0) continue;
    const proof = proveSafe(scenario, options, { kernel });
    if (proof !== undefined) return { guards: [], kernel, ...proof };
  }
  return undefined;
}

/** Guards that the scenario turns on although it is safe without them (with its other guards as they are). */
export function redundantGuards(scenario: Scenario, options: CheckOptions = {}): string[] {
  return Object.keys(scenario.guards).filter(
    (name) =>
      scenario.guards[name] === true &&
      proveSafe(scenario, options, { guards: { ...options.overrides?.guards, [name]: false } }) !== undefined,
  );
}

type Proof = Pick<Fix, 'interleavings'>;

/** That all interleavings keep what was promised; undefined when that is not proved. */
function proveSafe(scenario: Scenario, options: CheckOptions, overrides: CheckOptions['overrides']): Proof | undefined {
  const verdict = check(scenario, {
    ...options,
    overrides: { ...options.overrides, ...overrides },
    untilFirstViolation: true,
  });
  if (verdict.verdict !== 'safe') return undefined;
  const { total, exact } = verdict.interleavings;
  return { interleavings: exact ? total : undefined };
}

/** All choices of `size` items, in the order of the items. */
function combinations<T>(items: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, i) => combinations(items.slice(i + 1), size - 1).map((rest) => [item, ...rest]));
}
