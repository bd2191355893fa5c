import type { OrderConstraint, StepReference } from '../../engine/index.ts';
import { isModelled } from './modelled-operations.ts';
import { orderCycles } from './order-cycles.ts';
import { bindReference } from './references.ts';
import type { Scope } from './scope.ts';
import type { OrderNode } from './syntax-tree.ts';

/** Lowers the `order` members, each undefined when something about it was reported, and reports their cycles. */
export function bindOrders(nodes: readonly OrderNode[], scope: Scope): readonly (OrderConstraint | undefined)[] {
  const bound = nodes.map((node) => {
    const before = node.before && bindReference(node.before, scope);
    const after = node.after && bindReference(node.after, scope);
    return before && after && { node, constraint: { before, after } };
  });
  reportCycles(
    bound.filter((order) => order !== undefined),
    scope,
  );
  return bound.map((order) => order?.constraint);
}

function reportCycles(orders: readonly { node: OrderNode; constraint: OrderConstraint }[], scope: Scope): void {
  const cycles = orderCycles(
    scope.tasks.map((task) => task.node.operations.length),
    orders.map((order) => order.constraint),
    (reference) => isOwnStep(reference, scope),
  );
  for (const cycle of cycles) {
    const nodes = cycle.map((index) => orders[index]!.node);
    const [closing, ...others] = nodes.reverse();
    const message =
      others.length === 0
        ? 'this order contradicts the order of the operations in their task'
        : `this order closes a cycle of ${nodes.length}: no interleaving can keep them all`;
    scope.problems.error('order-cycle', message, closing!.span, {
      related: others.reverse().map((node) => ({ span: node.span, message: 'part of the cycle' })),
    });
  }
}

function isOwnStep({ task, operation, step }: StepReference, scope: Scope): boolean {
  const word = scope.tasks[task]!.node.operations[operation]!.word.text;
  return step !== undefined && isModelled(word) && scope.steps(word).includes(step);
}
