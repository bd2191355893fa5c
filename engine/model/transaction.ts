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
  /** num_extwriters: the tasks that have a handle, all by btrfs_start_transaction. Completions join, see `OrderedExtents`. */
  readonly writers: Field;
  /** pending_ordered: logged ordered extents that the commit waits for (487781796d30). */
  readonly pendingOrdered: Field;

  constructor(layout: Layout, limits: { transactions: number; tasks: number; pendingOrdered: number }) {
    this.generation = layout.field(limits.transactions);
    this.lastCommitted = layout.field(limits.transactions);
    this.stateOfRunning = layout.field(transactionStates.length - 1);
    this.committing = layout.field(1);
    this.treeLogMutex = layout.field(1, 'control');
    this.writers = layout.set(limits.tasks, 'control');
    this.pendingOrdered = layout.field(limits.pendingOrdered);
  }

  /** btrfs_start_transaction waits while a commit is in COMMIT_START or COMMIT_DOING. */
  canStart(state: State): boolean {
    return this.stateOfRunning.get(state) < commitStart!;
  }

  /** btrfs_join_transaction waits only in COMMIT_DOING. */
  canJoin(state: State): boolean {
    return this.stateOfRunning.get(state) < commitDoing!;
  }

  /** btrfs_start_transaction: the task takes a handle. */
  start(state: State, task: number): void {
    this.join(state);
    this.writers.include(state, 1 << task);
  }

  /** The part of btrfs_join_transaction that creates a transaction where none runs. */
  join(state: State): void {
    if (this.stateOfRunning.get(state) !== none) return;
    this.generation.add(state, 1);
    this.stateOfRunning.set(state, running!);
  }

  /** btrfs_end_transaction for a handle taken by `start`. */
  end(state: State, task: number): void {
    this.writers.exclude(state, 1 << task);
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
      this.writers.get(state) === 0 && this.committing.get(state) === 0 && this.pendingOrdered.get(state) === 0
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

  /** TRANS_STATE_COMPLETED. */
  complete(state: State): void {
    this.committing.set(state, 0);
    this.lastCommitted.add(state, 1);
  }
}
