import type { StateGraph } from './state-graph.ts';

interface Best {
  readonly switches: number;
  /** Edge taken into the state, and the actor before it. */
  readonly edge: number;
  readonly from: number;
  readonly previousActor: number;
}

/**
 * The edges of a shortest path from the initial state to one of `targets`, which are all at the same
 * depth: of the shortest ones a path with the fewest switches between actors. Deterministic: ties go to
 * the actor with the lower number. `actors` is how many there are.
 */
export function shortestPath(graph: StateGraph, actors: number, targets: readonly number[]): number[] {
  const useful = markUseful(graph, targets);
  const best = new Map<number, Map<number, Best>>();
  for (const state of useful) {
    const here = best.get(state);
    for (let edge = graph.firstEdge(state); edge < graph.endOfEdges(state); edge++) {
      const target = graph.target(edge);
      if (!useful.has(target) || graph.depth(target) !== graph.depth(state) + 1) continue;
      const actor = graph.move(edge) % actors;
      const arrivals = best.get(target) ?? new Map<number, Best>();
      best.set(target, arrivals);
      if (here === undefined) improve(arrivals, actor, { switches: 0, edge, from: state, previousActor: -1 });
      else {
        for (const [previousActor, { switches }] of here) {
          improve(arrivals, actor, {
            switches: switches + (previousActor === actor ? 0 : 1),
            edge,
            from: state,
            previousActor,
          });
        }
      }
    }
  }
  return readBack(best, targets);
}

/** States on shortest paths to the targets, in breadth-first order. */
function markUseful(graph: StateGraph, targets: readonly number[]): Set<number> {
  const useful = new Set(targets);
  const highest = Math.max(0, ...targets);
  const found: number[] = [];
  for (let state = highest; state >= 0; state--) {
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

function improve(arrivals: Map<number, Best>, actor: number, candidate: Best): void {
  const known = arrivals.get(actor);
  if (known === undefined || candidate.switches < known.switches) arrivals.set(actor, candidate);
}

function readBack(best: ReadonlyMap<number, ReadonlyMap<number, Best>>, targets: readonly number[]): number[] {
  let end: { state: number; actor: number; switches: number } | undefined;
  for (const state of targets) {
    for (const [actor, { switches }] of best.get(state) ?? []) {
      if (end === undefined || switches < end.switches) end = { state, actor, switches };
    }
  }
  const edges: number[] = [];
  while (end !== undefined) {
    const step: Best = best.get(end.state)!.get(end.actor)!;
    edges.push(step.edge);
    end = step.previousActor < 0 ? undefined : { state: step.from, actor: step.previousActor, switches: 0 };
  }
  return edges.reverse();
}
