import { isAtLeast } from './releases.ts';

/** A difference between kernels that is not a guard: what each release does by design. */
type Rule = Change & Origin;

interface Change {
  /** What the kernel does where the rule holds. */
  readonly does: string;
  /** First release in which it holds; absent: it has always held. */
  readonly since?: string;
  /** First release in which it holds no longer; absent: it still does. */
  readonly until?: string;
}

/** Where the change comes from. */
type Origin =
  /** Abbreviated id of the mainline commit that made it. */
  | { readonly commit: string }
  /** The id is not known for certain; what is known instead. */
  | { readonly commit: null; readonly why: string };

/** Each rule at the release where the kernel changed; the place where it is used says how it reads in the kernel. */
export const kernelRules = {
  fastFsyncLogsRunningExtents: {
    does: 'A fast fsync logs extents whose data is still being written: each log item waits for its own, and the log sync for all of them. Later, every fsync waits for complete ordered extents first.',
    until: '4.19',
    commit: 'b5e6c3e170b7',
  },
  fastFsyncWaitsForWritebackOnly: {
    does: 'A fast fsync waits for writeback only and takes the ordered extents along; a commit waits for those it logged.',
    since: '5.10',
    commit: '487781796d30',
  },
  fullSyncFlagTestedAfterFlush: {
    does: 'An fsync tests the full-sync flag after it has started writeback under the inode lock, not before.',
    since: '6.1',
    commit: 'cef7820d6abf',
  },
  fsyncOfRange: {
    does: 'An fsync of a range (msync, O_SYNC) writes, waits for and logs that range; later, the whole file.',
    until: '5.10',
    commit: '487781796d30',
  },
  rangedFsyncNeedsNoHoles: {
    does: 'Without NO_HOLES an fsync of a range works on the whole file.',
    since: '5.7',
    commit: '95418ed1d107',
  },
  fullFsyncIsWhole: {
    does: 'A full fsync of a range works on the whole file.',
    since: '5.2',
    commit: '0c713cbab620',
  },
  takesOrderedExtentsOfRange: {
    does: 'A fast fsync takes along the ordered extents of its range; before, all of the file.',
    since: '3.19',
    commit: '0870295b2371',
  },
  unpinListsAgain: {
    does: 'An extent map goes back on the list of modified extents when its ordered extent completes.',
    until: '3.19',
    commit: 'a28046956c71',
  },
  directWriteUnlocksInode: {
    does: 'A direct write within i_size gives the inode lock back before it allocates.',
    until: '5.11',
    commit: 'e9adabb9712e',
  },
  releaseNeedsLargeFile: {
    does: 'Page release drops extent maps only of files larger than 16 MiB.',
    until: '6.10',
    commit: '433a3e01dda1',
  },
  releaseMaySetFullSync: {
    does: 'Page release that drops an extent map can set the full-sync flag at all.',
    until: '5.9',
    commit: '5e548b32018d',
  },
  releaseTakesCommittedExtents: {
    does: 'Page release may drop a listed extent map of an older generation.',
    since: '5.9',
    commit: 'fbc2bd7e7aad',
  },
  comparesToHandle: {
    does: "A listed extent map counts as committed when it is older than the handle's transaction, not when it is at most last_trans_committed.",
    since: '5.11',
    commit: '5f96bfb7633c',
  },
  firstLoggerWaitsForCommit: {
    does: 'The first logger of a transaction waits until the previous one is durable.',
    until: '5.11',
    commit: '47876f7ceffa',
  },
  inLogNeedsEmptyList: {
    does: 'btrfs_inode_in_log also needs an empty list of modified extents.',
    until: '5.13',
    commit: '209ecbb8585b',
  },
  expandMarksInode: {
    does: 'Writing behind i_size marks the inode as changed in the transaction.',
    until: '5.15',
    commit: 'cceaa89f02f1',
  },
  truncateSetsFullSyncWhenTouched: {
    does: 'A shrinking truncate sets the full-sync flag only when it dropped or trimmed items; before, always.',
    since: '5.14',
    commit: '0d7d316597c0',
  },
  fullSyncLeavesDelayedInode: {
    does: 'A full fsync does not write the delayed inode item to its leaf first. If nothing else changed the leaf in the transaction, none of its items is copied.',
    since: '5.16',
    commit: 'f6df27dd2707',
  },
  fullSyncSkipsOldExtents: {
    does: 'A full fsync leaves out the file-extent items of older generations, which are committed, unless the inode may have been cloned into.',
    since: '5.18',
    commit: '7f30c07288bb',
  },
  fallocateUpdatesTimesFirst: {
    does: 'fallocate and zero-range begin with an update of the times in the inode item, in a transaction; so does punch when the range is not a hole already. A hole extent map that they add has the generation of that transaction.',
    since: '5.18',
    commit: '05fd9564e9fa',
  },
  directIoIsBuffered: {
    does: 'Direct IO to a file with checksums becomes buffered IO and a flush.',
    since: '6.15',
    commit: '968f19c5b1b7',
  },
  mmapWriteMarksInode: {
    does: 'A write through a mapping marks the inode as changed in the running transaction.',
    until: '5.13',
    commit: 'bc0939fcfab0',
  },
  cloneFlushesSource: {
    does: 'A clone starts writeback of all of its source, not only of the range.',
    since: '5.3',
    commit: 'a94d1d0cb3bf',
  },
  cloneSetsFullSync: {
    does: 'A clone that copies extents sets the full-sync flag of the destination; before, it adds extent maps to the list of modified extents (7ffbb598a059).',
    since: '5.4',
    commit: '690a5dbfc513',
  },
  cloneCopiesInlineToPage: {
    does: 'A clone of an inline extent that cannot be copied as an item copies its data into a page of the destination; before, it returns -EOPNOTSUPP.',
    since: '5.7',
    commit: '05a5a7621ce6',
  },
  cloneLocksMmap: {
    does: 'A clone keeps writes through a mapping away from both files.',
    since: '5.13',
    commit: '8c99516a8cdd',
  },
  // What was found: the patch ([PATCH v8 18/18], 2017-06-29, linux-mm) and the merge for 4.13, whose diffstat has
  // fs/btrfs/file.c; the ids of the patches before it in the series, no page, changelog or backport with its own.
  errorsAreToldPerFile: {
    does: 'An error of writeback is told once to each open file (errseq_t), also where the one of the address space was taken by another fsync.',
    since: '4.13',
    commit: null,
    why: 'btrfs: minimal conversion to errseq_t writeback error reporting on fsync, in the merge 088737f44bbf; its own id, perhaps 333427a505be, is not confirmed',
  },
  syncfsTellsErrors: {
    does: 'syncfs returns an error of writeback, once to each open file.',
    since: '5.8',
    commit: '735e4ae5ba28',
  },
  syncfsTellsErrorsOfTrees: {
    does: 'A block of a tree that is not written, as of the log tree, is such an error of writeback, too.',
    since: '5.16',
    commit: '68b85589ba81',
  },
  logWriteErrorsAreChecked: {
    does: 'A log sync looks whether the blocks of the log tree were written, and commits the transaction if they were not.',
    since: '3.18',
    commit: '656f30dba7ab',
  },
  failedCompletionsAreErrors: {
    does: 'An ordered extent whose completion fails, as after an aborted transaction, is an error of writeback that fsync tells.',
    since: '5.13',
    commit: 'd61bec08b904',
  },
  releaseDuringOrderedCompletion: {
    does: 'A page whose range is locked only by a completing ordered extent may be released.',
    since: '6.16',
    commit: '32c523c578e8',
  },
} satisfies Readonly<Record<string, Rule>>;

/** For each rule, whether it holds. */
export type KernelRules = Readonly<Record<keyof typeof kernelRules, boolean>>;

/** Releases in which a rule begins or ends. */
export const ruleChanges: ReadonlySet<string> = new Set(
  Object.values<Rule>(kernelRules).flatMap(({ since, until }) => [since, until].filter((time) => time !== undefined)),
);

/** The rules of one release. */
export function rulesOfRelease(release: string): KernelRules {
  const rules: readonly [string, Rule][] = Object.entries(kernelRules);
  return Object.fromEntries(rules.map(([name, rule]) => [name, holds(rule, release)])) as KernelRules;
}

function holds({ since, until }: Rule, release: string): boolean {
  return (since === undefined || isAtLeast(release, since)) && (until === undefined || !isAtLeast(release, until));
}
