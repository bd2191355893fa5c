import { inodeInLog } from '../model/machine.ts';
import type { DirectoryOperation } from '../scenario.ts';
import type { State } from '../state/layout.ts';
import { commitFallback } from './commit-fallback.ts';
import type { OperationContext } from './context.ts';
import { fsyncReturns } from './fsync-returns.ts';
import { joinLog } from './join-log.ts';
import { NameLog, waitsForLogMutex } from './log-names.ts';
import { endLogTrans, forceRegister, giveUpLog } from './log-parents.ts';
import { refusal } from './read-only.ts';
import { skipped } from './skip-check.ts';
import { following, type Step } from './step.ts';
import { failedLogSync, syncLog } from './sync-log.ts';

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
  const returning = { unlock, finish: promise.fulfil, fail: () => undefined };
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
      goesTo: [following, skipped],
      says: (state) => (skips(state) ? 'nothing to log: the fsync is skipped' : 'the directory has to be logged'),
      apply: (state) => (skips(state) ? skipped : undefined),
    },
    ...joinLog(machine, inode, transid),
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
    ...giveUpLog(machine, transid),
    ...syncLog(context, transid),
    ...fsyncReturns(machine, transid, returning),
    ...failedLogSync(context, transid, returning.fail),
    ...commitFallback(context, returning),
    ...refusal(machine, 'inode lock', unlock),
  ];
}
