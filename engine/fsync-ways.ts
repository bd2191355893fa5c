import type { Condition, Question } from './scenario.ts';
import type { Field, Layout } from './state/layout.ts';
import type { OperationReference } from './verdict.ts';

/** The fast path of btrfs_log_inode, which trusts the list of modified extents. */
export const fastWay = 1;
/** The full path, which copies the inode from the subvolume tree. */
export const fullWay = 2;

/**
 * Which way each fsync has taken, of those that a question asks about; 0 for one that has not come to `log_inode`. No other
 * part of a state tells that once the step is behind. Where nobody asks for `full`, a full fsync counts as none: one bit will do.
 */
export class FsyncWays {
  readonly #fields = new Map<string, Field>();

  constructor(questions: readonly Question[], layout: Layout) {
    const asked = questions.flatMap(({ condition }) => operationsIn(condition));
    const full = new Set(asked.filter(({ is }) => is === 'full').map(keyOf));
    for (const operation of asked) {
      const key = keyOf(operation);
      if (operation.is === 'returned' || this.#fields.has(key)) continue;
      this.#fields.set(key, layout.field(full.has(key) ? fullWay : fastWay, 'control'));
    }
  }

  of(operation: OperationReference): Field | undefined {
    return this.#fields.get(keyOf(operation));
  }
}

function keyOf({ task, operation }: OperationReference): string {
  return `${task}.${operation}`;
}

function operationsIn(condition: Condition): Extract<Condition, { kind: 'operation' }>[] {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.operands.flatMap(operationsIn);
    case 'not':
      return operationsIn(condition.operand);
    case 'operation':
      return [condition];
    default:
      return [];
  }
}
