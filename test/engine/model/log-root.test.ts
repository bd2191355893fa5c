import { beforeEach, describe, expect, test } from 'vitest';
import { LogRoot } from '../../../engine/model/log-root.ts';
import { Layout, type State } from '../../../engine/state/layout.ts';

let log: LogRoot;
let state: State;
beforeEach(() => {
  const layout = new Layout();
  log = new LogRoot(layout, { logTransactions: 3, writers: 2, fullCommits: 2, writesFail: true });
  state = new Int32Array(layout.words);
  log.create(state);
});

/** What is known of log transactions 0 and 1. */
const status = () => ({
  lead: [0, 1].map((transid) => log.hasLeader(state, transid)),
  synced: [0, 1].map((transid) => log.isSynced(state, transid)),
  syncing: log.isSyncing(state),
  lastLogCommit: log.lastLogCommit.get(state),
});
const none = [false, false];

describe('log root', () => {
  test('log transactions are led and synced one after the other', () => {
    expect(status()).toEqual({ lead: none, synced: none, syncing: false, lastLogCommit: 0 });
    log.transid.add(state, 1);
    expect(status()).toEqual({ lead: [true, false], synced: none, syncing: true, lastLogCommit: 0 });
    log.finishSync(state, 0);
    expect(status()).toEqual({ lead: [true, false], synced: [true, false], syncing: false, lastLogCommit: 0 });
    log.transid.add(state, 1);
    log.finishSync(state, 1);
    expect(status()).toEqual({ lead: [true, true], synced: [true, true], syncing: false, lastLogCommit: 1 });
  });

  test('a sync that has failed wakes who waits, and gives the log of the transaction up', () => {
    log.transid.add(state, 1);
    log.finishSync(state, 0);
    log.transid.add(state, 1);
    log.failSync(state, 1, 2);
    expect(status()).toMatchObject({ synced: [true, true], syncing: false, lastLogCommit: 0 });
    expect([0, 1, 2].map((transid) => log.hasFailed(state, transid))).toEqual([false, true, true]);
    expect([0, 1].map((transid) => log.isDurable(state, transid))).toEqual([true, false]);
    expect(log.fullCommit.get(state)).toBe(2);
    log.create(state);
    expect(log.hasFailed(state, 1)).toBe(false);
  });

  test('a new log tree starts over, with nothing synced', () => {
    log.transid.add(state, 2);
    log.finishSync(state, 1);
    log.create(state);
    expect(log.transid.get(state)).toBe(0);
    expect(status()).toEqual({ lead: none, synced: none, syncing: false, lastLogCommit: 0 });
  });
});
