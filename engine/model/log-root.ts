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
  /** fs_info->last_trans_log_full_commit; kept only where a log can be given up. */
  readonly fullCommit: Field;
  /** The first log transaction whose sync has failed, plus 1: those who joined it, or a later one, are told (log_ret). */
  readonly #failedFrom: Field;
  /** The super block on disk has a log root. */
  readonly onDisk: Field;

  constructor(
    layout: Layout,
    limits: { logTransactions: number; writers: number; fullCommits: number; writesFail: boolean },
  ) {
    this.exists = layout.field(1);
    this.transid = layout.field(limits.logTransactions);
    this.lastLogCommit = layout.field(limits.logTransactions);
    this.#syncedCount = layout.field(limits.logTransactions);
    this.writers = layout.set(limits.writers, 'control');
    this.#leader = layout.field(limits.logTransactions > 1 ? limits.writers : 0, 'control');
    this.fullCommit = layout.field(limits.fullCommits);
    this.#failedFrom = layout.field(limits.writesFail ? limits.logTransactions : 0);
    this.onDisk = layout.field(1, 'judged');
  }

  /** btrfs_add_log_tree: the counters start over with every log tree. */
  create(state: State): void {
    this.exists.set(state, 1);
    this.transid.set(state, 0);
    this.lastLogCommit.set(state, 0);
    this.#syncedCount.set(state, 0);
    this.#failedFrom.set(state, 0);
  }

  /** Can the log be given up, so that an fsync has to commit the transaction? */
  get mayBeGivenUp(): boolean {
    return this.fullCommit.mask !== 0;
  }

  /** Can the writing of a log fail? */
  get writesMayFail(): boolean {
    return this.#failedFrom.mask !== 0;
  }

  /** ctx->log_ret: the log transaction could not be synced. */
  hasFailed(state: State, transid: number): boolean {
    const first = this.#failedFrom.get(state);
    return first !== 0 && transid >= first - 1;
  }

  /** btrfs_sync_log ends with an error: the log of transaction `generation` is given up, and the waiters wake. */
  failSync(state: State, transid: number, generation: number): void {
    this.fullCommit.set(state, generation);
    if (this.#failedFrom.get(state) === 0) this.#failedFrom.set(state, transid + 1);
    this.#syncedCount.add(state, 1);
    this.#leader.set(state, 0);
  }

  /** log_transid_committed >= transid: that log transaction has been synced. */
  isSynced(state: State, transid: number): boolean {
    return this.#syncedCount.get(state) > transid;
  }

  /** The log transaction has been synced, and without an error. */
  isDurable(state: State, transid: number): boolean {
    return this.isSynced(state, transid) && !this.hasFailed(state, transid);
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
    this.#leader.set(state, this.#leader.mask === 0 ? 0 : task + 1);
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
