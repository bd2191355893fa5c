import { describe, expect, test } from 'vitest';
import { inodeInLog, publishCommit } from '../../../engine/model/machine.ts';
import { compile } from '../../../engine/program.ts';
import { buildScenario } from '../scenario-builder.ts';

/** A machine whose only inode was logged in log transaction 1 of transaction 1, which has been synced. */
function logged(kernel: string, guards: Record<string, boolean> = {}) {
  const tasks = { a: ['fsync I', 'fsync I', 'write I 0..4K'], b: ['commit'] };
  const { machine, initial } = compile(buildScenario({ kernel, guards, tasks }));
  const state = initial.slice();
  const inode = machine.inodes[0]!;
  machine.transaction.join(state);
  machine.log.create(state);
  machine.log.transid.set(state, 2);
  machine.log.finishSync(state, 0);
  machine.log.finishSync(state, 1);
  inode.loggedTrans.set(state, 1);
  inode.lastSubTrans.set(state, 1);
  inode.setLastLogCommit(state, 1);
  return { machine, inode, state };
}

describe('btrfs_inode_in_log', () => {
  type Change = (it: ReturnType<typeof logged>) => void;
  test.each<[string, string, Change, boolean]>([
    ['logged and synced', '5.8', () => undefined, true],
    ['logged in an earlier transaction', '5.8', ({ inode, state }) => inode.loggedTrans.set(state, 0), false],
    ['changed since it was logged', '5.8', ({ inode, state }) => inode.lastSubTrans.set(state, 2), false],
    [
      'changed since the last log sync of the inode',
      '5.8',
      ({ inode, state }) => inode.setLastLogCommit(state, 0),
      false,
    ],
    ['not synced', '5.8', ({ machine, state }) => machine.log.lastLogCommit.set(state, 0), false],
    ['a listed extent map', '5.8', ({ inode, state }) => inode.extentMaps.modified.set(state, 1), false],
    ['a listed extent map, since 5.13', '6.18', ({ inode, state }) => inode.extentMaps.modified.set(state, 1), true],
  ])('%s (%s)', (_, kernel, change, expected) => {
    const it = logged(kernel);
    change(it);
    expect(inodeInLog(it.machine, it.inode, it.state, 1)).toBe(expected);
  });

  test('never before the first transaction', () => {
    const { machine, inode, state } = logged('5.8');
    inode.loggedTrans.set(state, 0);
    expect(inodeInLog(machine, inode, state, 0)).toBe(false);
  });

  test.each([
    [false, true],
    [true, false],
  ])('logged in the first log transaction, which nobody has synced; guard %s', (guard, expected) => {
    const { machine, inode, state } = logged('5.8', { 'in-log.first-log-transaction': guard });
    machine.log.create(state);
    inode.lastSubTrans.set(state, 0);
    inode.setLastLogCommit(state, 0);
    expect(inodeInLog(machine, inode, state, 1)).toBe(expected);
  });
});

test('publishing a commit makes the frozen tree durable and ends the log on disk', () => {
  const { machine, inode, state } = logged('5.8');
  inode.committing.present.set(state, 1);
  inode.committing.data.set(state, 1);
  inode.tree.data.set(state, 0b11);
  inode.diskLog.present.set(state, 1);
  machine.log.onDisk.set(state, 1);
  machine.transaction.treeLogMutex.set(state, 1);
  publishCommit(machine, state);
  expect(inode.committed.data.get(state)).toBe(1);
  const cleared = [
    inode.committing.present,
    inode.diskLog.present,
    machine.log.onDisk,
    machine.transaction.treeLogMutex,
  ];
  expect(cleared.map((field) => field.get(state))).toEqual([0, 0, 0, 0]);
});
