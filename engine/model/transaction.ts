import type { Field, Layout, State } from '../state/layout.ts';

/** Id of the transaction that is committed when a scenario starts. Fields hold ids as offsets from it. */
export const firstTransaction = 7;

/** States of the running transaction, in order; `none` when no transaction runs. */
export const transactionStates = ['none', 'running', 'commit_start', 'commit_doing'] as const;
/** Each state that was reached since there was none: who asks for one of them need not know of the others. */
const [running, commitStart, commitDoing] = [1, 2, 4];

/**
 * The file system's transactions: at most one that runs (fs_info->running_transaction) and one whose
 * trees are being written. Ids are offsets from `firstTransaction`.
 */
export class Transaction {
  /** fs_info->generation: the transaction created last. */
  readonly generation: Field;
  readonly lastCommitted: Field;
  readonly #reached: Field;
  /** A committing transaction has reached TRANS_STATE_UNBLOCKED; its id is lastCommitted + 1. */
  readonly committing: Field;
  /** fs_info->tree_log_mutex, held by a commit from dropping the logs until its super block is written. */
  readonly treeLogMutex: Field;
  /** The task that commits the running transaction, and the one that commits the previous one, plus 1. */
  readonly #committer: Field;
  readonly #previousCommitter: Field;
  /** num_extwriters: the tasks that have a handle, all by btrfs_start_transaction. Completions join, see `OrderedExtents`. */
  readonly writers: Field;
  /** pending_ordered: logged ordered extents that the commit waits for (487781796d30). */
  readonly pendingOrdered: Field;
  /** BTRFS_FS_STATE_ERROR and SB_RDONLY: a super block could not be written, and nothing is committed any more. */
  readonly #aborted: Field;

  constructor(
    layout: Layout,
    limits: { transactions: number; tasks: number; pendingOrdered: number; aborts: boolean },
  ) {
    this.generation = layout.field(limits.transactions);
    this.lastCommitted = layout.field(limits.transactions);
    this.#reached = layout.set(3);
    this.committing = layout.field(1);
    this.treeLogMutex = layout.field(1, 'control');
    const committers = limits.transactions > 1 ? limits.tasks : 0;
    this.#committer = layout.field(committers, 'control');
    this.#previousCommitter = layout.field(committers, 'control');
    this.writers = layout.set(limits.tasks, 'control');
    this.pendingOrdered = layout.field(limits.pendingOrdered);
    this.#aborted = layout.field(limits.aborts ? 1 : 0);
  }

  /** Can a transaction be aborted at all? */
  get mayAbort(): boolean {
    return this.#aborted.mask !== 0;
  }

  isAborted(state: State): boolean {
    return this.#aborted.get(state) === 1;
  }

  /** btrfs_abort_transaction, which makes the file system read-only. */
  abort(state: State): void {
    this.#aborted.set(state, this.#aborted.mask);
  }

  /** btrfs_start_transaction waits while a commit is in COMMIT_START or COMMIT_DOING; it fails when one was aborted. */
  canStart(state: State): boolean {
    return this.isAborted(state) || this.#reached.within(state, commitStart) === 0;
  }

  /** btrfs_join_transaction waits only in COMMIT_DOING. */
  canJoin(state: State): boolean {
    return this.isAborted(state) || this.#reached.within(state, commitDoing) === 0;
  }

  /** btrfs_start_transaction: the task takes a handle. */
  start(state: State, task: number): void {
    this.join(state);
    this.writers.include(state, 1 << task);
  }

  /** The part of btrfs_join_transaction that creates a transaction where none runs. */
  join(state: State): void {
    if (this.#reached.within(state, running) !== 0) return;
    this.generation.add(state, 1);
    this.#reached.include(state, running);
  }

  /** btrfs_end_transaction for a handle taken by `start`. */
  end(state: State, task: number): void {
    this.writers.exclude(state, 1 << task);
  }

  /** How far the running transaction is, as an index of `transactionStates`. */
  stateOfRunning(state: State): number {
    return 32 - Math.clz32(this.#reached.get(state));
  }

  isRunning(state: State): boolean {
    return this.#reached.within(state, running | commitStart) === running;
  }

  /** No transaction runs, so there is nothing to commit. */
  isIdle(state: State): boolean {
    return this.#reached.within(state, running) === 0;
  }

  beginCommit(state: State, task: number): void {
    this.#reached.include(state, commitStart);
    this.#committer.set(state, task + 1);
  }

  /**
   * The task that commits the running transaction, as a set: until it goes on nobody starts a handle. Where a transaction can
   * be aborted, that lets everybody go on, and nobody is known to hold them.
   */
  committer(state: State): number {
    return this.mayAbort ? 0 : (1 << this.#committer.get(state)) >> 1;
  }

  /** The task that commits the previous transaction, as a set. */
  previousCommitter(state: State): number {
    return this.mayAbort ? 0 : (1 << this.#previousCommitter.get(state)) >> 1;
  }

  /** The task that holds tree_log_mutex, as a set. */
  treeLogHolder(state: State): number {
    return this.treeLogMutex.get(state) === 0 ? 0 : this.previousCommitter(state);
  }

  /** COMMIT_DOING may begin: the previous transaction is complete, no started handle and no logged ordered extent is open. */
  canStopJoins(state: State): boolean {
    return this.writers.get(state) === 0 && this.committing.get(state) === 0 && this.pendingOrdered.get(state) === 0;
  }

  stopJoins(state: State): void {
    this.#reached.include(state, commitDoing);
  }

  /** TRANS_STATE_UNBLOCKED: the next transaction may start while this one is written. */
  unblock(state: State): void {
    this.#reached.set(state, 0);
    this.committing.set(state, 1);
    this.#previousCommitter.set(state, this.#committer.get(state));
    this.#committer.set(state, 0);
    this.treeLogMutex.set(state, 1);
  }

  /** No transaction is being committed, so that nobody has to wait for one. */
  isSettled(state: State): boolean {
    return this.committing.get(state) === 0 && this.#reached.within(state, commitStart) === 0;
  }

  /** cleanup_transaction of a commit that has not frozen the trees: there is no running transaction any more. */
  cleanUpRunning(state: State): void {
    this.#reached.set(state, 0);
    this.#committer.set(state, 0);
  }

  /** cleanup_transaction of a commit whose trees are frozen: it is no longer under way, and not committed. */
  cleanUpCommitting(state: State): void {
    this.abort(state);
    this.committing.set(state, 0);
    this.#previousCommitter.set(state, 0);
    this.treeLogMutex.set(state, 0);
  }

  /** TRANS_STATE_COMPLETED. */
  complete(state: State): void {
    this.committing.set(state, 0);
    this.#previousCommitter.set(state, 0);
    this.lastCommitted.add(state, 1);
  }
}
