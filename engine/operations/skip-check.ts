import { inodeInLog } from '../model/machine.ts';
import type { State } from '../state/layout.ts';
import type { FsyncScope } from './fsync-scope.ts';
import { following, type Step } from './step.ts';

/** Label that the steps go to when there is nothing to log. */
export const skipped = 'inode_unlock after skip';

/** The skip check of btrfs_sync_file. Ends before `start_transaction`, or goes to `skipped`. */
export function skipCheck(scope: FsyncScope): Step[] {
  const { machine, inode, fullSync, blocks } = scope;
  const { rules, guards } = machine;
  const hasNoOrderedExtents = (state: State) => (inode.orderedExtents.covered.get(state) & blocks(state)) === 0;
  const looksTwice =
    rules.fastFsyncLogsRunningExtents &&
    guards['skip-fsync.ordered-extents'] === true &&
    guards['skip-fsync.ordered-extents-first'] !== true;
  if (!looksTwice) return [check((state) => isUnchanged(scope, state))];

  // 3a8b36f37806 reads last_trans, and looks for ordered extents then.
  return [
    {
      ...check((state) => isInLog(scope, state) || (fullSync.get(state) === 1 && isCommitted(scope, state))),
      goesTo: [following, skipped, 'start_transaction'],
      says: (state) => (isInLog(scope, state) ? 'the inode is in the log' : undefined),
      apply: (state) => {
        if (isInLog(scope, state)) return skipped;
        if (!isCommitted(scope, state)) return 'start_transaction';
        return fullSync.get(state) === 1 ? skipped : undefined;
      },
    },
    {
      name: 'have_ordered_extents_in_range',
      locks: 'inode lock',
      does: 'The skip check of a fast fsync goes on when last_trans is committed: it returns at once unless there are ordered extents.',
      goesTo: [following, skipped],
      says: (state) => (hasNoOrderedExtents(state) ? 'nothing to log: the fsync is skipped' : 'there are some'),
      apply: (state) => (hasNoOrderedExtents(state) ? skipped : undefined),
    },
  ];

  function check(skips: (state: State) => boolean): Step {
    return {
      name: 'inode_in_log',
      locks: 'inode lock',
      does: 'The skip check: goes on to return at once when the inode is in the log or committed as it is.',
      goesTo: [following, skipped],
      says: (state) => (skips(state) ? 'nothing to log: the fsync is skipped' : 'the inode has to be logged'),
      apply: (state) => (skips(state) ? skipped : undefined),
    };
  }
}

/** Is there nothing to log, as far as the release can tell? */
function isUnchanged(scope: FsyncScope, state: State): boolean {
  const { machine, inode, fullSync, taken, blocks } = scope;
  const { rules, guards } = machine;
  const inLog = isInLog(scope, state);
  const committed = isCommitted(scope, state);
  if (rules.fastFsyncWaitsForWritebackOnly) {
    // skip_inode_logging: with ordered extents at hand last_trans is not up to date yet.
    const none = taken.get(state) === 0;
    const settled = guards['skip-fsync.logged-ordered-extent'] ? inode.orderedExtents.covered.get(state) === 0 : none;
    return (inLog && tookNothing(scope, state)) || (committed && (settled || inode.needsFullSync.get(state) === 1));
  }
  const upToDate =
    !rules.fastFsyncLogsRunningExtents ||
    !guards['skip-fsync.ordered-extents'] ||
    fullSync.get(state) === 1 ||
    (inode.orderedExtents.covered.get(state) & blocks(state)) === 0;
  return inLog || (committed && upToDate);
}

/**
 * What a fast fsync has taken along by then is in no log yet, whatever btrfs_inode_in_log says (487781796d30); in older
 * releases nothing is taken yet.
 */
export function tookNothing({ machine, taken }: FsyncScope, state: State): boolean {
  const { rules, guards } = machine;
  if (!rules.fastFsyncWaitsForWritebackOnly || !guards['skip-fsync.unlogged-ordered-extents']) return true;
  return taken.get(state) === 0;
}

function isInLog({ machine, inode }: FsyncScope, state: State): boolean {
  return inodeInLog(machine, inode, state, machine.transaction.generation.get(state));
}

function isCommitted({ machine, inode }: FsyncScope, state: State): boolean {
  return inode.lastTrans.get(state) <= machine.transaction.lastCommitted.get(state);
}
