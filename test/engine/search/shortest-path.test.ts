import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shortestPath } from '../../../engine/search/shortest-path.ts';
import type { StateGraph } from '../../../engine/search/state-graph.ts';
import { allPaths, buildGraph, randomGraph } from './graph-builder.ts';

function switches(graph: StateGraph, path: readonly number[]): number {
  return path.filter((edge, i) => i > 0 && graph.move(edge) !== graph.move(path[i - 1]!)).length;
}

/** Per step, whether it is another actor's than the one before: the lower as text, the later are the switches. */
function switchesInOrder(graph: StateGraph, path: readonly number[]): string {
  return path.map((edge, i) => (i > 0 && graph.move(edge) !== graph.move(path[i - 1]!) ? '1' : '0')).join('');
}

/** The targets at the least depth, as a search has them. */
function nearest(graph: StateGraph, states: readonly number[]): number[] {
  const least = Math.min(...states.map((state) => graph.depth(state)));
  return states.filter((state) => graph.depth(state) === least);
}

describe('shortest path', () => {
  test('of all paths it is one of the shortest, of those one with the fewest switches, the latest ones', () => {
    fc.assert(
      fc.property(randomGraph, (text) => {
        fc.pre(text.losing.length > 0);
        const graph = buildGraph(text);
        const targets = nearest(graph, text.losing);
        const path = shortestPath(graph, 100, targets);
        const states = path.reduce((at, edge) => {
          expect(edge >= graph.firstEdge(at) && edge < graph.endOfEdges(at)).toBe(true);
          return graph.target(edge);
        }, 0);
        expect(targets).toContain(states);
        const others = allPaths(graph, targets);
        const shortest = others.filter((other) => other.length === Math.min(...others.map(({ length }) => length)));
        expect(path.length).toBe(shortest[0]!.length);
        const fewest = Math.min(...shortest.map((other) => switches(graph, other)));
        expect(switches(graph, path)).toBe(fewest);
        const best = shortest.filter((other) => switches(graph, other) === fewest);
        expect(switchesInOrder(graph, path)).toBe(best.map((other) => switchesInOrder(graph, other)).sort()[0]);
        expect(shortestPath(graph, 100, targets)).toEqual(path);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  test('a switch early does not hide a path with fewer switches', () => {
    // To state 3 by actors 0 0, 1 0 or 1 1, and from there only actor 1 goes on.
    const edges = [
      [
        { actor: 0, target: 1 },
        { actor: 1, target: 2 },
      ],
      [{ actor: 0, target: 3 }],
      [
        { actor: 0, target: 3 },
        { actor: 1, target: 3 },
      ],
      [{ actor: 1, target: 4 }],
      [],
    ];
    const graph = buildGraph({ edges, losing: [] });
    expect(shortestPath(graph, 100, [4]).map((edge) => graph.move(edge))).toEqual([1, 1, 1]);
  });

  test('stopped at any time, it is one of the shortest all the same', () => {
    fc.assert(
      fc.property(randomGraph, fc.nat({ max: 2 }), (text, polls) => {
        fc.pre(text.losing.length > 0);
        const graph = buildGraph(text);
        const targets = nearest(graph, text.losing);
        let left = polls;
        const path = shortestPath(graph, 100, targets, () => left-- <= 0);
        expect(path.length).toBe(graph.depth(targets[0]!));
        const end = path.reduce((at, edge) => {
          expect(edge >= graph.firstEdge(at) && edge < graph.endOfEdges(at)).toBe(true);
          return graph.target(edge);
        }, 0);
        expect(targets).toContain(end);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  test('the initial state is reached by no step', () => {
    expect(shortestPath(buildGraph({ edges: [[{ actor: 0, target: 1 }], []], losing: [] }), 100, [0])).toEqual([]);
  });
});
