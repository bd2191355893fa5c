import type { State } from '../state/layout.ts';
import { cleanupTransaction, commitTransaction } from './commit.ts';
import type { OperationContext } from './context.ts';
import { tellsReadOnly } from './read-only.ts';
import { end, following, type Step } from './step.ts';

/** Label of the step for whom there is no transaction to commit. */
export const readOnly = 'return read-only';

/** What a sync does at its end, whichever way it takes. */
export interface SyncEnd {
  /** Promises, or tells of a write error. */
  readonly finish: (state: State) => void;
  /** The same when it returns an error for another reason: there is nothing to promise. */
  readonly fail: (state: State) => void;
  /** What `finish` returns, in words, if that is an error. */
  readonly outcome?: (state: State) => string | undefined;
}

/**
 * The end of an operation that makes the running transaction durable, and returns 0 when it is: who finds it being
 * committed already waits for that instead (btrfs_attach_transaction_barrier). `finish` is what the return does, and
 * `fail` that of an error; `suffix` as in `commitTransaction`.
 */
export function commitAndWait(
  { machine, registers, fails }: OperationContext,
  { finish, fail, outcome }: SyncEnd,
  suffix = '',
): Step[] {
  const { transaction, guards } = machine;
  const says = outcome && { says: outcome };
  const isDone = (state: State) => transaction.lastCommitted.get(state) >= target.get(state);
  const wasAborted = (state: State) => !isDone(state) && guards['commit.aborted-barrier'] === true;
  /** The transaction that somebody else commits and this task waits for. */
  const target = registers.field('transaction', transaction.generation.mask);
  return [
    {
      name: 'attach_transaction',
      locks: '',
      does: 'Begins the commit of the running transaction; waits for one that is under way instead.',
      goesTo: [following, 'wait_for_commit', ...(transaction.mayAbort ? [readOnly] : [])],
      apply: (state) => {
        if (transaction.isAborted(state)) return readOnly;
        if (transaction.isRunning(state)) {
          transaction.beginCommit(state);
          return undefined;
        }
        target.set(state, transaction.generation.get(state));
        return 'wait_for_commit';
      },
    },
    ...commitTransaction(machine, fails, suffix),
    {
      name: 'transaction_completed',
      locks: '',
      does: 'last_trans_committed moves, TRANS_STATE_COMPLETED; returns 0.',
      ...says,
      goesTo: [end],
      apply: (state) => {
        transaction.complete(state);
        finish(state);
        return end;
      },
    },
    {
      name: 'wait_for_commit',
      locks: '',
      does: 'Waits until the transaction that was created last is durable; returns 0.',
      says: (state) => (wasAborted(state) ? 'returns -EIO: the transaction is aborted' : outcome?.(state)),
      ready: (state) => isDone(state) || (transaction.isAborted(state) && transaction.isSettled(state)),
      waitsFor: 'the task that commits the transaction',
      goesTo: [end],
      apply: (state) => {
        if (wasAborted(state)) fail(state);
        else finish(state);
        return end;
      },
    },
    ...cleanupTransaction(machine, suffix, fail),
    ...(transaction.mayAbort ? [returnReadOnly()] : []),
  ];

  function returnReadOnly(): Step {
    return {
      name: 'return',
      label: readOnly,
      locks: '',
      does: 'A transaction was aborted, so that there is none to commit: returns -EROFS.',
      says: () => tellsReadOnly,
      goesTo: [end],
      apply: (state) => {
        fail(state);
        return end;
      },
    };
  }
}
