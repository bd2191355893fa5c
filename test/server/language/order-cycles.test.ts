import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StepReference } from '../../../engine/index.ts';
import { orderCycles } from '../../../server/language/order-cycles.ts';

/** `0.1` is operation 1 of task 0, `0.1@s` its step; steps in capitals are those of a completion. */
function reference(text: string): StepReference {
  const [, task, operation, step] = /^(\d+)\.(\d+)(?:@(\w+))?$/.exec(text)!;
  return { task: Number(task), operation: Number(operation), step };
}

function cycles(counts: readonly number[], ...orders: readonly string[]): readonly (readonly number[])[] {
  const constraints = orders.map((order) => {
    const [before, after] = order.split(' < ');
    return { before: reference(before!), after: reference(after!) };
  });
  return orderCycles(counts, constraints, ({ step }) => step === step?.toLowerCase());
}

describe('contradictions', () => {
  test.each([
    [[1, 1], ['0.0 < 1.0'], []],
    [[1, 1], ['0.0 < 1.0', '1.0 < 0.0'], [[0, 1]]],
    [[1, 1, 1], ['0.0 < 1.0', '2.0 < 0.0', '1.0 < 2.0'], [[0, 1, 2]]],
    [[2], ['0.0 < 0.1'], []],
    [[2], ['0.1 < 0.0'], [[0]]],
    [[1], ['0.0 < 0.0'], [[0]]],
    [[2, 2], ['0.1 < 1.0', '1.1 < 0.0'], [[0, 1]]],
    [[2, 2], ['0.0 < 1.1', '1.0 < 0.1'], []],
    [[1, 1], ['0.0@s < 1.0@t', '1.0@t < 0.0@s'], [[0, 1]]],
    [[1, 1], ['0.0@s < 1.0@t', '1.0@u < 0.0@v'], []],
    [[1, 1], ['0.0 < 1.0@t', '1.0@t < 0.0@s'], [[0, 1]]],
    [[2], ['0.1 < 0.0@s'], [[0]]],
    [[2], ['0.1 < 0.0@DONE'], []],
    [[2], ['0.0@DONE < 0.0'], [[0]]],
    [
      [1, 1, 1, 1],
      ['0.0 < 1.0', '1.0 < 0.0', '2.0 < 3.0', '3.0 < 2.0'],
      [
        [0, 1],
        [2, 3],
      ],
    ],
  ])('%j %j', (counts, orders, expected) => {
    expect(cycles(counts, ...orders)).toEqual(expected);
  });
});

test('orders that agree with some sequence of all operations are no contradiction', () => {
  const operations = fc.array(fc.nat(3), { minLength: 2, maxLength: 12 });
  fc.assert(
    fc.property(operations, fc.array(fc.tuple(fc.nat(), fc.nat())), (tasks, pairs) => {
      const counts = [0, 0, 0, 0];
      const sequence = tasks.map((task) => ({ task, operation: counts[task]!++ }));
      const orders = pairs
        .map(([left, right]) => [left % sequence.length, right % sequence.length].sort((a, b) => a - b))
        .filter(([left, right]) => left !== right)
        .map(([left, right]) => ({ before: sequence[left!]!, after: sequence[right!]! }));
      expect(orderCycles(counts, orders, () => true)).toEqual([]);
    }),
  );
});

test('a long chain is no problem', () => {
  const count = 20_000;
  const orders = Array.from({ length: count - 1 }, (_, task) => ({
    before: { task, operation: 0 },
    after: { task: task + 1, operation: 0 },
  }));
  const counts = new Array<number>(count).fill(1);
  expect(orderCycles(counts, orders, () => true)).toEqual([]);
  const closing = { before: { task: count - 1, operation: 0 }, after: { task: 0, operation: 0 } };
  expect(orderCycles(counts, [...orders, closing], () => true)[0]).toHaveLength(count);
});
