import type { Program } from '../program.ts';
import { lowest } from '../state/bits.ts';
import type { AccessRecord, State } from '../state/layout.ts';

/** What a fact is about; of each there is one for every file, or one for the file system. */
export type FactKind =
  | 'list'
  | 'full-sync-flag'
  | 'ordered-extents'
  | 'last_trans'
  | 'last_sub_trans'
  | 'last_log_commit'
  | 'logged_trans'
  | 'extent-maps'
  | 'write-errors'
  | 'pages'
  | 'lock'
  | 'i_size'
  | 'foreign-blocks'
  | 'logged-inode-item'
  | 'logged-inode-item-on-disk'
  | 'tree-items'
  | 'logged-items'
  | 'logged-items-on-disk'
  | 'committed-items'
  | 'last_trans_committed'
  | 'log_transid'
  | "root's last_log_commit"
  | 'super-block'
  | 'transaction'
  | 'commit-state'
  | 'error-state';

/** Something in a state that kernel developers have a word for. */
export interface Fact {
  readonly kind: FactKind;
  /** Index of the file that it is about, if it is about one. */
  readonly file: number | undefined;
  /** What a step looks at that reads it: `the full-sync flag of I`. */
  readonly name: string;
  /** Its bits in a state, word by word. */
  readonly bits: Int32Array;
  /**
   * What a step did that changed it, with the step as the subject, in words that go both with nothing and with `would have`
   * before them; empty where nothing is to be told.
   */
  readonly changes: (before: State, after: State) => readonly string[];
}

/** Makes facts: finds out which bits a reading function reads. */
export class FactMaker {
  readonly #initial: State;
  readonly #record: AccessRecord;
  readonly #file: number | undefined;

  constructor({ initial }: Program, record: AccessRecord, file?: number) {
    this.#initial = initial;
    this.#record = record;
    this.#file = file;
  }

  fact(kind: FactKind, name: string, read: (state: State) => unknown, changes: Fact['changes']): Fact {
    this.#record.clear();
    read(this.#initial);
    return { kind, name, file: this.#file, bits: this.#record.reads.slice(), changes };
  }

  /** A fact that is one number. */
  number(kind: FactKind, name: string, get: (state: State) => number, tell: (value: number) => string): Fact {
    return this.fact(kind, name, get, (before, after) => (get(before) === get(after) ? [] : [tell(get(after))]));
  }
}

/** The members of a set, lowest first. */
export function membersOf(mask: number): number[] {
  const members: number[] = [];
  for (let rest = mask; rest !== 0; rest &= rest - 1) members.push(lowest(rest));
  return members;
}

/** The segments of a set for which a test holds, as a set. */
export function subset(mask: number, holds: (segment: number) => boolean): number {
  let found = 0;
  for (const segment of membersOf(mask)) if (holds(segment)) found |= 1 << segment;
  return found;
}

/** The sets of bits, word by word, have one in common. */
export function overlaps(first: Int32Array, ...others: readonly Int32Array[]): boolean {
  return first.some((word, i) => others.reduce((bits, other) => bits & other[i]!, word) !== 0);
}
