import { compile, type ProfileOverrides, type Program } from '../program.ts';
import type { Scenario } from '../scenario.ts';
import type { BoundHit, InterleavingCount, Verdict, Violation } from '../verdict.ts';
import { countInterleavings } from './count.ts';
import { describeDeadlock, describeViolation } from './describe.ts';
import { Exploration } from './explore.ts';
import type { SharedFootprints } from './footprints.ts';
import type { FoundViolation } from './found-violations.ts';
import { hunt } from './hunt.ts';
import { exploreReduced, isReducible, type ReducedExploration } from './reduced-exploration.ts';
import { type ExploreLimits, type SearchControl, Watch } from './watch.ts';
import { shortenedWitness, shortestWitness, witnessOf } from './witness.ts';

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
  const program = compile(scenario, options.overrides, { noteSwitch: options.noteSwitch });
  const limits = limitsOf(scenario, options);
  const watch = new Watch(limits, options);
  const all = new Exploration(program, limits, options, watch);
  const reducible = options.reduction !== false && isReducible(program, limits, defaultLimits.steps);
  const few = reducible ? (options.fewStates ?? fewStates) : Number.POSITIVE_INFINITY;
  all.advance(Math.min(few, quickStates));
  if (!all.isOver && (options.onOutlook !== undefined || options.untilFirstViolation)) {
    const first = firstOutlook(program, all, watch.shouldStop);
    if (first !== undefined) options.onOutlook?.(first);
    if (first !== undefined && options.untilFirstViolation) return first;
  }
  all.advance(few);
  const isTooLarge = all.bound?.kind === 'states' && all.graph.states > leastStates;
  if (all.isOver && !(reducible && isTooLarge)) return verdictOf(program, all, undefined, options);
  watch.held = all.bytes;
  const some = exploreReduced(scenario, options.overrides, limits, options, watch, options.footprints);
  watch.held = some.bytes;
  if (some.bound === undefined) {
    options.onOutlook?.(outlookOf(program, all, some, options));
    all.advance(Math.max(few, options.fewStates ?? countedStates));
    const isWanting = () => some.found.some((found) => !all.found.some((other) => keyOf(other) === keyOf(found)));
    while (!all.isOver && isWanting()) all.advance(all.graph.states * 1.25);
  } else if (some.bound.kind !== 'violation') all.advance();
  return verdictOf(program, all, some, options);
}

/** What is known of a large scenario when its search has hardly begun: the violations that lie near, or one that is farther off. */
function firstOutlook(program: Program, all: Exploration, shouldStop: () => boolean): Verdict | undefined {
  const violations = all.found.map((found) =>
    describeViolation(program, found, shortestWitness(program, all, found.states, shouldStop)),
  );
  const caught = violations.length > 0 ? undefined : hunt(program, shouldStop);
  if (caught !== undefined) {
    const { violation, moves } = caught;
    violations.push(describeViolation(program, violation, shortenedWitness(program, moves, violation, shouldStop)));
  }
  if (violations.length === 0) return undefined;
  return {
    ...uncounted(all, true),
    verdict: 'unsafe',
    complete: false,
    bound: { kind: 'violation', limit: 1 },
    violations,
    noEffect: [],
  };
}

/** What a reduced search has found out, before anything is counted. */
function outlookOf(program: Program, all: Exploration, some: ReducedExploration, options: CheckOptions): Verdict {
  const { found, deadlock } = findings(program, all, some, options);
  const isUnsafe = found.length > 0 || deadlock !== undefined;
  return {
    ...uncounted(some, found.length > 0),
    verdict: isUnsafe ? 'unsafe' : 'safe',
    complete: true,
    violations: found,
    deadlock,
    noEffect: [],
  };
}

function uncounted(search: Exploration | ReducedExploration, losing: boolean) {
  return {
    interleavings: { total: '1', losing: losing ? '1' : '0', exact: false },
    states: search.states,
    transitions: search.transitions,
    memory: search.bytes,
  };
}

function verdictOf(
  program: Program,
  all: Exploration,
  some: ReducedExploration | undefined,
  { shouldStop }: CheckOptions,
): Verdict {
  const hit = all.isOver && all.bound === undefined ? undefined : some === undefined ? all.bound : some.bound;
  const complete = hit === undefined;
  const { found, deadlock } = findings(program, all, some, { shouldStop });
  const verdict = found.length > 0 || deadlock !== undefined ? 'unsafe' : complete ? 'safe' : 'unknown';
  const search = all.isOver || some === undefined ? all : some;
  return {
    verdict,
    complete,
    bound: hit && boundOf(all, hit),
    interleavings: count(all, found.length > 0, shouldStop),
    states: search.states,
    transitions: search.transitions,
    memory: search.bytes,
    violations: found,
    deadlock,
    // What waits for ever has not had its chance.
    noEffect: complete && deadlock === undefined ? (some ?? all).effects.ineffective() : [],
  };
}

/** The bound that was hit, with what the search of all states has covered. */
export function boundOf(all: Exploration, hit: BoundHit): BoundHit {
  return hit.kind === 'violation' ? hit : { ...hit, depth: all.depth, estimate: all.estimate };
}

/** All that was found, with runs that show it: where the search of all states came to it, a shortest one. */
function findings(
  program: Program,
  all: Exploration,
  some: ReducedExploration | undefined,
  { shouldStop }: Pick<CheckOptions, 'shouldStop'>,
) {
  const violations = new Map<string, () => Violation>();
  for (const found of some?.found ?? []) {
    violations.set(keyOf(found), () =>
      describeViolation(program, found, shortenedWitness(program, some!.pathTo(found.states[0]!), found, shouldStop)),
    );
  }
  for (const found of all.found) {
    violations.set(keyOf(found), () =>
      describeViolation(program, found, shortestWitness(program, all, found.states, shouldStop)),
    );
  }
  const stuck = all.deadlock !== undefined ? shortestWitness(program, all, [all.deadlock], shouldStop) : undefined;
  const deadlock = stuck ?? (some?.deadlock === undefined ? undefined : witnessOf(program, some.pathTo(some.deadlock)));
  return {
    found: [...violations.values()].map((describe) => describe()).sort(byPlace),
    deadlock: deadlock && describeDeadlock(program, deadlock),
  };
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
function byPlace(a: Violation, b: Violation): number {
  return (
    a.file - b.file ||
    a.range.start - b.range.start ||
    a.range.end - b.range.end ||
    (a.promisedBy?.task ?? -1) - (b.promisedBy?.task ?? -1) ||
    (a.promisedBy?.operation ?? -1) - (b.promisedBy?.operation ?? -1)
  );
}
