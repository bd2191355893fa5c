import type { Machine } from '../model/machine.ts';
import type { Operation } from '../scenario.ts';
import type { State } from '../state/layout.ts';
import { end, type Step } from './step.ts';

/** Label of the step that ends an operation for which no transaction can be started (BTRFS_FS_ERROR). */
export const refused = 'return of -EROFS';

/** What an operation says that a read-only file system refuses. */
export const tellsReadOnly = 'returns -EROFS: the file system has gone read-only';

/**
 * The end of an operation whose btrfs_start_transaction fails, for a transaction was aborted meanwhile. What it has
 * changed in memory stays there. `release` gives back what it holds.
 */
export function refusal({ transaction }: Machine, locks: string, release: (state: State) => void): Step[] {
  if (!transaction.mayAbort) return [];
  return [
    {
      name: 'return',
      label: refused,
      locks,
      does: 'A transaction was aborted, so that none can be started: gives the locks back and returns -EROFS.',
      says: () => tellsReadOnly,
      goesTo: [end],
      apply: (state) => {
        release(state);
        return end;
      },
    },
  ];
}

const changing: readonly Operation['kind'][] = [
  ...(['write', 'direct-write', 'truncate', 'punch', 'fallocate', 'zero-range', 'clone'] as const),
  ...(['create', 'mkdir', 'link', 'rename', 'unlink'] as const),
];

/** A system call that changes something does not even begin on a file system that has gone read-only. */
export function refusesReadOnly({ transaction }: Machine, { kind }: Operation): Step[] {
  if (!transaction.mayAbort || !changing.includes(kind)) return [];
  return [
    {
      name: 'sb_rdonly',
      locks: '',
      does: 'The file system has gone read-only: returns -EROFS.',
      when: (state) => transaction.isAborted(state),
      says: () => tellsReadOnly,
      goesTo: [end],
      apply: () => end,
    },
  ];
}
