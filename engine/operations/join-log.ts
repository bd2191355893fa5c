import type { LoggedInode } from '../model/logged-inode.ts';
import { inodeInLog } from '../model/machine.ts';
import type { Field, State } from '../state/layout.ts';
import { fallBackToCommit, mayFallBack } from './commit-fallback.ts';
import type { OperationContext } from './context.ts';
import { needsFullCommit } from './log-parents.ts';
import { following, type Step } from './step.ts';
import { startTransaction } from './transaction-handle.ts';

/** Label of the way of an fsync that finds the inode in the log although it has passed the skip check. */
export const withoutLog = 'inode_unlock without log';

/**
 * How an fsync of a file or directory joins the log: btrfs_start_transaction, and start_log_trans unless the inode is in
 * the log by now, for which `hasNothingNew` has to hold, too. `transid` takes note of the log transaction.
 */
export function joinLog(
  context: OperationContext,
  inode: LoggedInode,
  transid: Field,
  hasNothingNew: (state: State) => boolean = () => true,
): Step[] {
  const { machine, task } = context;
  const { transaction, log, rules, mount } = machine;
  return [
    startTransaction(context, 'inode lock'),
    {
      name: 'start_log_trans',
      locks: 'inode lock, root log_mutex',
      does: 'Becomes a writer of the log tree, which the first logger of a transaction creates. With `notreelog` there is none.',
      ready: (state) =>
        mount.notreelog ||
        log.exists.get(state) === 1 ||
        !rules.firstLoggerWaitsForCommit ||
        transaction.treeLogMutex.get(state) === 0,
      heldBy: (state) =>
        log.exists.get(state) === 0 && rules.firstLoggerWaitsForCommit && !mount.notreelog
          ? transaction.treeLogHolder(state)
          : 0,
      waitsFor: 'the super block of the previous transaction (tree_log_mutex)',
      goesTo: [following, withoutLog, ...(mayFallBack(machine) ? [fallBackToCommit] : [])],
      apply: (state) => {
        if (mount.notreelog) return fallBackToCommit;
        const inLog = inodeInLog(machine, inode, state, transaction.generation.get(state));
        if (inLog && hasNothingNew(state)) return withoutLog;
        if (needsFullCommit(machine, state)) return fallBackToCommit;
        if (log.exists.get(state) === 0) log.create(state);
        log.writers.include(state, 1 << task);
        transid.set(state, log.transid.get(state));
        return undefined;
      },
    },
  ];
}
