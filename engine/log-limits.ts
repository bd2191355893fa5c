import type { ChangeLimits } from './change-limits.ts';
import type { KernelProfile } from './kernels.ts';

/** What the fsyncs of a profile can do to one file; the state keeps only what can happen. */
export interface LogLimits {
  /** Ordered extents are marked once logged (until b5e6c3e170b7, and again since 487781796d30). */
  readonly trackLogged: boolean;
  /** A fast fsync logs extents whose data is still being written (until b5e6c3e170b7). */
  readonly logsRunning: boolean;
  /** Extents can be written anew while an fsync that has collected them is still logging. */
  readonly changesUnderLog: boolean;
  /** The log can get items of extents that nobody waits for. */
  readonly logsUnfinished: boolean;
  /** A write guesses last_trans (until 3a8b36f37806). */
  readonly guessesLastTrans: boolean;
}

/** The limits of one file that goes through `changes`. */
export function logLimits({ rules, guards }: KernelProfile, changes: ChangeLimits): LogLimits {
  const logsRunning = rules.fastFsyncLogsRunningExtents;
  const flushesAgain = guards[logsRunning ? 'fsync.second-flush' : 'fsync.second-flush-before-wait'] === true;
  const mapped = changes.mapped && guards['fsync.mmap-lock'] !== true;
  const direct = changes.direct && rules.directWriteUnlocksInode && guards['direct-write.dio-sem'] !== true;
  const changesUnderLog = mapped || direct || (!flushesAgain && !rules.fastFsyncWaitsForWritebackOnly);
  // A directory's fsync takes the ordered extents of files along, and nobody has their checksums then.
  const takenInVain = changes.named && logsRunning && guards['log-exists.ordered-extents'] !== true;
  return {
    trackLogged: logsRunning || rules.fastFsyncWaitsForWritebackOnly,
    logsRunning,
    changesUnderLog,
    logsUnfinished: changesUnderLog || takenInVain || rules.unpinListsAgain || (changes.ranged && rules.fsyncOfRange),
    guessesLastTrans: logsRunning && guards['skip-fsync.ordered-extents'] !== true,
  };
}
