import { beforeEach, describe, expect, test } from 'vitest';
import { Transaction } from '../../../engine/model/transaction.ts';
import { Layout, type State } from '../../../engine/state/layout.ts';

let transaction: Transaction;
let state: State;
beforeEach(() => {
  const layout = new Layout();
  transaction = new Transaction(layout, { transactions: 3, handles: 4, pendingOrdered: 2, aborts: true });
  state = new Int32Array(layout.words);
});

const admits = () => [transaction.canStart(state), transaction.canJoin(state)];
const ids = () => [transaction.generation.get(state), transaction.lastCommitted.get(state)];

describe('transaction', () => {
  test('the first handle creates it, the next one joins', () => {
    transaction.start(state);
    transaction.join(state);
    expect(ids()).toEqual([1, 0]);
    expect([transaction.writers.get(state), transaction.externalWriters.get(state)]).toEqual([2, 1]);
  });

  test('one that is aborted lets everybody in who is to be refused, and is never committed', () => {
    transaction.join(state);
    transaction.end(state);
    transaction.beginCommit(state);
    transaction.stopJoins(state);
    transaction.unblock(state);
    expect([transaction.isSettled(state), transaction.isAborted(state)]).toEqual([false, false]);
    transaction.cleanUpCommitting(state);
    expect([transaction.isSettled(state), transaction.isAborted(state)]).toEqual([true, true]);
    expect([transaction.treeLogMutex.get(state), ...ids()]).toEqual([0, 1, 0]);
    transaction.beginCommit(state);
    expect(admits()).toEqual([true, true]);
    transaction.cleanUpRunning(state);
    expect(transaction.isIdle(state)).toBe(true);
  });

  test('who may enter, state by state', () => {
    expect(admits()).toEqual([true, true]);
    transaction.start(state);
    expect(admits()).toEqual([true, true]);
    transaction.beginCommit(state);
    expect(admits()).toEqual([false, true]);
    transaction.stopJoins(state);
    expect(admits()).toEqual([false, false]);
    transaction.unblock(state);
    expect(admits()).toEqual([true, true]);
  });

  test('the next one may run while the previous one is written', () => {
    transaction.start(state);
    transaction.endStarted(state);
    transaction.unblock(state);
    expect([transaction.isIdle(state), transaction.treeLogMutex.get(state)]).toEqual([true, 1]);
    transaction.join(state);
    expect([...ids(), transaction.committing.get(state)]).toEqual([2, 0, 1]);
    transaction.complete(state);
    expect([...ids(), transaction.committing.get(state)]).toEqual([2, 1, 0]);
  });

  test.each<[string, (at: State) => void, boolean]>([
    ['nothing in the way', () => undefined, true],
    ['a joined handle may stay', (at) => transaction.join(at), true],
    ['a started handle', (at) => transaction.start(at), false],
    ['a previous commit', (at) => transaction.committing.set(at, 1), false],
    ['a logged ordered extent', (at) => transaction.pendingOrdered.add(at, 1), false],
  ])('may joins stop? %s', (_, arrange, expected) => {
    arrange(state);
    expect(transaction.canStopJoins(state)).toBe(expected);
  });

  test('a handle gives back what it took', () => {
    transaction.start(state);
    transaction.join(state);
    transaction.endStarted(state);
    expect([transaction.writers.get(state), transaction.externalWriters.get(state)]).toEqual([1, 0]);
    transaction.end(state);
    expect(transaction.writers.get(state)).toBe(0);
  });
});
