import type { Field, Layout, State } from '../state/layout.ts';

/** Id of the transaction that is committed when a scenario starts. Fields hold ids as offsets from it. */
export const firstTransaction = 7;

/** States of the running transaction, in order; `none` when no transaction runs. */
export const transactionStates = ['none', 'running', 'commit_start', 'commit_doing'] as const;
const [none, running, commitStart, commitDoing] = [0, 1, 2, 3];

/**
 * The file system's transactions: at most one that runs (fs_info->running_transaction) and one whose
 * trees are being written. Ids are offsets from `firstTransaction`.
 */
export class Transaction {
  /** fs_info->generation: the transaction created last. */
  readonly generation: Field;
  readonly lastCommitted: Field;
  readonly stateOfRunning: Field;
  /** A committing transaction has reached TRANS_STATE_UNBLOCKED; its id is lastCommitted + 1. */
  readonly committing: Field;
  /** fs_info->tree_log_mutex, held by a commit from dropping the logs until its super block is written. */
  readonly treeLogMutex: Field;
  /** num_writers and num_extwriters: handles in use, and those of them that came by btrfs_start_transaction. */
  readonly writers: Field;
  readonly externalWriters: Field;
  /** pending_ordered: logged ordered extents that the commit waits for (487781796d30). */
  readonly pendingOrdered: Field;
  /** BTRFS_FS_STATE_ERROR and SB_RDONLY: a super block could not be written, and nothing is committed any more. */
  readonly #aborted: Field;

  constructor(
    layout: Layout,
    limits: { transactions: number; handles: number; pendingOrdered: number; aborts: boolean },
  ) {
    this.generation = layout.field(limits.transactions);
    this.lastCommitted = layout.field(limits.transactions);
    this.stateOfRunning = layout.field(transactionStates.length - 1);
    this.committing = layout.field(1);
    this.treeLogMutex = layout.field(1, 'control');
    this.writers = layout.field(limits.handles, 'control');
    this.externalWriters = layout.field(limits.handles, 'control');
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
    return this.isAborted(state) || this.stateOfRunning.get(state) < commitStart!;
  }

  /** btrfs_join_transaction waits only in COMMIT_DOING. */
  canJoin(state: State): boolean {
    return this.isAborted(state) || this.stateOfRunning.get(state) < commitDoing!;
  }

  start(state: State): void {
    this.join(state);
    this.externalWriters.add(state, 1);
  }

  /** Takes a handle on the running transaction, and creates one where none runs. */
  join(state: State): void {
    if (this.stateOfRunning.get(state) === none) {
      this.generation.add(state, 1);
      this.stateOfRunning.set(state, running!);
    }
    this.writers.add(state, 1);
  }

  /** btrfs_end_transaction for a handle taken by `join`. */
  end(state: State): void {
    this.writers.add(state, -1);
  }

  /** btrfs_end_transaction for a handle taken by `start`. */
  endStarted(state: State): void {
    this.end(state);
    this.externalWriters.add(state, -1);
  }

  isRunning(state: State): boolean {
    return this.stateOfRunning.get(state) === running;
  }

  /** No transaction runs, so there is nothing to commit. */
  isIdle(state: State): boolean {
    return this.stateOfRunning.get(state) === none;
  }

  beginCommit(state: State): void {
    this.stateOfRunning.set(state, commitStart!);
  }

  /** COMMIT_DOING may begin: the previous transaction is complete, no started handle and no logged ordered extent is open. */
  canStopJoins(state: State): boolean {
    return (
      this.externalWriters.get(state) === 0 && this.committing.get(state) === 0 && this.pendingOrdered.get(state) === 0
    );
  }

  stopJoins(state: State): void {
    this.stateOfRunning.set(state, commitDoing!);
  }

  /** TRANS_STATE_UNBLOCKED: the next transaction may start while this one is written. */
  unblock(state: State): void {
    this.stateOfRunning.set(state, none!);
    this.committing.set(state, 1);
    this.treeLogMutex.set(state, 1);
  }

  /** No transaction is being committed, so that nobody has to wait for one. */
  isSettled(state: State): boolean {
    return this.committing.get(state) === 0 && this.stateOfRunning.get(state) < commitStart!;
  }

  /** cleanup_transaction of a commit that has not frozen the trees: there is no running transaction any more. */
  cleanUpRunning(state: State): void {
    this.stateOfRunning.set(state, none!);
  }

  /** cleanup_transaction of a commit whose trees are frozen: it is no longer under way, and not committed. */
  cleanUpCommitting(state: State): void {
    this.abort(state);
    this.committing.set(state, 0);
    this.treeLogMutex.set(state, 0);
  }

  /** TRANS_STATE_COMPLETED. */
  complete(state: State): void {
    this.committing.set(state, 0);
    this.lastCommitted.add(state, 1);
  }
}
