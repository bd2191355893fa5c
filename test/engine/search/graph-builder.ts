import fc from 'fast-check';
import { StateGraph } from '../../../engine/search/state-graph.ts';

/** A graph as a search would build it. */
interface GraphText {
  /** Per state: who leads to which state. State 0 is the initial one. */
  readonly edges: readonly (readonly { readonly actor: number; readonly target: number }[])[];
  readonly losing: readonly number[];
}

/** Builds the graph; the depth of a state is its distance from state 0. */
export function buildGraph({ edges, losing }: GraphText): StateGraph {
  const graph = new StateGraph();
  const depths = edges.map((_, state) => (state === 0 ? 0 : Number.POSITIVE_INFINITY));
  const origins = edges.map(() => 0);
  for (const [state, out] of edges.entries()) {
    for (const { target } of out) {
      if (depths[target]! <= depths[state]! + 1) continue;
      depths[target] = depths[state]! + 1;
      origins[target] = state;
    }
  }
  for (const [state, depth] of depths.entries()) graph.addState(depth, origins[state]!);
  for (const out of edges) {
    graph.beginEdges();
    for (const { actor, target } of out) graph.addEdge(actor, target);
  }
  for (const state of losing) graph.markLosing(state);
  return graph;
}

/**
 * Layered graphs of a few states, numbered breadth first: every state but the first is reached from the
 * layer before, some of them in several ways.
 */
export const randomGraph: fc.Arbitrary<GraphText> = fc
  .array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 })
  .chain((sizes) => {
    const layers = [1, ...sizes];
    const firsts = layers.map((_, layer) => layers.slice(0, layer).reduce((sum, size) => sum + size, 0));
    const states = layers.flatMap((size, layer) => Array.from({ length: size }, () => layer));
    return fc
      .record({
        parents: fc.tuple(...states.map(() => fc.nat())),
        extra: fc.array(fc.record({ from: fc.nat(), to: fc.nat() }), { maxLength: 8 }),
        actors: fc.infiniteStream(fc.nat({ max: 2 })),
        losing: fc.uniqueArray(fc.nat({ max: states.length - 1 }), { maxLength: 3 }),
      })
      .map(({ parents, extra, actors, losing }): GraphText => {
        const edges: { actor: number; target: number }[][] = states.map(() => []);
        const connect = (from: number, target: number) => {
          const actor = actors.next().value ?? 0;
          if (!edges[from]!.some((edge) => edge.actor === actor)) edges[from]!.push({ actor, target });
          else if (!edges[from]!.some((edge) => edge.target === target))
            edges[from]!.push({ actor: 3 + target, target });
        };
        for (const [state, layer] of states.entries()) {
          if (layer > 0) connect(firsts[layer - 1]! + (parents[state]! % layers[layer - 1]!), state);
        }
        for (const { from, to } of extra) {
          const layer = from % (layers.length - 1);
          connect(firsts[layer]! + (from % layers[layer]!), firsts[layer + 1]! + (to % layers[layer + 1]!));
        }
        return { edges, losing };
      });
  });

/** Every path from state 0 to a state without edges or, where targets are given, to one of those: its edges' numbers. */
export function allPaths(graph: StateGraph, targets?: readonly number[]): number[][] {
  const paths: number[][] = [];
  visit(0, []);
  return paths;

  function visit(state: number, path: readonly number[]): void {
    const first = graph.firstEdge(state);
    const behind = graph.endOfEdges(state);
    if (targets === undefined ? first === behind : targets.includes(state)) paths.push([...path]);
    for (let edge = first; edge < behind; edge++) visit(graph.target(edge), [...path, edge]);
  }
}
