import type { Machine } from '../model/machine.ts';
import type { Field, State } from '../state/layout.ts';
import { fallBackToCommit, toCommit } from './commit-fallback.ts';
import type { OperationContext } from './context.ts';
import { NameLog, waitsForLogMutex } from './log-names.ts';
import { following, type Step } from './step.ts';

/** What the fsync of a file does about names, where the scenario has a namespace. */
export interface FileNames {
  /** btrfs_log_inode copies the INODE_REF items, and logs who has lost a name to this file. */
  copyReferences(state: State): void;
  /** The file has no name any more: replay ignores whatever the log has of it. */
  isUnlinked(state: State): boolean;
  /** What follows btrfs_log_inode in btrfs_log_inode_parent, which ends by leaving the log. */
  readonly steps: readonly Step[];
}

/** The names of the file that an fsync logs; undefined where the scenario has no namespace. */
export function fileNames(context: OperationContext, file: number): FileNames | undefined {
  const { machine } = context;
  const { names, transaction } = machine;
  if (names === undefined) return undefined;
  const inode = names.inode(file);
  const force = forceRegister(context);
  const log = new NameLog(machine, names);
  const note = (state: State, logged: boolean): undefined => {
    if (!logged) force.set(state, 1);
  };
  const isNew = (state: State) => inode.generation.get(state) === transaction.generation.get(state);
  const wasUnlinked = (state: State) => inode.lastUnlinkTrans.get(state) === transaction.generation.get(state);
  return {
    copyReferences(state) {
      const logging = log.begin(state, file);
      logging.copyReferences(file);
      note(state, logging.logConflictingInodes());
    },
    isUnlinked: (state) => !names.isLinked(state, file),
    steps: [
      {
        name: 'btrfs_log_all_parents',
        locks: 'inode lock',
        does: 'Names of the file were added or removed in this transaction: logs the directories that had one before, with all their changes.',
        when: (state) => wasUnlinked(state) && force.get(state) === 0,
        ready: (state) => names.canLogFiles(state),
        waitsFor: waitsForLogMutex,
        apply: (state) => note(state, log.begin(state, file).logAllParents(file)),
      },
      {
        name: 'log_all_new_ancestors',
        locks: 'inode lock',
        does: 'Logs that the directories above the file exist, those that are new in this transaction.',
        when: (state) => (isNew(state) || wasUnlinked(state)) && force.get(state) === 0,
        apply: (state) => note(state, log.begin(state, file).logNewAncestors(file)),
      },
      endLogTrans(machine, force),
    ],
  };
}

/** btrfs_end_log_trans: the task is no longer a writer of the log, and goes on to commit the transaction where it has to. */
export function endLogTrans({ log }: Machine, force: Field): Step {
  return {
    name: 'btrfs_end_log_trans',
    locks: 'inode lock',
    does: 'This task is no longer a writer of the log. Where the log cannot do, the whole transaction is committed instead.',
    goesTo: [following, fallBackToCommit],
    says: (state) => (force.get(state) === 0 ? undefined : 'the log cannot do: the transaction has to be committed'),
    apply: (state) => {
      log.writers.add(state, -1);
      return force.get(state) === 0 ? undefined : fallBackToCommit;
    },
  };
}

/** The log cannot persist what this fsync is to persist. */
export function forceRegister({ registers }: OperationContext): Field {
  return registers.field('force commit', 1);
}

/** Another task has given the log of this transaction up (btrfs_need_log_full_commit). */
export function needsFullCommit({ log, transaction }: Machine, state: State): boolean {
  const generation = transaction.generation.get(state);
  return generation > 0 && log.fullCommit.get(state) === generation;
}

/** btrfs_sync_log ends at once where the log of this transaction was given up. */
export function giveUpLog(machine: Machine, transid: Field): Step[] {
  const { log } = machine;
  if (!log.mayBeGivenUp) return [];
  /** Who has joined a log transaction that was written before takes its result. */
  const isWritten = (state: State) => log.writesMayFail && log.hasLeader(state, transid.get(state));
  return [
    {
      name: 'sync_log',
      label: 'sync_log given up',
      locks: 'root log_mutex',
      does: 'Another task could not log what it had to: the transaction has to be committed.',
      when: (state) => needsFullCommit(machine, state) && !isWritten(state),
      goesTo: [toCommit],
      apply: () => toCommit,
    },
  ];
}
