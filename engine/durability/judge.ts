import type { Inode } from '../model/inode.ts';
import type { Machine } from '../model/machine.ts';
import type { Namespace } from '../model/namespace.ts';
import { changesOf, isZero, keeps } from '../model/version.ts';
import type { ViolationKind } from '../scenario.ts';
import { below, lowest } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import { replayed, sizeAfterCrash, unreadableAfterCrash } from './after-crash.ts';
import { namesAfterCrash } from './names-after-crash.ts';
import type { FilePromise } from './promises.ts';

/** A promise broken by a power failure in one state: a contiguous range of one file. */
export interface BrokenPromise {
  readonly kind: ViolationKind;
  readonly file: number;
  /** Contiguous segments. */
  readonly segments: number;
  /** Number of the sync operation that promised; 0 is the state before the scenario. */
  readonly promisedBy: number;
  /** Only the size is wrong: the file came back too short, or too long. */
  readonly sizeOnly: boolean;
}

/** What of one file is not as promised, or not what anybody wrote, as sets of segments; reused from state to state. */
export class Losses {
  /** Older data than promised, or nothing. */
  lost = 0;
  /** An extent item refers to blocks that were not written, or that are not the file's: nobody wrote what is found there. */
  corrupt = 0;
  /** Data where a promised truncate, punch or zero-range had put zeros. */
  resurrected = 0;
  /** Those of both whose blocks are as promised, but behind a wrong size. */
  sizeOnly = 0;
  /** The file has none of the names of which it was promised to have one; all of it is lost. */
  missing = false;

  /** Those behind a size that a sync of a range promised, and who did. */
  behindRange = 0;
  rangePromisedBy = 0;

  /** Segments with any loss. */
  get all(): number {
    return this.corrupt | this.lost | this.resurrected;
  }

  /** Judges a power failure in `state`. */
  judge(inode: Inode, promise: FilePromise, machine: Machine, state: State): void {
    const { log, names } = machine;
    this.corrupt = 0;
    this.lost = 0;
    this.resurrected = 0;
    this.sizeOnly = 0;
    this.missing = false;
    if (names !== undefined && this.#isAbsent(inode, promise, machine, names, state)) return;
    const size = sizeAfterCrash(inode, log, state);
    const inside = below(size.get(state));
    const fromLog = replayed(inode, log, state);
    for (let i = 0; i < promise.version.length; i++) {
      const promised = promise.version[i]!.get(state);
      if (changesOf(promised) === 0) continue;
      const bit = 1 << i;
      const found = ((fromLog & bit) === 0 ? inode.committed : inode.diskLog).version[i]!.get(state);
      if ((inside & bit) === 0) {
        // Behind i_size nothing is read: as good as zeros, unless data was promised that no later change has removed.
        // A truncate into a block leaves the end of the block as it is on disk.
        const cutOff = size.changes(state) > promise.size.changes(state) && isChanged(inode, state, i, promised);
        if (!isZero(promised) && !cutOff && !(isZero(found) && keeps(found, promised))) this.lost |= bit;
      } else if (!keeps(found, promised)) {
        if (isZero(promised)) this.resurrected |= bit;
        else this.lost |= bit;
      }
    }
    // A size as of the promised change may still be short of it: disk_i_size ends at the first gap.
    const shorter = size.get(state) < promise.size.get(state);
    const behind = promise.size.changes(state) - size.changes(state);
    this.#judgeSize(below(promise.size.get(state)), inside, behind > 0 || (behind === 0 && shorter));
    this.#judgeSizesAtLeast(promise, inside, size.changes(state), state);
    // Judged whether promised or not, and before the other classes.
    this.corrupt = unreadableAfterCrash(inode, fromLog, state) & inside;
    this.lost &= ~this.corrupt;
    this.resurrected &= ~this.corrupt;
    this.sizeOnly &= ~this.corrupt;
  }

  /** Judges whether the file exists; true when it does not, so that there is no content to judge. */
  #isAbsent(inode: Inode, promise: FilePromise, machine: Machine, names: Namespace, state: State): boolean {
    const found = namesAfterCrash(machine, names, state);
    const promised = promise.names.get(state);
    const isThere = found.includes(inode.index);
    const hasPromised = found.some((node, name) => node === inode.index && (promised & (1 << name)) !== 0);
    // A file that has been deleted meanwhile may be gone, or still be there under any name.
    if (!hasPromised && promised !== 0 && names.isLinked(state, inode.index)) {
      this.missing = true;
      this.lost = below(Math.max(promise.size.get(state), 1));
      return true;
    }
    return !isThere;
  }

  #judgeSize(promised: number, found: number, older: boolean): void {
    const before = this.all;
    if (older) {
      this.resurrected |= found & ~promised;
      this.lost |= promised & ~found & ~this.resurrected;
    }
    this.sizeOnly = this.all & ~before;
  }

  #judgeSizesAtLeast({ sizesAtLeast }: FilePromise, found: number, changes: number, state: State): void {
    this.behindRange = 0;
    for (const { size, promisedBy } of sizesAtLeast) {
      const missing = below(size.get(state)) & ~found & ~this.all;
      if (changes >= size.changes(state) || missing === 0) continue;
      this.lost |= missing;
      this.sizeOnly |= missing;
      this.behindRange |= missing;
      this.rangePromisedBy = promisedBy;
    }
  }
}

/** Has the segment changed since it had the version? */
function isChanged(inode: Inode, state: State, segment: number, version: number): boolean {
  return changesOf(inode.content[segment]!.get(state)) > changesOf(version);
}

/** The broken promises of one file, one per class, promise and maximal contiguous range, lowest first. */
export function brokenPromises(inode: Inode, promise: FilePromise, losses: Losses, state: State): BrokenPromise[] {
  const broken: (BrokenPromise & { segments: number; sizeOnly: boolean })[] = [];
  for (let rest = losses.all; rest !== 0; rest &= rest - 1) {
    const segment = lowest(rest);
    const bit = 1 << segment;
    const kind = (losses.corrupt & bit) !== 0 ? 'corrupt' : (losses.resurrected & bit) !== 0 ? 'resurrected' : 'lost';
    const sizeOnly = (losses.sizeOnly & bit) !== 0;
    const promisedBy = promiser(promise, losses, state, segment);
    const last = broken.at(-1);
    const continues = last !== undefined && (last.segments & (bit >>> 1)) !== 0;
    if (continues && last.kind === kind && last.promisedBy === promisedBy) {
      last.segments |= bit;
      last.sizeOnly &&= sizeOnly;
    } else broken.push({ kind, file: inode.index, segments: bit, promisedBy, sizeOnly });
  }
  return broken;
}

/** Who promised a segment: the sync of its version, or of the size where only that is wrong, or that the file exists. */
export function promiser(promise: FilePromise, losses: Losses, state: State, segment: number): number {
  if (losses.missing) return promise.namesPromisedBy.get(state);
  const bit = 1 << segment;
  if ((losses.behindRange & losses.sizeOnly & bit) !== 0) return losses.rangePromisedBy;
  return ((losses.sizeOnly & bit) !== 0 ? promise.sizePromisedBy : promise.promisedBy[segment]!).get(state);
}
