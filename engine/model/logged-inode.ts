import type { Field, Layout, State } from '../state/layout.ts';
import type { LogRoot } from './log-root.ts';

/** How large the numbers of the log bookkeeping can get. */
export interface InodeLimits {
  readonly tasks: number;
  /** Transactions that can be created after the first. */
  readonly transactions: number;
  readonly logTransactions: number;
  /** The scenario has a namespace: what is only about names is kept. */
  readonly named: boolean;
  /** A write guesses last_trans (until 3a8b36f37806). */
  readonly guessesLastTrans: boolean;
  /** Inodes remember the log transaction that they were logged in, which no release does. */
  readonly remembersLogTransaction: boolean;
}

/** What struct btrfs_inode keeps of every inode, file or directory, in order to log it. Transactions are offsets; 0 is any before the scenario. */
export class LoggedInode {
  /** Task that holds the inode lock, plus 1; 0 when it is free. */
  readonly lock: Field;
  readonly lastTrans: Field;
  readonly loggedTrans: Field;
  readonly lastSubTrans: Field;
  /** last_log_commit + 1, for it can be -1 (bc0939fcfab0). */
  readonly #lastLogCommit: Field;
  /** The log transaction in which the inode was last logged; kept only for the guard that asks for it. */
  readonly loggedTransid: Field;
  /** Some fsync is logging the inode (log_mutex), while others may log that it exists; kept only with a namespace. */
  readonly logMutex: Field;
  /** The transaction that created the inode. */
  readonly generation: Field;
  readonly lastUnlinkTrans: Field;
  /** BTRFS_INODE_COPY_EVERYTHING: names or attributes are new, although the extents are not. */
  readonly copyEverything: Field;

  constructor(layout: Layout, limits: InodeLimits) {
    const { tasks, transactions, logTransactions, named, guessesLastTrans, remembersLogTransaction } = limits;
    this.lock = layout.field(tasks, 'control');
    this.lastTrans = layout.field(transactions + (guessesLastTrans ? 1 : 0));
    this.loggedTrans = layout.field(transactions);
    this.lastSubTrans = layout.field(logTransactions);
    this.#lastLogCommit = layout.field(logTransactions + 1);
    this.loggedTransid = layout.field(remembersLogTransaction ? logTransactions : 0);
    this.logMutex = layout.field(named ? 1 : 0, 'control');
    this.generation = layout.field(named ? transactions : 0);
    this.lastUnlinkTrans = layout.field(named ? transactions : 0);
    this.copyEverything = layout.field(named ? 1 : 0);
  }

  /** The task that holds the inode lock, as a set. */
  lockHolder(state: State): number {
    const holder = this.lock.get(state);
    return holder === 0 ? 0 : 1 << (holder - 1);
  }

  /** Some other task than this one holds the inode lock. */
  isLockedByOther(state: State, task: number): boolean {
    const holder = this.lock.get(state);
    return holder !== 0 && holder !== task + 1;
  }

  /** last_log_commit; -1 when every change is yet to be logged (bc0939fcfab0). */
  getLastLogCommit(state: State): number {
    return this.#lastLogCommit.get(state) - 1;
  }

  setLastLogCommit(state: State, transid: number): void {
    this.#lastLogCommit.set(state, transid + 1);
  }

  /** Takes note that the inode was logged in a transaction, into the log transaction that `log` is at. */
  setLogged(state: State, generation: number, log: LogRoot): void {
    this.loggedTrans.set(state, generation);
    if (this.loggedTransid.mask !== 0) this.loggedTransid.set(state, log.transid.get(state));
  }

  /** The first half of btrfs_set_inode_last_trans, part of every inode update in a transaction. */
  setLastTrans(state: State, generation: number, log: LogRoot): void {
    this.lastTrans.set(state, generation);
    this.lastSubTrans.set(state, log.transid.get(state));
  }
}
