import { size } from '../state/bits.ts';
import type { Field, Layout, State } from '../state/layout.ts';
import { ExtentSet } from './extent-set.ts';

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
  /** EXTENT_LOCKED in the inode's io_tree, held by completions. */
  readonly rangeLocked: Field;
  /** BTRFS_ORDERED_LOGGED, by start (487781796d30). */
  readonly logged: Field;
  /** BTRFS_ORDERED_PENDING, by start: the transaction's commit waits for it (487781796d30). */
  readonly pending: Field;

  /** Sets of starts that `order` constraints need: which of the open extents a certain operation began. */
  readonly #starters: Field[] = [];

  constructor(layout: Layout, segments: number, trackLogged: boolean) {
    super(layout, segments);
    this.position = layout.fields(segments, maximumCompletionSteps, 'control');
    this.rangeLocked = layout.set(segments, 'control');
    this.logged = layout.set(trackLogged ? segments : 0);
    this.pending = layout.set(trackLogged ? segments : 0);
  }

  /** btrfs_add_ordered_extent. */
  insert(state: State, extent: number): void {
    this.add(state, extent);
  }

  /** A new set of starts, kept by whoever asks for it until an extent completes. */
  trackStarter(layout: Layout): Field {
    const starter = layout.set(this.position.length, 'control');
    this.#starters.push(starter);
    return starter;
  }

  /** btrfs_remove_ordered_extent: BTRFS_ORDERED_COMPLETE, waiters go on. */
  complete(state: State, start: number): void {
    this.remove(state, this.from(state, start));
    this.position[start]!.set(state, 0);
    this.logged.set(state, this.logged.get(state) & ~(1 << start));
    this.pending.set(state, this.pending.get(state) & ~(1 << start));
    for (const starter of this.#starters) starter.set(state, starter.get(state) & ~(1 << start));
  }

  /** btrfs_get_ordered_extents_for_logging: the starts of those that no fsync has logged. */
  unlogged(state: State): number {
    return this.starts.get(state) & ~this.logged.get(state);
  }

  lockRange(state: State, extent: number): void {
    this.rangeLocked.set(state, this.rangeLocked.get(state) | extent);
  }

  unlockRange(state: State, extent: number): void {
    this.rangeLocked.set(state, this.rangeLocked.get(state) & ~extent);
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
