import { isAtLeast } from './releases.ts';

/** A difference between kernels that is not a guard: what each release does by design. */
interface Rule {
  /** What the kernel does where the rule holds. */
  readonly does: string;
  /** First release in which it holds; absent: it has always held. */
  readonly since?: string;
  /** First release in which it holds no longer; absent: it still does. */
  readonly until?: string;
  /** Abbreviated id of the mainline commit that made the change; null where it is not known. */
  readonly commit: string | null;
}

/** Each rule at the release where the kernel changed; the place where it is used says how it reads in the kernel. */
export const kernelRules = {
  fastFsyncWaitsForWritebackOnly: {
    does: 'A fast fsync waits for writeback only and takes the ordered extents along; a commit waits for those it logged. Before, every fsync waits for complete ordered extents (b5e6c3e170b7, 4.19).',
    since: '5.10',
    commit: '487781796d30',
  },
  releaseNeedsLargeFile: {
    does: 'Page release drops extent maps only of files larger than 16 MiB.',
    until: '6.10',
    commit: null,
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
  changeResetsLastLogCommit: {
    does: "last_log_commit becomes last_sub_trans - 1 when the inode changes, not the root's.",
    since: '5.13',
    commit: 'bc0939fcfab0',
  },
  expandMarksInode: {
    does: 'Writing behind i_size marks the inode as changed in the transaction.',
    until: '5.15',
    commit: 'cceaa89f02f1',
  },
  truncateSetsFullSyncWhenTouched: {
    does: 'A shrinking truncate sets the full-sync flag only when it dropped or trimmed items; before, always.',
    since: '5.14',
    commit: null,
  },
  directIoIsBuffered: {
    does: 'Direct IO to a file with checksums becomes buffered IO and a flush.',
    since: '6.15',
    commit: '968f19c5b1b7',
  },
  directIoHoldsInodeLock: {
    does: 'Direct IO holds the inode lock until its blocks are written; before, it gives the lock back once they are submitted.',
    since: '5.11',
    commit: null,
  },
  mmapWriteMarksInode: {
    does: 'A write through a mapping marks the inode as changed in the running transaction.',
    until: '5.13',
    commit: null,
  },
  releaseDuringOrderedCompletion: {
    does: 'A page whose range is locked only by a completing ordered extent may be released.',
    since: '6.16',
    commit: null,
  },
} satisfies Readonly<Record<string, Rule>>;

/** For each rule, whether it holds. */
export type KernelRules = Readonly<Record<keyof typeof kernelRules, boolean>>;

/** The rules of one release. */
export function rulesOfRelease(release: string): KernelRules {
  const rules: readonly [string, Rule][] = Object.entries(kernelRules);
  return Object.fromEntries(rules.map(([name, rule]) => [name, holds(rule, release)])) as KernelRules;
}

function holds({ since, until }: Rule, release: string): boolean {
  return (since === undefined || isAtLeast(release, since)) && (until === undefined || !isAtLeast(release, until));
}
