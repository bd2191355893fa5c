import type { FileOperation } from '../scenario.ts';
import type { State } from '../state/layout.ts';
import { commitFallback } from './commit-fallback.ts';
import type { OperationContext } from './context.ts';
import { pagesAreUnlocked } from './delalloc.ts';
import { fsyncReturns } from './fsync-returns.ts';
import { fsyncScope } from './fsync-scope.ts';
import { fsyncWaits, startOrderedOps } from './fsync-waits.ts';
import { joinLog } from './join-log.ts';
import { logInode } from './log-inode.ts';
import { fileNames, giveUpLog } from './log-parents.ts';
import { refusal } from './read-only.ts';
import { skipCheck, tookNothing } from './skip-check.ts';
import { following, type Step } from './step.ts';
import { failedLogSync, syncLog } from './sync-log.ts';
import { failure, isUntold, loggingFailed, tellsError } from './write-failure.ts';

/** `fsync F`, `fsync F R`, and `fdatasync`: btrfs_sync_file, which ignores the difference. */
export function fsync(context: OperationContext, operation: FileOperation): Step[] {
  const { task, promise } = context;
  const scope = fsyncScope(context, operation);
  const { inode, machine } = scope;
  const names = fileNames(context, operation.file);
  const returning = { unlock, finish, fail, outcome };
  /** Between the skip check and this page release may have set the flag: it is cleared all the same. */
  const clearFlag = {
    does: 'clears the full-sync flag',
    apply: (state: State) => inode.needsFullSync.set(state, 0),
  };
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
    ...joinLog(machine, inode, scope.transid, (state) => tookNothing(scope, state)),
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
    ...giveUpLog(machine, scope.transid),
    ...syncLog(context, scope.transid),
    ...fsyncReturns(machine, scope.transid, returning, clearFlag),
    ...failedLogSync(context, scope.transid, fail),
    ...commitFallback(context, returning, inode),
    ...refusal(machine, 'inode lock', (state) => {
      unlock(state);
      fail(state);
    }),
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
    if (isUntold(scope, state)) fail(state);
    else promise.fulfil(state);
  }

  function fail(state: State): void {
    inode.writeErrors.tell(state, task);
  }
}
