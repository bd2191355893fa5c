import { compile, type ProfileOverrides } from '../program.ts';
import type { Scenario } from '../scenario.ts';
import type { BoundHit, InterleavingCount, Verdict } from '../verdict.ts';
import { countInterleavings } from './count.ts';
import { Exploration } from './explore.ts';
import { findings, isWanting, type Searches } from './findings.ts';
import type { SharedFootprints } from './footprints.ts';
import { hunt } from './hunt.ts';
import { exploreReduced, isReducible } from './reduced-exploration.ts';
import { type ExploreLimits, type SearchControl, Watch } from './watch.ts';

/** Limits in force where a scenario sets none. */
export const defaultLimits: ExploreLimits = { states: 2_000_000, steps: 1_000_000, memory: 2 ** 31 };

/** Searches of up to so many states are over soon: nobody has to be told anything before. */
const quickStates = 20_000;

/** Searches of up to so many states are not worth being reduced. */
const fewStates = 100_000;

/** Of so many states the search of all goes on for the sake of the count, when the verdict is there. */
const countedStates = 250_000;

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
  /** What is known of the scenario's steps from other searches. */
  readonly footprints?: SharedFootprints | undefined;
  /** Whether larger searches are reduced; the verdict and the violations are the same. On by default. */
  readonly reduction?: boolean | undefined;
  /**
   * Told, in large scenarios, what is certain long before the search ends: a first violation (bound `violation`), or the verdict with
   * all violations, whose witnesses may become shorter yet, and not counted yet.
   */
  readonly onOutlook?: ((outlook: Verdict) => void) | undefined;
}

/**
 * Searches all interleavings of a scenario for a power failure that loses what a completed sync
 * promised. Throws `TooManySegments`; anything else thrown is a bug in the engine.
 *
 * A search that turns out to be large is reduced: then the number of interleavings is a lower bound. The search of all
 * states goes on only to count them, as far as that is worth it, and to find shortest witnesses of what the reduced one has found.
 */
export function check(scenario: Scenario, options: CheckOptions = {}): Verdict {
  const { onOutlook, shouldStop } = options;
  const program = compile(scenario, options.overrides, { noteSwitch: options.noteSwitch });
  const limits = limitsOf(scenario, options);
  const watch = new Watch(limits, options);
  const all = new Exploration(program, limits, options, watch);
  const reducible = options.reduction !== false && isReducible(program, limits, defaultLimits.steps);
  const few = reducible ? (options.fewStates ?? fewStates) : Number.POSITIVE_INFINITY;
  all.advance(Math.min(few, quickStates));
  // It lies near, or may be caught farther off.
  const caught = all.isOver || all.found.length > 0 ? undefined : hunt(program, watch.shouldStop);
  if (!all.isOver && (caught !== undefined || all.found.length > 0)) {
    const first = outlook({ program, all, caught }, { kind: 'violation', limit: 1 }, shouldStop);
    onOutlook?.(first);
    if (options.untilFirstViolation) return first;
  }
  all.advance(few);
  const isTooLarge = all.bound?.kind === 'states' && all.graph.states > leastStates;
  if (all.isOver && !(reducible && isTooLarge)) return verdictOf({ program, all, caught }, shouldStop);
  watch.held = all.bytes;
  const some = exploreReduced(scenario, options.overrides, limits, options, watch, options.footprints);
  watch.held = some.bytes;
  const searches = { program, all, caught, some };
  if (some.bound === undefined) {
    onOutlook?.(outlook(searches, undefined, shouldStop));
    all.advance(Math.max(few, options.fewStates ?? countedStates));
    while (!all.isOver && isWanting(searches)) all.advance(all.graph.states * 1.25);
  } else if (some.bound.kind !== 'violation') all.advance();
  return verdictOf(searches, shouldStop);
}

/** What is known before the search has ended, and anything is counted. */
function outlook(searches: Searches, bound: BoundHit | undefined, shouldStop: CheckOptions['shouldStop']): Verdict {
  const { violations, deadlock } = findings(searches, shouldStop);
  const { states, transitions, bytes } = searches.some ?? searches.all;
  return {
    verdict: violations.length > 0 || deadlock !== undefined ? 'unsafe' : 'safe',
    complete: bound === undefined,
    bound,
    interleavings: { total: '1', losing: violations.length > 0 ? '1' : '0', exact: false },
    states,
    transitions,
    memory: bytes,
    violations,
    deadlock,
    noEffect: [],
  };
}

function verdictOf(searches: Searches, shouldStop: CheckOptions['shouldStop']): Verdict {
  const { all, some } = searches;
  const hit = all.isOver && all.bound === undefined ? undefined : some === undefined ? all.bound : some.bound;
  const complete = hit === undefined;
  const { violations, deadlock } = findings(searches, shouldStop);
  const search = all.isOver || some === undefined ? all : some;
  const isUnsafe = violations.length > 0 || deadlock !== undefined;
  return {
    verdict: isUnsafe ? 'unsafe' : complete ? 'safe' : 'unknown',
    complete,
    bound: hit && boundOf(all, hit),
    interleavings: count(all, violations.length > 0, shouldStop),
    states: search.states,
    transitions: search.transitions,
    memory: search.bytes,
    violations,
    deadlock,
    // What waits for ever has not had its chance.
    noEffect: complete && deadlock === undefined ? (some ?? all).effects.ineffective() : [],
  };
}

/** The bound that was hit, with what the search of all states has covered. */
export function boundOf(all: Exploration, hit: BoundHit): BoundHit {
  return hit.kind === 'violation' ? hit : { ...hit, depth: all.depth, estimate: all.estimate };
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
