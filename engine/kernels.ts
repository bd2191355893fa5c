import { guards } from './guards.ts';

/** Orders mainline releases: 5.10 comes after 5.9. Stable suffixes (`5.4.60`) count after their release. */
export function compareReleases(left: string, right: string): number {
  const a = left.split('.').map(Number);
  const b = right.split('.').map(Number);
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** True when `release` is at or after `since`; false when `since` is null (never). */
export function isAtLeast(release: string, since: string | null): boolean {
  return since !== null && compareReleases(release, since) >= 0;
}

/**
 * Differences between the modelled kernels that are not guards: what each release does by design.
 * The commits are cited where a rule is used.
 */
export interface KernelRules {
  /**
   * A fast fsync waits for writeback only and takes the ordered extents along; a commit waits for those
   * it logged (487781796d30, 5.10). Before, every fsync waits for complete ordered extents (b5e6c3e170b7, 4.19).
   */
  readonly fastFsyncWaitsForWritebackOnly: boolean;
  /** Page release drops extent maps only of files larger than 16 MiB (until 6.10). */
  readonly releaseNeedsLargeFile: boolean;
  /** Page release that drops an extent map can set the full-sync flag at all (until 5e548b32018d, 5.9). */
  readonly releaseMaySetFullSync: boolean;
  /** Page release may drop a listed extent map of an older generation (fbc2bd7e7aad, 5.9). */
  readonly releaseTakesCommittedExtents: boolean;
  /** An extent map counts as committed when older than the handle's transaction (5f96bfb7633c, 5.11). */
  readonly comparesToHandle: boolean;
  /** The first logger of a transaction waits until the previous one is durable (until 47876f7ceffa, 5.11). */
  readonly firstLoggerWaitsForCommit: boolean;
  /** btrfs_inode_in_log also needs an empty list of modified extents (until 209ecbb8585b, 5.13). */
  readonly inLogNeedsEmptyList: boolean;
  /** last_log_commit becomes last_sub_trans - 1 when the inode changes (bc0939fcfab0, 5.13), not the root's. */
  readonly changeResetsLastLogCommit: boolean;
  /** Writing behind i_size marks the inode as changed in the transaction (until cceaa89f02f1, 5.15). */
  readonly expandMarksInode: boolean;
  /** A shrinking truncate sets the full-sync flag only when it dropped or trimmed items (5.14); always before. */
  readonly truncateSetsFullSyncWhenTouched: boolean;
  /** Direct IO to a file with checksums becomes buffered IO and a flush (968f19c5b1b7, 6.15). */
  readonly directIoIsBuffered: boolean;
  /** A write through a mapping marks the inode as changed in the running transaction (until 5.12). */
  readonly mmapWriteMarksInode: boolean;
  /** A page whose range is locked only by a completing ordered extent may be released (6.16). */
  readonly releaseDuringOrderedCompletion: boolean;
}

/** What a scenario's `kernel V` means. */
export interface KernelProfile {
  /** The release asked for. */
  readonly release: string;
  /** Release whose rules are used. */
  readonly rulesOf: string;
  /** The rules are those of another release than the one asked for. */
  readonly approximate: boolean;
  readonly rules: KernelRules;
  /** Each guard of the catalogue, on or off as in that release. */
  readonly guards: Readonly<Record<string, boolean>>;
}

/** The newest release with rules of its own, used when a scenario names none. */
export const newestRelease = '6.18';

/** Releases whose behaviour is modelled exactly, oldest first. */
export const modelledReleases: readonly string[] = ['4.17', '5.7', '5.8', '5.9', newestRelease];

/** The profile of a release: guards by their times, rules of the nearest older modelled release. */
export function kernelProfile(release: string = newestRelease): KernelProfile {
  const older = modelledReleases.filter((candidate) => compareReleases(candidate, release) <= 0);
  const rulesOf = older.at(-1) ?? modelledReleases[0]!;
  return {
    release,
    rulesOf,
    approximate: !modelledReleases.includes(release),
    rules: rulesOfRelease(rulesOf),
    guards: Object.fromEntries(guards.map((guard) => [guard.name, guardIsOn(guard, release)])),
  };
}

/** A guard is on before the code that needs it came, and from its fix on. */
function guardIsOn(guard: (typeof guards)[number], release: string): boolean {
  const notYetNeeded = guard.introduced !== null && compareReleases(release, guard.introduced) < 0;
  return notYetNeeded || isAtLeast(release, guard.fixed);
}

/** True when the guard's code is gone in that release, so that setting it does nothing. */
export function isRetired(guard: (typeof guards)[number], release: string): boolean {
  return isAtLeast(release, guard.retired);
}

function rulesOfRelease(release: string): KernelRules {
  return {
    fastFsyncWaitsForWritebackOnly: isAtLeast(release, '5.10'),
    releaseNeedsLargeFile: !isAtLeast(release, '6.10'),
    releaseMaySetFullSync: !isAtLeast(release, '5.9'),
    releaseTakesCommittedExtents: isAtLeast(release, '5.9'),
    comparesToHandle: isAtLeast(release, '5.11'),
    firstLoggerWaitsForCommit: !isAtLeast(release, '5.11'),
    inLogNeedsEmptyList: !isAtLeast(release, '5.13'),
    changeResetsLastLogCommit: isAtLeast(release, '5.13'),
    expandMarksInode: !isAtLeast(release, '5.15'),
    truncateSetsFullSyncWhenTouched: isAtLeast(release, '5.14'),
    directIoIsBuffered: isAtLeast(release, '6.15'),
    mmapWriteMarksInode: !isAtLeast(release, '5.13'),
    releaseDuringOrderedCompletion: isAtLeast(release, '6.16'),
  };
}
