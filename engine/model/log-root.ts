import type { Field, Layout, State } from '../state/layout.ts';

/**
 * What the subvolume's root keeps about its log tree (struct btrfs_root): counters of log transactions
 * and the number of tasks that are logging. The items are in each inode's `FileImage`s.
 */
export class LogRoot {
  /** root->log_root is set. */
  readonly exists: Field;
  /** root->log_transid. */
  readonly transid: Field;
  /** root->last_log_commit. */
  readonly lastLogCommit: Field;
  /** root->log_transid_committed + 1, for that starts at -1. */
  readonly #syncedCount: Field;
  /** root->log_writers, as the set of tasks. */
  readonly writers: Field;
  /** The task that writes a log transaction, plus 1. */
  readonly #leader: Field;
  /** The super block on disk has a log root. */
  readonly onDisk: Field;

  constructor(layout: Layout, limits: { logTransactions: number; writers: number }) {
    this.exists = layout.field(1);
    this.transid = layout.field(limits.logTransactions);
    this.lastLogCommit = layout.field(limits.logTransactions);
    this.#syncedCount = layout.field(limits.logTransactions);
    this.writers = layout.set(limits.writers, 'control');
    this.#leader = layout.field(limits.logTransactions > 1 ? limits.writers : 0, 'control');
    this.onDisk = layout.field(1);
  }

  /** btrfs_add_log_tree: the counters start over with every log tree. */
  create(state: State): void {
    this.exists.set(state, 1);
    this.transid.set(state, 0);
    this.lastLogCommit.set(state, 0);
    this.#syncedCount.set(state, 0);
  }

  /** log_transid_committed >= transid: that log transaction has been synced. */
  isSynced(state: State, transid: number): boolean {
    return this.#syncedCount.get(state) > transid;
  }

  /** Some task is writing an earlier log transaction (root->log_commit). */
  isSyncing(state: State): boolean {
    return this.transid.get(state) > this.#syncedCount.get(state);
  }

  /** The task that writes a log transaction, as a set. */
  leader(state: State): number {
    return (1 << this.#leader.get(state)) >> 1;
  }

  /** btrfs_sync_log: the task writes the log transaction, and the next one begins. */
  beginSync(state: State, task: number): void {
    this.transid.add(state, 1);
    this.#leader.set(state, task + 1);
  }

  /** Some task has begun to write log transaction `transid`, or has written it. */
  hasLeader(state: State, transid: number): boolean {
    return this.transid.get(state) > transid;
  }

  /** The end of btrfs_sync_log: last_log_commit moves and the waiters wake. */
  finishSync(state: State, transid: number): void {
    this.lastLogCommit.set(state, Math.max(this.lastLogCommit.get(state), transid));
    this.#syncedCount.add(state, 1);
    this.#leader.set(state, 0);
  }
}
