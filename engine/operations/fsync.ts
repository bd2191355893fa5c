import { inodeInLog } from '../model/machine.ts';
import type { FileOperation } from '../scenario.ts';
import type { State } from '../state/layout.ts';
import { commitFallback, fallBackToCommit, mayFallBack } from './commit-fallback.ts';
import type { OperationContext } from './context.ts';
import { pagesAreUnlocked } from './delalloc.ts';
import { type FsyncScope, fsyncScope } from './fsync-scope.ts';
import { fsyncWaits, startOrderedOps } from './fsync-waits.ts';
import { logInode } from './log-inode.ts';
import { fileNames, giveUpLog, needsFullCommit } from './log-parents.ts';
import { skipCheck, skipped, tookNothing } from './skip-check.ts';
import { end, following, type Step } from './step.ts';
import { syncLog } from './sync-log.ts';
import { failure, isUntold, loggingFailed, tellsError } from './write-failure.ts';

/** `fsync F`, `fsync F R`, and `fdatasync`: btrfs_sync_file, which ignores the difference. */
export function fsync(context: OperationContext, operation: FileOperation): Step[] {
  const { task, promise } = context;
  const scope = fsyncScope(context, operation);
  const { inode, machine } = scope;
  const names = fileNames(context, operation.file);
  return [
    {
      name: 'start_ordered_ops',
      locks: '',
      does: 'Starts writeback of all dirty pages.',
      ready: (state) => pagesAreUnlocked(inode, state),
      waitsFor: 'the page locks that a writeback holds',
      apply: (state) => {
        promise.call(state);
        return startOrderedOps(scope, state);
      },
    },
    {
      name: 'inode_lock',
      locks: '',
      does: 'Takes the inode lock: from here on nobody dirties pages by write.',
      ready: (state) => inode.lock.get(state) === 0,
      waitsFor: 'the inode lock',
      apply: (state) => {
        inode.lock.set(state, task + 1);
        // The mask is 1 where something is mapped at all, else 0.
        if (machine.guards['fsync.mmap-lock']) inode.mmapLocked.set(state, inode.mmapLocked.mask);
        return undefined;
      },
    },
    ...fsyncWaits(scope),
    ...skipCheck(scope),
    ...joinLog(scope),
    ...logInode(scope, names),
    ...(names?.steps ?? []),
    {
      name: 'inode_unlock',
      locks: 'inode lock',
      does: 'Gives the inode lock back.',
      ...(scope.ioError.mask === 0 ? {} : { goesTo: [following, loggingFailed] }),
      apply: (state) => {
        unlock(state);
        return scope.ioError.get(state) === 1 ? loggingFailed : undefined;
      },
    },
    ...giveUpLog(machine),
    ...syncLog(machine, scope.transid),
    ...returns(),
    ...commitFallback(context, { unlock, finish, outcome }, inode),
    ...failure(scope, unlock),
  ];

  function unlock(state: State): undefined {
    inode.lock.set(state, 0);
    inode.mmapLocked.set(state, 0);
  }

  function outcome(state: State): string | undefined {
    return isUntold(scope, state) ? tellsError : undefined;
  }

  function finish(state: State): void {
    if (isUntold(scope, state)) inode.writeErrors.tell(state, task);
    else promise.fulfil(state);
  }

  function returns(): Step[] {
    const { transaction, log } = machine;
    return [
      {
        name: 'return',
        locks: '',
        does: 'Moves last_log_commit, wakes the tasks that joined this log sync, ends the transaction handle and returns 0.',
        says: outcome,
        goesTo: [end],
        apply: (state) => {
          log.finishSync(state, scope.transid.get(state));
          transaction.endStarted(state);
          finish(state);
          return end;
        },
      },
      {
        name: 'return',
        label: 'return joined',
        locks: '',
        does: 'Ends the transaction handle and returns 0.',
        says: outcome,
        goesTo: [end],
        apply: (state) => {
          transaction.endStarted(state);
          finish(state);
          return end;
        },
      },
      {
        name: 'inode_unlock',
        label: 'inode_unlock without log',
        locks: 'inode lock',
        does: 'The inode is in the log already (BTRFS_NO_LOG_SYNC): gives the inode lock back.',
        goesTo: ['return joined'],
        apply: (state) => {
          unlock(state);
          return 'return joined';
        },
      },
      {
        name: 'inode_unlock',
        label: skipped,
        locks: 'inode lock',
        // Between the check and this page release may have set the flag: it is cleared all the same.
        does: 'Nothing to log: clears the full-sync flag and gives the inode lock back.',
        apply: (state) => {
          inode.needsFullSync.set(state, 0);
          return unlock(state);
        },
      },
      {
        name: 'return',
        label: 'return after skip',
        locks: '',
        does: 'Returns 0 without any IO.',
        says: outcome,
        goesTo: [end],
        apply: (state) => {
          finish(state);
          return end;
        },
      },
    ];
  }
}

/** btrfs_start_transaction, and start_log_trans unless the inode is in the log by now. */
function joinLog(scope: FsyncScope): Step[] {
  const { machine, inode, transid } = scope;
  const { transaction, log, rules, mount } = machine;
  return [
    {
      name: 'start_transaction',
      locks: 'inode lock',
      does: 'Starts a handle on the running transaction, or creates the transaction.',
      ready: (state) => transaction.canStart(state),
      waitsFor: 'the transaction commit to let the next transaction start',
      apply: (state) => {
        transaction.start(state);
        return undefined;
      },
    },
    {
      name: 'start_log_trans',
      locks: 'inode lock, root log_mutex',
      does: 'Becomes a writer of the log tree, which the first logger of a transaction creates. With `notreelog` there is none.',
      ready: (state) =>
        mount.notreelog ||
        log.exists.get(state) === 1 ||
        !rules.firstLoggerWaitsForCommit ||
        transaction.treeLogMutex.get(state) === 0,
      waitsFor: 'the super block of the previous transaction (tree_log_mutex)',
      goesTo: [following, 'inode_unlock without log', ...(mayFallBack(machine) ? [fallBackToCommit] : [])],
      apply: (state) => {
        if (mount.notreelog) return fallBackToCommit;
        const inLog = inodeInLog(machine, inode, state, transaction.generation.get(state));
        if (inLog && tookNothing(scope, state)) return 'inode_unlock without log';
        if (needsFullCommit(machine, state)) return fallBackToCommit;
        if (log.exists.get(state) === 0) log.create(state);
        log.writers.add(state, 1);
        transid.set(state, log.transid.get(state));
        return undefined;
      },
    },
  ];
}
