import type { StateGraph } from './state-graph.ts';

/** The best way found into a state with a last step of one actor. */
interface Arrival {
  readonly switches: number;
  /** Of ways with as many switches, the one with the lower number has its switches later. See `rankArrivals`. */
  readonly order: number;
  /** Edge taken into the state, and the arrival before it. */
  readonly edge: number;
  readonly before: Arrival | undefined;
}

/** How many states are looked at between two looks at whether to stop. */
const pollInterval = 4096;

/**
 * The edges of a shortest path from the initial state to one of `targets`, which are all at the same
 * depth: of the shortest ones a path with the fewest switches between actors, of these the one that switches latest (the first
 * switch as late as can be, then the second, and so on). Deterministic: further ties go to
 * the actor with the lower number. `actors` is how many there are. When `shouldStop` says so, it is just any shortest path.
 */
export function shortestPath(
  graph: StateGraph,
  actors: number,
  targets: readonly number[],
  shouldStop: () => boolean = () => false,
): number[] {
  const useful = markUseful(graph, targets, shouldStop);
  if (useful === undefined) return firstPath(graph, targets[0]!);
  /** Per state of the depth at hand and the next one, per actor of the last step. */
  let here = new Map<number, Map<number, Arrival>>();
  let there = new Map<number, Map<number, Arrival>>();
  let depth = 0;
  let ranks = new Map<Arrival, number>();
  let looked = 0;
  for (const state of useful) {
    if (looked++ % pollInterval === 0 && shouldStop()) return firstPath(graph, targets[0]!);
    if (graph.depth(state) > depth) {
      depth = graph.depth(state);
      here = there;
      there = new Map();
      ranks = rankArrivals(here);
    }
    const arrivals = here.get(state);
    for (let edge = graph.firstEdge(state); edge < graph.endOfEdges(state); edge++) {
      const target = graph.target(edge);
      if (!useful.has(target) || graph.depth(target) !== depth + 1) continue;
      const actor = graph.move(edge) % actors;
      const known = there.get(target) ?? new Map<number, Arrival>();
      there.set(target, known);
      if (arrivals === undefined) improve(known, actor, { switches: 0, order: 0, edge, before: undefined });
      else {
        for (const [last, before] of arrivals) {
          const switched = last === actor ? 0 : 1;
          const order = 2 * ranks.get(before)! + switched;
          improve(known, actor, { switches: before.switches + switched, order, edge, before });
        }
      }
    }
  }
  return readBack(targets.flatMap((state) => [...(here.get(state)?.values() ?? [])]));
}

/** The path by which a state was reached first. */
function firstPath(graph: StateGraph, target: number): number[] {
  const edges: number[] = [];
  for (let state = target; state > 0; state = graph.origin(state)) {
    let edge = graph.firstEdge(graph.origin(state));
    while (graph.target(edge) !== state) edge++;
    edges.push(edge);
  }
  return edges.reverse();
}

/** States on shortest paths to the targets, in breadth-first order; undefined when stopped. */
function markUseful(graph: StateGraph, targets: readonly number[], shouldStop: () => boolean): Set<number> | undefined {
  const useful = new Set(targets);
  const highest = targets.reduce((last, state) => Math.max(last, state), 0);
  const found: number[] = [];
  for (let state = highest; state >= 0; state--) {
    if (state % pollInterval === 0 && shouldStop()) return undefined;
    if (useful.has(state)) {
      found.push(state);
      continue;
    }
    for (let edge = graph.firstEdge(state); edge < graph.endOfEdges(state); edge++) {
      const target = graph.target(edge);
      if (!useful.has(target) || graph.depth(target) !== graph.depth(state) + 1) continue;
      useful.add(state);
      found.push(state);
      break;
    }
  }
  return new Set(found.reverse());
}

/**
 * Numbers the arrivals of one depth by where their switches are. All have as many steps: which of them switches and which
 * does not makes a binary number, and the lower it is, the later are the switches. Its rank says enough of it.
 */
function rankArrivals(states: ReadonlyMap<number, ReadonlyMap<number, Arrival>>): Map<Arrival, number> {
  const arrivals = [...states.values()].flatMap((byActor) => [...byActor.values()]);
  const orders = [...new Set(arrivals.map(({ order }) => order))].sort((a, b) => a - b);
  const rankOf = new Map(orders.map((order, rank) => [order, rank]));
  return new Map(arrivals.map((arrival) => [arrival, rankOf.get(arrival.order)!]));
}

function improve(arrivals: Map<number, Arrival>, actor: number, candidate: Arrival): void {
  const known = arrivals.get(actor);
  if (known === undefined || isBetter(candidate, known)) arrivals.set(actor, candidate);
}

function isBetter(a: Arrival, b: Arrival): boolean {
  return a.switches < b.switches || (a.switches === b.switches && a.order < b.order);
}

function readBack(ends: readonly Arrival[]): number[] {
  const edges: number[] = [];
  let best: Arrival | undefined;
  for (const end of ends) if (best === undefined || isBetter(end, best)) best = end;
  for (; best !== undefined; best = best.before) edges.push(best.edge);
  return edges.reverse();
}
