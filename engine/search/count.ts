import type { StateGraph } from './state-graph.ts';

/** Numbers of interleavings, exact for the graph as it is. */
interface PathCount {
  readonly total: bigint;
  readonly passing: bigint;
}

/** What is counted, and when to give up. */
interface Marking {
  /** The states that a path is to pass. */
  readonly isMarked: (state: number) => boolean;
  readonly shouldStop: () => boolean;
}

type CountOptions = { readonly [Key in keyof Marking]?: Marking[Key] | undefined };

const limbBits = 30;
const limbMask = 2 ** limbBits - 1;

/** How many states, or edges, are counted between two looks at whether to stop. */
const pollInterval = 4096;

/**
 * Counts the maximal paths of the state graph, and those that pass a marked state, by default a losing one. The graph has no
 * cycle, for a blocked wait is no step; states that were not expanded count as ends, so that the
 * numbers are lower bounds when a bound was hit.
 *
 * Numbers are kept in limbs of 30 bits, as many as the longest count can need. Undefined when `shouldStop` ended it: the
 * sums are of use only when all are done.
 */
export function countInterleavings(
  graph: StateGraph,
  actors: number,
  { isMarked = (state) => graph.isLosing(state), shouldStop = () => false }: CountOptions = {},
): PathCount | undefined {
  const order = topologicalOrder(graph, shouldStop);
  if (order === undefined) return undefined;
  const longest = graph.states === 0 ? 0 : graph.depth(graph.states - 1) + 1;
  for (let limbs = 2; ; limbs *= 2) {
    const count = countWith(graph, order, limbs, { isMarked, shouldStop });
    if (count === 'stopped') return undefined;
    if (count !== 'outgrown') return count;
    if (limbs * limbBits > longest * Math.log2(actors + 1) * 4 + 64)
      throw new Error('path count does not fit its bound');
  }
}

/** States such that every edge leads to a later one. Throws if the graph has a cycle. Undefined when stopped. */
function topologicalOrder(graph: StateGraph, shouldStop: () => boolean): Int32Array | undefined {
  if (shouldStop()) return undefined;
  const waiting = new Int32Array(graph.states);
  for (let edge = 0; edge < graph.edges; edge++) {
    if (edge % pollInterval === pollInterval - 1 && shouldStop()) return undefined;
    waiting[graph.target(edge)]!++;
  }
  const order = new Int32Array(graph.states);
  let length = graph.states > 0 ? 1 : 0;
  for (let i = 0; i < length; i++) {
    if (i % pollInterval === pollInterval - 1 && shouldStop()) return undefined;
    const state = order[i]!;
    for (let edge = graph.firstEdge(state); edge < graph.endOfEdges(state); edge++) {
      const target = graph.target(edge);
      if (--waiting[target]! === 0) order[length++] = target;
    }
  }
  if (length !== graph.states) throw new Error('the state graph has a cycle');
  return order;
}

/** `outgrown` when a number does not fit in `limbs`. */
function countWith(
  graph: StateGraph,
  order: Int32Array,
  limbs: number,
  { isMarked, shouldStop }: Marking,
): PathCount | 'outgrown' | 'stopped' {
  const total = new Int32Array(graph.states * limbs);
  const passing = new Int32Array(graph.states * limbs);
  for (let i = order.length - 1; i >= 0; i--) {
    if (i % pollInterval === pollInterval - 1 && shouldStop()) return 'stopped';
    const state = order[i]!;
    const at = state * limbs;
    const first = graph.firstEdge(state);
    const behind = graph.endOfEdges(state);
    if (first === behind) total[at] = 1;
    for (let edge = first; edge < behind; edge++) {
      const from = graph.target(edge) * limbs;
      if (!addLimbs(total, at, from, limbs)) return 'outgrown';
      addLimbs(passing, at, from, limbs);
    }
    if (isMarked(state)) for (let limb = 0; limb < limbs; limb++) passing[at + limb] = total[at + limb]!;
  }
  return { total: toBigInt(total, limbs), passing: toBigInt(passing, limbs) };
}

/** Adds the number at `from` to the one at `at`; false when it does not fit. */
function addLimbs(numbers: Int32Array, at: number, from: number, limbs: number): boolean {
  let carry = 0;
  for (let limb = 0; limb < limbs; limb++) {
    const sum = numbers[at + limb]! + numbers[from + limb]! + carry;
    numbers[at + limb] = sum & limbMask;
    carry = sum >>> limbBits;
  }
  return carry === 0;
}

/** The number of the initial state, which is state 0. */
function toBigInt(numbers: Int32Array, limbs: number): bigint {
  let value = 0n;
  for (let limb = limbs - 1; limb >= 0; limb--) value = (value << BigInt(limbBits)) | BigInt(numbers[limb]!);
  return value;
}
