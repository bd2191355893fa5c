import { inodeInLog } from '../model/machine.ts';
import type { DirectoryOperation } from '../scenario.ts';
import type { State } from '../state/layout.ts';
import { commitFallback, fallBackToCommit } from './commit-fallback.ts';
import type { OperationContext } from './context.ts';
import { NameLog, waitsForLogMutex } from './log-names.ts';
import { endLogTrans, forceRegister, giveUpLog, needsFullCommit } from './log-parents.ts';
import { end, following, type Step } from './step.ts';
import { syncLog } from './sync-log.ts';

/** `fsync D` of a directory: btrfs_sync_file, for which there is nothing to write and no extent to log. */
export function fsyncDirectory(context: OperationContext, { directory }: DirectoryOperation): Step[] {
  const { machine, task, registers, promise } = context;
  const { transaction, log } = machine;
  const names = machine.names!;
  const inode = names.inode(directory);
  const transid = registers.field('log_transid', log.transid.mask);
  const force = forceRegister(context);
  const nameLog = new NameLog(machine, names);
  const note = (state: State, logged: boolean): undefined => {
    if (!logged) force.set(state, 1);
  };
  const unlock = (state: State): undefined => {
    inode.lock.set(state, 0);
  };
  const skips = (state: State) =>
    inodeInLog(machine, inode, state, transaction.generation.get(state)) ||
    inode.lastTrans.get(state) <= transaction.lastCommitted.get(state);

  return [
    {
      name: 'inode_lock',
      locks: '',
      does: 'Takes the inode lock of the directory: from here on nobody changes its entries.',
      ready: (state) => inode.lock.get(state) === 0,
      waitsFor: 'the inode lock',
      apply: (state) => {
        promise.call(state);
        inode.lock.set(state, task + 1);
        return undefined;
      },
    },
    {
      name: 'inode_in_log',
      locks: 'inode lock',
      does: 'The skip check: returns at once when the directory is in the log or committed as it is.',
      goesTo: [following, 'inode_unlock after skip'],
      says: (state) => (skips(state) ? 'nothing to log: the fsync is skipped' : 'the directory has to be logged'),
      apply: (state) => (skips(state) ? 'inode_unlock after skip' : undefined),
    },
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
      does: 'Becomes a writer of the log tree, which the first logger of a transaction creates.',
      ready: (state) =>
        machine.mount.notreelog ||
        log.exists.get(state) === 1 ||
        !machine.rules.firstLoggerWaitsForCommit ||
        transaction.treeLogMutex.get(state) === 0,
      waitsFor: 'the super block of the previous transaction (tree_log_mutex)',
      goesTo: [following, 'inode_unlock without log', fallBackToCommit],
      apply: (state) => {
        if (machine.mount.notreelog) return fallBackToCommit;
        if (inodeInLog(machine, inode, state, transaction.generation.get(state))) return 'inode_unlock without log';
        if (needsFullCommit(machine, state)) return fallBackToCommit;
        if (log.exists.get(state) === 0) log.create(state);
        log.writers.add(state, 1);
        transid.set(state, log.transid.get(state));
        return undefined;
      },
    },
    {
      name: 'log_directory_changes',
      locks: 'inode lock, inode log_mutex',
      does: 'Logs the new entries of the directory, and ranges of dir indexes that delete the removed ones at replay. A directory that something was moved out of cannot be logged.',
      ready: (state) => names.canLogFiles(state),
      waitsFor: waitsForLogMutex,
      apply: (state) => note(state, nameLog.begin(state, directory).logDirectory(directory)),
    },
    {
      name: 'log_new_dir_dentries',
      locks: 'inode lock',
      does: 'Logs that the inodes of the new entries exist: files without data and with size 0 unless they were logged before, directories with their new entries.',
      when: (state) => force.get(state) === 0,
      ready: (state) => names.canLogFiles(state),
      waitsFor: waitsForLogMutex,
      apply: (state) => note(state, nameLog.begin(state, directory).logNewEntries(directory)),
    },
    {
      name: 'log_all_new_ancestors',
      locks: 'inode lock',
      does: 'Logs that the directories above exist, those that are new in this transaction.',
      when: (state) => force.get(state) === 0,
      apply: (state) => note(state, nameLog.begin(state, directory).logNewAncestors(directory)),
    },
    endLogTrans(machine, force),
    { name: 'inode_unlock', locks: 'inode lock', does: 'Gives the inode lock back.', apply: unlock },
    ...giveUpLog(machine),
    ...syncLog(machine, transid),
    {
      name: 'return',
      locks: '',
      does: 'Moves last_log_commit, wakes the tasks that joined this log sync, ends the transaction handle and returns 0.',
      goesTo: [end],
      apply: (state) => {
        log.finishSync(state, transid.get(state));
        return finish(state);
      },
    },
    {
      name: 'return',
      label: 'return joined',
      locks: '',
      does: 'Ends the transaction handle and returns 0.',
      goesTo: [end],
      apply: finish,
    },
    {
      name: 'inode_unlock',
      label: 'inode_unlock without log',
      locks: 'inode lock',
      does: 'The directory is in the log already (BTRFS_NO_LOG_SYNC): gives the inode lock back.',
      goesTo: ['return joined'],
      apply: (state) => {
        unlock(state);
        return 'return joined';
      },
    },
    {
      name: 'inode_unlock',
      label: 'inode_unlock after skip',
      locks: 'inode lock',
      does: 'Nothing to log: gives the inode lock back.',
      apply: unlock,
    },
    {
      name: 'return',
      label: 'return after skip',
      locks: '',
      does: 'Returns 0 without any IO.',
      goesTo: [end],
      apply: (state) => {
        promise.fulfil(state);
        return end;
      },
    },
    ...commitFallback(context, { unlock, finish: promise.fulfil }),
  ];

  function finish(state: State): typeof end {
    transaction.endStarted(state);
    promise.fulfil(state);
    return end;
  }
}
