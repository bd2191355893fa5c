import type { State } from '../state/layout.ts';
import type { FsyncScope } from './fsync-scope.ts';
import { end, type Step } from './step.ts';

/** Label that the steps of an fsync go to when a wait has met an error: it logs nothing. */
export const writeFailed = 'inode_unlock after failure';

/** Label for where data could not be written while an fsync logged it: it does not sync the log. */
export const loggingFailed = 'return of an error in the log';

/** What an operation that fails says. */
export const tellsError = 'returns -EIO: data could not be written';

/** file_check_and_advance_wb_err, at the very end of an fsync: an error that this task has not been told of. */
export function isUntold({ machine, inode, task }: FsyncScope, state: State): boolean {
  return machine.rules.errorsAreToldPerFile && inode.writeErrors.untold(state, task);
}

/** The steps of an fsync that fails; none where no write can. */
export function failure({ machine, inode, task, ioError }: FsyncScope, unlock: (state: State) => undefined): Step[] {
  const { writeErrors } = inode;
  if (!writeErrors.possible) return [];
  return [
    {
      name: 'inode_unlock',
      label: writeFailed,
      locks: 'inode lock',
      does: 'Data could not be written: gives the inode lock back.',
      apply: (state) => {
        writeErrors.takeFromMapping(state);
        return unlock(state);
      },
    },
    {
      name: 'return',
      label: 'return of an error',
      locks: '',
      does: 'Returns -EIO and promises nothing.',
      says: () => tellsError,
      goesTo: [end],
      apply: (state) => {
        writeErrors.tell(state, task);
        return end;
      },
    },
    ...(ioError.mask === 0 ? [] : [returnInLog()]),
  ];

  function returnInLog(): Step {
    return {
      name: 'return',
      label: loggingFailed,
      locks: '',
      does: 'Ends the transaction handle, returns -EIO and promises nothing.',
      says: () => tellsError,
      apply: (state) => {
        machine.transaction.end(state, task);
        writeErrors.tell(state, task);
        return undefined;
      },
    };
  }
}
