import type { OrderConstraint, StepReference } from '../../engine/index.ts';

/** More contradictions than these are not looked for: repairing the first ones comes first. */
const mostCycles = 10;

/**
 * The contradictions among `order` members and the order of the operations in each task. Each is the list
 * of members that make it, in the order of the text.
 *
 * @param operationCounts how many operations each task has
 * @param isOwnStep whether the step of a reference is one of the operation itself, not of an `endio`
 */
export function orderCycles(
  operationCounts: readonly number[],
  orders: readonly OrderConstraint[],
  isOwnStep: (reference: StepReference) => boolean,
): readonly (readonly number[])[] {
  if (orders.length === 0) return [];
  const moments = new Moments(operationCounts, isOwnStep);
  orders.forEach(({ before, after }, order) => {
    moments.connect(moments.endOf(before), moments.beginningOf(after), order);
  });
  return findCycles(moments.edges);
}

interface Edge {
  readonly to: number;
  /** Index of the `order` that demands it; undefined when the tasks themselves do. */
  readonly order: number | undefined;
}

/** Beginnings and ends of operations and steps, and which comes before which. */
class Moments {
  readonly edges: Edge[][] = [];
  readonly #beginnings: number[][];
  readonly #steps = new Map<string, number>();
  readonly #isOwnStep: (reference: StepReference) => boolean;

  constructor(operationCounts: readonly number[], isOwnStep: (reference: StepReference) => boolean) {
    this.#isOwnStep = isOwnStep;
    this.#beginnings = operationCounts.map((count) => {
      let last: number | undefined;
      return Array.from({ length: count }, () => {
        const beginning = this.#interval();
        if (last !== undefined) this.connect(last, beginning);
        last = beginning + 1;
        return beginning;
      });
    });
  }

  connect(from: number, to: number, order?: number): void {
    this.edges[from]!.push({ to, order });
  }

  beginningOf(reference: StepReference): number {
    const operation = this.#beginnings[reference.task]![reference.operation]!;
    return reference.step === undefined ? operation : this.#step(reference, operation);
  }

  endOf(reference: StepReference): number {
    return this.beginningOf(reference) + 1;
  }

  /** A step may repeat: it begins with its first occurrence and ends with its last. */
  #step(reference: StepReference, operation: number): number {
    const key = `${operation}@${reference.step}`;
    const known = this.#steps.get(key);
    if (known !== undefined) return known;
    const step = this.#interval();
    this.#steps.set(key, step);
    this.connect(operation, step);
    if (this.#isOwnStep(reference)) this.connect(step + 1, operation + 1);
    return step;
  }

  /** A beginning, and the end that has the next number. */
  #interval(): number {
    const beginning = this.edges.push([], []) - 2;
    this.connect(beginning, beginning + 1);
    return beginning;
  }
}

/** Depth-first search with a stack of its own, for chains may be long; each edge back into the path is a cycle. */
function findCycles(edges: readonly (readonly Edge[])[]): readonly (readonly number[])[] {
  const cycles: (readonly number[])[] = [];
  const reported = new Set<number>();
  const done = new Uint8Array(edges.length);
  const depthOf = new Int32Array(edges.length).fill(-1);
  for (let root = 0; root < edges.length; root++) {
    if (done[root]) continue;
    const path: { node: number; next: number; order: number | undefined }[] = [];
    const enter = (node: number, order: number | undefined) => {
      depthOf[node] = path.push({ node, next: 0, order }) - 1;
    };
    enter(root, undefined);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const edge = edges[top.node]![top.next++];
      if (edge === undefined) {
        done[top.node] = 1;
        depthOf[top.node] = -1;
        path.pop();
      } else if (depthOf[edge.to]! >= 0) {
        const orders = [edge.order, ...path.slice(depthOf[edge.to]! + 1).map((entry) => entry.order)];
        const cycle = orders.filter((order) => order !== undefined).sort((left, right) => left - right);
        if (!cycle.some((order) => reported.has(order))) cycles.push(cycle);
        for (const order of cycle) reported.add(order);
        if (cycles.length === mostCycles) return cycles;
      } else if (!done[edge.to]) {
        enter(edge.to, edge.order);
      }
    }
  }
  return cycles;
}
