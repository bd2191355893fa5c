import type { FailureTest } from '../faults.ts';
import type { Inode } from '../model/inode.ts';
import type { Machine } from '../model/machine.ts';
import type { FileOperation } from '../scenario.ts';
import { below } from '../state/bits.ts';
import type { Field, State } from '../state/layout.ts';
import type { OperationContext } from './context.ts';

/** What the steps of one fsync share: the local variables of btrfs_sync_file. */
export interface FsyncScope {
  readonly machine: Machine;
  readonly inode: Inode;
  readonly task: number;
  /** Which of its steps fail. */
  readonly fails: FailureTest;
  /** full_sync: the full-sync flag when it was tested under the inode lock; kept only where it is asked for later. */
  readonly fullSync: Field;
  /** ctx->log_transid: the log transaction that the fsync logs into. */
  readonly transid: Field;
  /** Ordered extents that the fsync has taken along, by start. */
  readonly taken: Field;
  /** ctx->io_err: a fast fsync has met an error of writeback while it logged (8407f553268a). */
  readonly ioError: Field;
  /** Where a question asks for it, which way the fsync has taken: see `FsyncWays`. */
  readonly way: Field | undefined;
  /** Blocks that the fsync is about: the pages of its range, or all. */
  readonly blocks: (state: State) => number;
}

/** The variables of one `fsync F`, `fsync F R`. */
export function fsyncScope(context: OperationContext, { file, range }: FileOperation): FsyncScope {
  const { machine, registers, segments } = context;
  const { rules, guards, log, mount } = machine;
  const inode = machine.inodes[file]!;
  const ranged = range !== 'all' && rules.fsyncOfRange && !(rules.rangedFsyncNeedsNoHoles && mount.holes);
  const widens = ranged && rules.fullFsyncIsWhole && guards['full-fsync.whole-file'] === true;
  const testsEarly = rules.fastFsyncWaitsForWritebackOnly && !rules.fullSyncFlagTestedAfterFlush;
  const keepsFlag = rules.fastFsyncLogsRunningExtents || testsEarly || widens;
  const fullSync = keepsFlag ? registers.field('full_sync', 1) : registers.field('nothing', 0);
  const logsErrors = inode.writeErrors.possible && rules.fastFsyncLogsRunningExtents;
  const all = below(inode.segments.count);
  const own = ranged ? inode.segments.wholeBlocks(inode.segments.maskOf(range)) : all;
  return {
    machine,
    inode,
    task: context.task,
    way: context.way,
    fails: context.fails,
    ioError: logsErrors ? registers.field('io_err', 1) : registers.field('nothing', 0),
    fullSync,
    transid: registers.field('log_transid', log.transid.mask),
    taken: rules.fastFsyncLogsRunningExtents
      ? inode.orderedExtents.taken
      : registers.field('ordered_extents', rules.fastFsyncWaitsForWritebackOnly ? 2 ** segments - 1 : 0),
    blocks: (state) => (widens && fullSync.get(state) === 1 ? all : own),
  };
}
