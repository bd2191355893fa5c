import type { Machine } from '../model/machine.ts';
import type { Field, State } from '../state/layout.ts';
import { toCommit } from './commit-fallback.ts';
import type { OperationContext } from './context.ts';
import { waitLoggedExtents } from './logged-extents.ts';
import { end, following, type Step } from './step.ts';

/** Labels of the steps behind a log sync that has failed. */
const logUnwritten = 'sync_log failed';
const superUnwritten = 'return of a failed log sync';

/**
 * btrfs_sync_log for the log transaction that the task joined (`transid`, ctx->log_transid). The leader
 * writes the log tree; who logged into the same log transaction meanwhile waits for the leader.
 */
export function syncLog({ machine, fails, task }: OperationContext, transid: Field): Step[] {
  const { log, superErrors, transaction, rules, inodes, names } = machine;
  const mayFail = log.writesMayFail;
  const treeFails = (state: State) => fails(state, 'io', 'sync_log');
  return [
    {
      name: 'wait_log_commit',
      locks: '',
      does: 'Another task is writing, or has written, the log transaction that this one logged into: waits for it and takes its result.',
      when: (state) => log.hasLeader(state, transid.get(state)),
      ready: (state) => log.isSynced(state, transid.get(state)),
      heldBy: (state) => (log.isSynced(state, transid.get(state)) ? 0 : log.leader(state)),
      waitsFor: 'the task that writes this log transaction',
      goesTo: ['return joined', ...(mayFail ? [toCommit] : [])],
      apply: (state) => (log.hasFailed(state, transid.get(state)) ? toCommit : 'return joined'),
    },
    {
      name: 'sync_log',
      locks: 'root log_mutex',
      does: 'Writes the blocks of the log tree as it is now and begins the next log transaction; other tasks may log again.',
      ready: (state) => !log.isSyncing(state) && log.writers.get(state) === 0,
      heldBy: (state) => log.writers.get(state) | log.leader(state),
      waitsFor: 'the previous log sync and all tasks that are logging',
      ...(mayFail ? { goesTo: [following, logUnwritten] } : {}),
      says: (state) => (treeFails(state) ? 'the device has not written them: -EIO' : undefined),
      apply: (state) => {
        log.beginSync(state, task);
        if (treeFails(state)) {
          // set_btree_ioerr: on the mapping of the btree inode, which no fsync asks.
          if (rules.syncfsTellsErrorsOfTrees) superErrors.note(state);
          // Where nobody looks, the super block is to point to a log that is not there: replay fails.
          dropSyncingLog(machine, state);
          return rules.logWriteErrorsAreChecked ? logUnwritten : undefined;
        }
        for (const inode of inodes) inode.syncingLog.copyFrom(state, inode.log);
        names?.syncingLog.copyFrom(state, names.log);
        return undefined;
      },
    },
    ...(rules.fastFsyncLogsRunningExtents ? waitLoggedExtents(machine, transid) : []),
    {
      name: 'write_super',
      locks: 'log root log_mutex',
      does: 'Flushes the devices and writes the super block with the log root: what the log holds is durable.',
      ready: (state) => rules.firstLoggerWaitsForCommit || transaction.treeLogMutex.get(state) === 0,
      heldBy: (state) => (rules.firstLoggerWaitsForCommit ? 0 : transaction.treeLogHolder(state)),
      waitsFor: 'the super block of the previous transaction (tree_log_mutex)',
      ...(transaction.mayAbort ? { goesTo: [following, superUnwritten] } : {}),
      says: (state) => (superFails(state) ? 'the super block is not written: -EIO' : undefined),
      apply: (state) => {
        if (superFails(state)) {
          dropSyncingLog(machine, state);
          transaction.abort(state);
          return superUnwritten;
        }
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

  /** Where a transaction was aborted meanwhile, no super block is written any more (165ea85f1483). */
  function superFails(state: State): boolean {
    return fails(state, 'io', 'write_super') || transaction.isAborted(state);
  }
}

/** How a log sync ends that has failed; none where none can. `fail` is what an fsync does that returns an error. */
export function failedLogSync(
  { machine, task }: OperationContext,
  transid: Field,
  fail: (state: State) => void,
): Step[] {
  const { log, transaction, inodes, rules } = machine;
  if (!log.writesMayFail) return [];
  const giveUp = (state: State) => {
    log.failSync(state, transid.get(state), transaction.generation.get(state));
    if (rules.fastFsyncLogsRunningExtents) {
      for (const { orderedExtents } of inodes) orderedExtents.freeLogged(state, transid.get(state));
    }
  };
  return [
    {
      name: 'sync_log',
      label: logUnwritten,
      locks: 'log root log_mutex',
      does: 'The log tree could not be written (btrfs_set_log_full_commit): gives the log of this transaction up, wakes the tasks that joined, and commits the transaction instead.',
      goesTo: [toCommit],
      apply: (state) => {
        giveUp(state);
        return toCommit;
      },
    },
    ...(transaction.mayAbort ? [returnOfFailure()] : []),
  ];

  function returnOfFailure(): Step {
    return {
      name: 'return',
      label: superUnwritten,
      locks: '',
      does: 'The super block could not be written, which aborts the transaction and makes the file system read-only: wakes the tasks that joined, ends the transaction handle and returns -EIO.',
      says: () => 'returns -EIO: the super block could not be written',
      goesTo: [end],
      apply: (state) => {
        giveUp(state);
        transaction.end(state, task);
        fail(state);
        return end;
      },
    };
  }
}

function dropSyncingLog({ inodes, names }: Machine, state: State): void {
  for (const { syncingLog } of inodes) syncingLog.clear(state);
  names?.syncingLog.clear(state);
}
