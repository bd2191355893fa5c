import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countInterleavings } from '../../../engine/search/count.ts';
import { StateGraph } from '../../../engine/search/state-graph.ts';
import { allPaths, buildGraph, randomGraph } from './graph-builder.ts';

describe('counting', () => {
  test('agrees with a list of all paths', () => {
    fc.assert(
      fc.property(randomGraph, (text) => {
        const graph = buildGraph(text);
        const paths = allPaths(graph);
        const statesOf = (path: readonly number[]) => [0, ...path.map((edge) => graph.target(edge))];
        const losing = paths.filter((path) => statesOf(path).some((state) => graph.isLosing(state)));
        expect(countInterleavings(graph, 3)).toEqual({ total: BigInt(paths.length), passing: BigInt(losing.length) });
        const isEven = (state: number) => state % 2 === 0;
        const even = paths.filter((path) => statesOf(path).some((state) => state > 0 && isEven(state)));
        const marked = countInterleavings(graph, 3, { isMarked: (state) => state > 0 && isEven(state) });
        expect(marked).toEqual({ total: BigInt(paths.length), passing: BigInt(even.length) });
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  /** A chain of diamonds, each with `width` ways through it. */
  function diamonds(count: number, width: number, losing: readonly number[] = []): StateGraph {
    const edges: { actor: number; target: number }[][] = [];
    for (let i = 0; i < count; i++) {
      const first = i * (width + 1);
      edges.push(Array.from({ length: width }, (_, actor) => ({ actor, target: first + 1 + actor })));
      for (let actor = 0; actor < width; actor++) edges.push([{ actor, target: first + width + 1 }]);
    }
    return buildGraph({ edges: [...edges, []], losing });
  }

  test.each([
    [1, 2],
    [30, 2],
    [59, 2],
    [60, 2],
    [61, 2],
    [300, 2],
    [200, 7],
  ])('%i times %i ways, exactly', (count, width) => {
    const losing = [width + 2];
    const ways = BigInt(width) ** BigInt(count);
    const expected = { total: ways, passing: count > 1 ? ways / BigInt(width) : 0n };
    expect(countInterleavings(diamonds(count, width, count > 1 ? losing : []), width)).toEqual(expected);
  });

  test('a loss at the start loses every interleaving, one at the end too', () => {
    for (const state of [0, 9]) {
      expect(countInterleavings(diamonds(3, 2, [state]), 2)).toEqual({ total: 8n, passing: 8n });
    }
  });

  test('an interleaving that passes several losses counts once', () => {
    expect(countInterleavings(diamonds(2, 2, [1, 4]), 2)).toEqual({ total: 4n, passing: 3n });
  });

  test('states that were not expanded count as ends', () => {
    const graph = new StateGraph();
    for (const depth of [0, 1, 1]) graph.addState(depth, 0);
    graph.beginEdges();
    graph.addEdge(0, 1);
    graph.addEdge(1, 2);
    expect(countInterleavings(graph, 2)).toEqual({ total: 2n, passing: 0n });
  });

  test('can be stopped at any time, and has no number then', () => {
    const graph = diamonds(3000, 7);
    let polls = 0;
    const whole = countInterleavings(graph, 7, { shouldStop: () => ++polls > 1e9 });
    expect(whole?.total).toBe(7n ** 3000n);
    expect(polls).toBeGreaterThan(20);
    for (const last of [0, 1, Math.floor(polls / 2), polls - 1]) {
      let asked = 0;
      expect(countInterleavings(graph, 7, { shouldStop: () => asked++ >= last })).toBeUndefined();
      expect(asked).toBe(last + 1);
    }
  });

  test('a cycle is a mistake', () => {
    const loop = [[{ actor: 0, target: 1 }], [{ actor: 0, target: 1 }]];
    expect(() => countInterleavings(buildGraph({ edges: loop, losing: [] }), 1)).toThrow('cycle');
  });
});
