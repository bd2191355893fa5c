import type { Inode } from '../model/inode.ts';
import type { Namespace } from '../model/namespace.ts';
import { changesOf, largestVersion } from '../model/version.ts';
import { VersionedSize } from '../model/versioned-size.ts';
import type { Registers } from '../operations/registers.ts';
import type { OperationRange } from '../scenario.ts';
import { below, highest } from '../state/bits.ts';
import type { Field, Layout, State } from '../state/layout.ts';

/** Most changes that a block of the file, and its size, can go through. */
interface PromiseLimits {
  readonly versions: number;
  readonly sizeChanges: number;
}

/** A sync of a range promises a size that reaches as far; any larger one will do. */
interface SizeAtLeast {
  /** Number of the sync operation. */
  readonly promisedBy: number;
  readonly size: VersionedSize;
}

/** What completed syncs have promised about one file: per segment a version, and a size, each with who promised it. */
export class FilePromise {
  readonly version: readonly Field[];
  /** Number of the sync operation (from 1) that promised the version; 0 is the state before the scenario. */
  readonly promisedBy: readonly Field[];
  readonly size: VersionedSize;
  readonly sizePromisedBy: Field;
  /**
   * The names of which the file must have one: those it had when the sync was called that promised its existence, and those
   * it has got since. Empty while its existence is not promised.
   */
  readonly names: Field;
  readonly namesPromisedBy: Field;
  /** One for each sync of a range of the file. */
  readonly sizesAtLeast: readonly SizeAtLeast[];

  /**
   * `ranged`: the numbers of the sync operations that are of a range of this file. `names` is the number of names in the
   * scenario, 0 where they do not change.
   */
  constructor(
    layout: Layout,
    segments: number,
    names: number,
    limits: PromiseLimits & { readonly syncs: number; readonly ranged: readonly number[] },
  ) {
    this.version = layout.fields(segments, largestVersion(limits.versions));
    this.promisedBy = layout.fields(segments, limits.syncs);
    this.size = VersionedSize.create(layout, segments, limits.sizeChanges);
    this.sizePromisedBy = layout.field(limits.syncs);
    this.names = layout.set(names);
    this.namesPromisedBy = layout.field(names === 0 ? 0 : limits.syncs);
    this.sizesAtLeast = limits.ranged.map((promisedBy) => ({
      promisedBy,
      size: VersionedSize.create(layout, segments, limits.sizeChanges),
    }));
  }
}

/**
 * The promise of one sync operation: per block, the version that was the latest by operations that had returned when it was
 * called, from the moment it returns success. A sync of a range promises the blocks of the range, and as much of
 * the size as the range needs. Promises only rise.
 */
export interface SyncPromise {
  call(state: State): void;
  fulfil(state: State): void;
}

/**
 * The promise of sync operation number `sync` of a task about the given files. Of a file that has no name in `names` at
 * the call nothing is promised: nobody can look whether it was kept.
 */
export function syncPromise(
  sync: number,
  files: readonly {
    readonly inode: Inode;
    readonly promise: FilePromise;
    readonly limits: PromiseLimits;
    readonly range: OperationRange;
  }[],
  registers: Registers,
  names?: Namespace | undefined,
): SyncPromise {
  const calls = files.map(({ inode, promise, limits, range }) => ({
    inode,
    promise,
    versions: registers.fields(`versions of ${inode.index}`, inode.segments.count, largestVersion(limits.versions)),
    size: new VersionedSize(
      registers.field(`size of ${inode.index}`, inode.segments.count),
      registers.field(`size changes of ${inode.index}`, limits.sizeChanges),
    ),
    promised: range === 'all' ? below(inode.segments.count) : inode.segments.maskOf(range),
    sizeAtLeast: promise.sizesAtLeast.find(({ promisedBy }) => promisedBy === sync)?.size,
  }));
  return {
    call(state) {
      for (const { inode, versions, size } of calls) {
        if (names !== undefined && !names.isLinked(state, inode.index)) continue;
        size.copyFrom(state, inode.returnedSize(state));
        // What a block holds whose write has failed, nobody can promise: version 0 is what it was at the start.
        const failed = inode.writeErrors.blocks.get(state);
        if (inode.isSizeUncertain(state)) size.clear(state);
        for (let i = 0; i < versions.length; i++) {
          versions[i]!.set(state, (failed & (1 << i)) === 0 ? inode.returnedVersion(state, i) : 0);
        }
      }
    },
    fulfil(state) {
      for (const { promise, versions, size, promised, sizeAtLeast } of calls) {
        if (sizeAtLeast !== undefined) {
          sizeAtLeast.copyFrom(state, size);
          sizeAtLeast.limit(state, highest(promised) + 1);
        } else if (size.changes(state) > promise.size.changes(state)) {
          promise.size.copyFrom(state, size);
          promise.sizePromisedBy.set(state, sync);
        }
        for (let i = 0; i < versions.length; i++) {
          const version = versions[i]!.get(state);
          if ((promised & (1 << i)) === 0 || changesOf(version) <= changesOf(promise.version[i]!.get(state))) continue;
          promise.version[i]!.set(state, version);
          promise.promisedBy[i]!.set(state, sync);
        }
      }
    },
  };
}
