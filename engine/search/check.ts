import { compile, type ProfileOverrides } from '../program.ts';
import type { Scenario } from '../scenario.ts';
import type { InterleavingCount, Verdict } from '../verdict.ts';
import { countInterleavings } from './count.ts';
import { describeDeadlock, describeViolation } from './describe.ts';
import { Exploration, type ExploreLimits, type SearchControl } from './explore.ts';
import type { FoundViolation } from './found-violations.ts';
import { exploreReduced, isReducible, type ReducedExploration } from './reduced-exploration.ts';
import { reducedWitness, shortestWitness } from './witness.ts';

/** Limits in force where a scenario sets none. */
export const defaultLimits: ExploreLimits = { states: 2_000_000, steps: 1_000_000, memory: 2 ** 31 };

/** Searches of up to so many states are not worth being reduced; nor is it worth counting the interleavings of more. */
const fewStates = 250_000;

/** A bound of fewer states is one that is there to be hit. */
const leastStates = 20_000;

/** How a scenario is to be checked; everything is optional. */
export interface CheckOptions extends SearchControl {
  readonly overrides?: ProfileOverrides | undefined;
  /** Limits instead of the default ones; the scenario's own bounds go before both. */
  readonly limits?: Partial<ExploreLimits> | undefined;
  /** Told the name of each guard and each rule of the kernel that the operations look at, as often as they do. */
  readonly noteSwitch?: ((name: string) => void) | undefined;
  /** Searches with more states than that are reduced. */
  readonly fewStates?: number | undefined;
  /** Whether larger searches are reduced; the verdict and the violations are the same. On by default. */
  readonly reduction?: boolean | undefined;
}

/**
 * Searches all interleavings of a scenario for a power failure that loses what a completed sync
 * promised. Throws `TooManySegments`; anything else thrown is a bug in the engine.
 *
 * A search that turns out to be large is reduced: then the number of interleavings is a lower bound. The search of all
 * states goes on only to find shortest witnesses of what the reduced one has found.
 */
export function check(scenario: Scenario, options: CheckOptions = {}): Verdict {
  const program = compile(scenario, options.overrides, { noteSwitch: options.noteSwitch });
  const limits = limitsOf(scenario, options);
  const full = new Exploration(program, limits, options);
  const reducible = options.reduction !== false && isReducible(program, limits, defaultLimits.steps);
  full.advance(reducible ? (options.fewStates ?? fewStates) : undefined);
  const isTooLarge = full.bound?.kind === 'states' && full.graph.states > leastStates;
  if (full.isOver && !(reducible && isTooLarge)) return verdictOf(full, undefined);
  const reduced = exploreReduced(scenario, options.overrides, limits, options);
  if (reduced.bound === undefined) {
    const isWanting = () => reduced.found.some((found) => !full.found.some((other) => keyOf(other) === keyOf(found)));
    while (!full.isOver && isWanting()) full.advance(full.graph.states * 1.25);
  } else if (reduced.bound.kind !== 'violation') full.advance();
  return verdictOf(full, reduced);

  function verdictOf(all: Exploration, some: ReducedExploration | undefined): Verdict {
    const bound = all.isOver && all.bound === undefined ? undefined : some === undefined ? all.bound : some.bound;
    const complete = bound === undefined;
    const violations = new Map<string, () => Verdict['violations'][number]>();
    for (const found of some?.found ?? []) {
      violations.set(keyOf(found), () => describeViolation(program, found, reducedWitness(program, some!, found)));
    }
    // A witness of the search of all states is a shortest one.
    for (const found of all.found) {
      violations.set(keyOf(found), () =>
        describeViolation(program, found, shortestWitness(program, all, found.states)),
      );
    }
    const stuck = all.deadlock !== undefined ? shortestWitness(program, all, [all.deadlock]) : undefined;
    const deadlock =
      stuck ?? (some?.deadlock === undefined ? undefined : reducedWitness(program, some, { states: [some.deadlock] }));
    const found = [...violations.values()].map((describe) => describe()).sort(byPlace);
    const verdict = found.length > 0 || deadlock !== undefined ? 'unsafe' : complete ? 'safe' : 'unknown';
    return {
      verdict,
      complete,
      bound,
      interleavings: count(all, found.length > 0, options.shouldStop),
      states: all.isOver || some === undefined ? all.graph.states : some.states,
      transitions: all.isOver || some === undefined ? all.graph.edges : some.transitions,
      violations: found,
      deadlock: deadlock && describeDeadlock(program, deadlock),
      // What waits for ever has not had its chance.
      noEffect: complete && deadlock === undefined ? (some ?? all).effects.ineffective() : [],
    };
  }
}

/** The limits of a search: the scenario's own bounds, then those of the options, then the default ones. */
export function limitsOf({ bounds }: Scenario, { limits }: CheckOptions): ExploreLimits {
  return {
    ...defaultLimits,
    ...limits,
    ...(bounds.states === undefined ? {} : { states: bounds.states }),
    ...(bounds.steps === undefined ? {} : { steps: bounds.steps }),
  };
}

/**
 * Exact where all states were visited; there is `some` losing interleaving, if none was counted. When the count is
 * stopped, all that is known is that there is an interleaving.
 */
function count(
  { graph, actors, isOver, bound }: Exploration,
  some: boolean,
  shouldStop: CheckOptions['shouldStop'],
): InterleavingCount {
  const counted = countInterleavings(graph, actors.count, { shouldStop });
  if (counted === undefined) return { total: '1', losing: some ? '1' : '0', exact: false };
  const { total, passing: losing } = counted;
  const atLeast = some && losing === 0n ? 1n : losing;
  return { total: total.toString(), losing: atLeast.toString(), exact: isOver && bound === undefined };
}

function keyOf({ kind, file, segments, promisedBy }: FoundViolation): string {
  return `${kind} ${file} ${segments} ${promisedBy}`;
}

/** By file, then range, then who promised. */
function byPlace(a: Verdict['violations'][number], b: Verdict['violations'][number]): number {
  return (
    a.file - b.file ||
    a.range.start - b.range.start ||
    a.range.end - b.range.end ||
    (a.promisedBy?.task ?? -1) - (b.promisedBy?.task ?? -1) ||
    (a.promisedBy?.operation ?? -1) - (b.promisedBy?.operation ?? -1)
  );
}
