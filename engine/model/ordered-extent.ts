import { lowest, size } from '../state/bits.ts';
import type { Field, Layout, State } from '../state/layout.ts';
import { ExtentSet } from './extent-set.ts';
import type { Limits } from './limits.ts';

/** Room for the position of a completion. */
const maximumCompletionSteps = 15;

/**
 * The ordered extents of one file (struct btrfs_ordered_extent): ranges whose data is on its way to
 * newly allocated blocks. Each has a completion of its own, whose next step is kept here by the segment
 * that the extent begins at.
 */
export class OrderedExtents extends ExtentSet {
  /** Position in the completion's step table, by start. */
  readonly position: readonly Field[];
  /** Blocks of direct IO that are on their way to the device; those of pages are under writeback. */
  readonly directIo: Field;
  /** Blocks of direct IO that have an ordered extent and are not submitted yet. */
  readonly directPending: Field;
  /** BTRFS_ORDERED_NOCOW, by start: its blocks are overwritten in place. */
  readonly nocow: Field;
  /** Blocks of direct writes that have begun and not returned. */
  readonly directInFlight: Field;
  /** EXTENT_LOCKED in the inode's io_tree, held by completions. */
  readonly rangeLocked: Field;
  /** BTRFS_ORDERED_LOGGED, by start. */
  readonly logged: Field;
  /** BTRFS_ORDERED_PENDING, by start: the transaction's commit waits for it. */
  readonly pending: Field;
  /** Completions that have added the checksums to the csum tree, by start; kept only where an fsync may come before. */
  readonly checksumsInTree: Field;
  /** BTRFS_ORDERED_LOGGED_CSUM, by start: an fsync has copied the checksums to the log tree. */
  readonly checksumsLogged: Field;
  /** logged_list of the fsync that is logging the inode (until b5e6c3e170b7), by start. */
  readonly taken: Field;
  /** log->logged_list, by start, for log transactions with an even and with an odd transid. */
  readonly #loggedInto: readonly Field[];

  /** Their IO fails, by start: BTRFS_ORDERED_IOERR once it has ended. */
  readonly failing: Field;

  /** Sets of starts that `order` constraints need: which of the open extents a certain operation began. */
  readonly #starters: Field[] = [];

  constructor(layout: Layout, segments: number, limits: Limits) {
    super(layout, segments);
    this.position = layout.fields(segments, maximumCompletionSteps, 'control');
    this.rangeLocked = layout.set(segments, 'control');
    this.directIo = layout.set(limits.direct ? segments : 0);
    this.directPending = layout.set(limits.direct ? segments : 0);
    this.nocow = layout.set(limits.nodatacow ? segments : 0);
    this.directInFlight = layout.set(limits.direct ? segments : 0);
    this.logged = layout.set(limits.trackLogged ? segments : 0);
    this.pending = layout.set(limits.trackLogged ? segments : 0);
    this.checksumsInTree = layout.set(limits.logsUnfinished ? segments : 0);
    this.checksumsLogged = layout.set(limits.logsUnfinished && limits.logsRunning ? segments : 0);
    this.taken = layout.set(limits.logsRunning ? segments : 0);
    this.#loggedInto = [0, 1].map((parity) =>
      layout.set(limits.logsRunning && parity < limits.logTransactions ? segments : 0),
    );
    this.failing = layout.set(limits.writeErrors ? segments : 0);
  }

  /** btrfs_add_ordered_extent. */
  insert(state: State, extent: number, nocow: boolean): void {
    this.add(state, extent);
    if (nocow) this.nocow.set(state, this.nocow.get(state) | (extent & -extent));
  }

  /** What is on its way to blocks that the file has already. */
  overwritten(state: State): number {
    const nocow = this.nocow.get(state);
    return nocow === 0 ? 0 : this.union(state, nocow);
  }

  /** A new set of starts, kept by whoever asks for it until an extent completes. */
  trackStarter(layout: Layout): Field {
    const starter = layout.set(this.position.length, 'control');
    this.#starters.push(starter);
    return starter;
  }

  /**
   * btrfs_invalidatepage: pages that were never submitted are gone, so that the ordered extents they belong to end
   * before the first of them (BTRFS_ORDERED_TRUNCATED). Returns what was cut off.
   */
  truncate(state: State, dropped: number): number {
    let cut = 0;
    for (let rest = this.overlapping(state, dropped); rest !== 0; rest &= rest - 1) {
      const start = lowest(rest);
      const extent = this.from(state, start);
      const tail = extent & -(1 << lowest(extent & dropped));
      cut |= tail;
      if (tail === extent) this.complete(state, start);
      else this.remove(state, tail);
    }
    return cut;
  }

  /** btrfs_remove_ordered_extent: BTRFS_ORDERED_COMPLETE, waiters go on. */
  complete(state: State, start: number): void {
    this.remove(state, this.from(state, start));
    this.position[start]!.set(state, 0);
    const { nocow, logged, pending, checksumsInTree, checksumsLogged, taken, failing } = this;
    for (const starts of [
      nocow,
      logged,
      pending,
      checksumsInTree,
      checksumsLogged,
      taken,
      failing,
      ...this.#loggedInto,
    ]) {
      starts.set(state, starts.get(state) & ~(1 << start));
    }
    for (const starter of this.#starters) starter.set(state, starter.get(state) & ~(1 << start));
  }

  /** btrfs_get_ordered_extents_for_logging: the starts of those that no fsync has logged. */
  unlogged(state: State): number {
    return this.starts.get(state) & ~this.logged.get(state);
  }

  /** A direct write of `blocks` begins: their range is locked until they are submitted. */
  beginDirect(state: State, blocks: number): void {
    this.lockRange(state, blocks);
    this.directInFlight.set(state, this.directInFlight.get(state) | blocks);
  }

  submitDirect(state: State, blocks: number): void {
    this.unlockRange(state, blocks);
    this.directPending.set(state, this.directPending.get(state) & ~blocks);
    this.directIo.set(state, this.directIo.get(state) | blocks);
  }

  endDirect(state: State, blocks: number): void {
    this.directInFlight.set(state, this.directInFlight.get(state) & ~blocks);
  }

  lockRange(state: State, extent: number): void {
    this.rangeLocked.set(state, this.rangeLocked.get(state) | extent);
  }

  unlockRange(state: State, extent: number): void {
    this.rangeLocked.set(state, this.rangeLocked.get(state) & ~extent);
  }

  /** btrfs_get_logged_extents, until b5e6c3e170b7: takes along those that overlap `range` and that nobody has taken. */
  take(state: State, range: number): void {
    const fresh = this.overlapping(state, range) & ~this.logged.get(state);
    this.taken.set(state, this.taken.get(state) | fresh);
    this.logged.set(state, this.logged.get(state) | fresh);
  }

  /** btrfs_submit_logged_extents: who syncs the log transaction waits for what was taken along. */
  submitTaken(state: State, transid: number): void {
    const list = this.#loggedInto[transid & 1]!;
    // There is no list for a log transaction that nobody is left to sync.
    list.set(state, (list.get(state) | this.taken.get(state)) & list.mask);
    this.taken.set(state, 0);
  }

  /** btrfs_free_logged_extents: nobody waits for those of a log transaction that is given up. */
  freeLogged(state: State, transid: number): void {
    this.#loggedInto[transid & 1]!.set(state, 0);
  }

  /** Starts of those that were logged in a log transaction and that nobody has waited for yet. */
  loggedInto(state: State, transid: number): number {
    return this.#loggedInto[transid & 1]!.get(state);
  }

  /**
   * The end of btrfs_wait_logged_extents for one log transaction: what is still open is pending from then on
   * (50d9aa99bd35) or forgotten before. Returns how many became pending.
   */
  finishWait(state: State, transid: number, becomePending: boolean): number {
    const list = this.#loggedInto[transid & 1]!;
    const open = list.get(state);
    list.set(state, 0);
    if (becomePending) return this.markLogged(state, open);
    this.logged.set(state, this.logged.get(state) & ~open);
    return 0;
  }

  /** Marks the given extents as logged; those still open are pending. Returns how many became pending. */
  markLogged(state: State, starts: number): number {
    const open = starts & this.starts.get(state);
    const fresh = open & ~this.pending.get(state);
    this.logged.set(state, this.logged.get(state) | open);
    this.pending.set(state, this.pending.get(state) | fresh);
    return size(fresh);
  }
}
