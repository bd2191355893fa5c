import type { Field } from '../state/layout.ts';
import type { OperationContext } from './context.ts';
import { waitLoggedExtents } from './logged-extents.ts';
import type { Step } from './step.ts';

/**
 * btrfs_sync_log for the log transaction that the task joined (`transid`, ctx->log_transid). The leader
 * writes the log tree; who logged into the same log transaction meanwhile waits for the leader.
 */
export function syncLog({ machine, task }: OperationContext, transid: Field): Step[] {
  const { log, transaction, rules, inodes, names } = machine;
  return [
    {
      name: 'wait_log_commit',
      locks: '',
      does: 'Another task is writing, or has written, the log transaction that this one logged into: waits for it and takes its result.',
      when: (state) => log.hasLeader(state, transid.get(state)),
      ready: (state) => log.isSynced(state, transid.get(state)),
      heldBy: (state) => log.isSynced(state, transid.get(state)) ? 0 : log.leader(state),
      waitsFor: 'the task that writes this log transaction',
      goesTo: ['return joined'],
      apply: () => 'return joined',
    },
    {
      name: 'sync_log',
      locks: 'root log_mutex',
      does: 'Writes the blocks of the log tree as it is now and begins the next log transaction; other tasks may log again.',
      ready: (state) => !log.isSyncing(state) && log.writers.get(state) === 0,
      heldBy: (state) => log.writers.get(state) | log.leader(state),
      waitsFor: 'the previous log sync and all tasks that are logging',
      apply: (state) => {
        for (const inode of inodes) inode.syncingLog.copyFrom(state, inode.log);
        names?.syncingLog.copyFrom(state, names.log);
        log.beginSync(state, task);
        return undefined;
      },
    },
    ...(rules.fastFsyncLogsRunningExtents ? waitLoggedExtents(machine, transid) : []),
    {
      name: 'write_super',
      locks: 'log root log_mutex',
      does: 'Flushes the devices and writes the super block with the log root: what the log holds is durable.',
      ready: (state) => rules.firstLoggerWaitsForCommit || transaction.treeLogMutex.get(state) === 0,
      heldBy: (state) => rules.firstLoggerWaitsForCommit ? 0 : transaction.treeLogHolder(state),
      waitsFor: 'the super block of the previous transaction (tree_log_mutex)',
      apply: (state) => {
        for (const inode of inodes) {
          inode.diskLog.copyFrom(state, inode.syncingLog);
          inode.syncingLog.clear(state);
        }
        names?.diskLog.copyFrom(state, names.syncingLog);
        names?.syncingLog.clear(state);
        log.onDisk.set(state, 1);
        return undefined;
      },
    },
  ];
}
