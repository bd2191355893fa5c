import type { Inode } from '../model/inode.ts';
import type { Registers } from '../operations/registers.ts';
import { below, lowest } from '../state/bits.ts';
import type { Field, Layout, State } from '../state/layout.ts';

/** What completed syncs have promised about one file: per segment a version, and a size, each with who promised it. */
export class FilePromise {
  readonly version: readonly Field[];
  /** Number of the sync operation (from 1) that promised the version; 0 is the state before the scenario. */
  readonly promisedBy: readonly Field[];
  readonly size: Field;
  readonly sizePromisedBy: Field;

  constructor(layout: Layout, segments: number, limits: { versions: number; syncs: number }) {
    this.version = layout.fields(segments, limits.versions);
    this.promisedBy = layout.fields(segments, limits.syncs);
    this.size = layout.field(segments);
    this.sizePromisedBy = layout.field(limits.syncs);
  }
}

/**
 * The promise of one sync operation: per block, the version that was the latest when the operation was
 * called, from the moment it returns success. Promises only rise.
 */
export interface SyncPromise {
  call(state: State): void;
  fulfil(state: State): void;
}

/** The promise of sync operation number `sync` of a task about the given files; `versions` is the largest version of a block. */
export function syncPromise(
  sync: number,
  files: readonly { readonly inode: Inode; readonly promise: FilePromise; readonly versions: number }[],
  registers: Registers,
): SyncPromise {
  const calls = files.map(({ inode, promise, versions }) => ({
    inode,
    promise,
    versions: registers.fields(`versions of ${inode.index}`, inode.segments.count, versions),
    size: registers.field(`size of ${inode.index}`, inode.segments.count),
  }));
  return {
    call(state) {
      for (const { inode, versions, size } of calls) {
        size.set(state, inode.size.get(state));
        for (let i = 0; i < versions.length; i++) versions[i]!.set(state, inode.content[i]!.get(state));
      }
    },
    fulfil(state) {
      for (const { promise, versions, size } of calls) {
        raise(state, promise.size, promise.sizePromisedBy, size.get(state), sync);
        for (let rest = below(size.get(state)); rest !== 0; rest &= rest - 1) {
          const i = lowest(rest);
          raise(state, promise.version[i]!, promise.promisedBy[i]!, versions[i]!.get(state), sync);
        }
      }
    },
  };
}

function raise(state: State, promised: Field, promisedBy: Field, value: number, sync: number): void {
  if (value <= promised.get(state)) return;
  promised.set(state, value);
  promisedBy.set(state, sync);
}
