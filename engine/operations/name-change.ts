import type { Inode } from '../model/inode.ts';
import type { Machine } from '../model/machine.ts';
import { type Namespace, nobody } from '../model/namespace.ts';
import type { State } from '../state/layout.ts';
import type { OperationContext } from './context.ts';
import { pagesAreUnlocked, writeRange } from './delalloc.ts';
import { refusal } from './read-only.ts';
import { end, following, type Step } from './step.ts';
import { startTransaction } from './transaction-handle.ts';

/** One change of names, as `changeNames` makes an operation of it. */
interface NameChange {
  /** Node numbers of the directories that change; their inode locks are taken. */
  readonly directories: readonly number[];
  /** The nodes whose inode locks are taken along. */
  readonly nodes: (state: State) => readonly number[];
  /** Why the system call fails, if it does. */
  readonly refuses: (state: State) => string | undefined;
  /** The file that is written out before, if any. */
  readonly flushes?: (state: State) => Inode | undefined;
  readonly changes: readonly {
    readonly name: string;
    readonly does: string;
    readonly ready?: (state: State) => boolean;
    readonly waitsFor?: string;
    readonly apply: (state: State) => void;
  }[];
}

/** The steps of every change of names: inode locks, a transaction handle, the change, what the log is told of it. */
export function changeNames({ machine, task, fails }: OperationContext, change: NameChange): Step[] {
  const { transaction } = machine;
  const names = namesOf(machine);
  const { flushes } = change;
  const held = 'inode locks';
  const locks = (state: State) =>
    [...change.directories, ...change.nodes(state).filter((node) => node !== nobody)].map(
      (node) => names.inode(node).lock,
    );
  return [
    {
      name: 'inode_lock',
      locks: '',
      does: 'Looks the names up, and takes the inode locks of the directories and of the files that change.',
      ready: (state) => locks(state).every((lock) => lock.get(state) === 0),
      waitsFor: 'the inode locks of the directories and files',
      goesTo: [following, end],
      says: change.refuses,
      apply: (state) => {
        if (change.refuses(state) !== undefined) return end;
        for (const lock of locks(state)) lock.set(state, task + 1);
        return undefined;
      },
    },
    ...(flushes === undefined
      ? []
      : [
          {
            name: 'filemap_flush',
            locks: held,
            does: 'A file that takes the name of one that is not empty is written: starts writeback of its dirty pages, and waits for nothing.',
            when: (state: State) => flushes(state) !== undefined,
            ready: (state: State) => pagesAreUnlocked(flushes(state)!, state),
            waitsFor: 'the page locks that a writeback holds',
            apply: (state: State) => {
              const inode = flushes(state)!;
              writeRange(inode, state, inode.pages.dirty.get(state), fails(state, 'io', 'filemap_flush'));
              return undefined;
            },
          },
        ]),
    startTransaction(machine, held),
    ...change.changes.map(
      ({ apply, ...step }): Step => ({
        ...step,
        locks: held,
        apply: (state) => {
          apply(state);
          return undefined;
        },
      }),
    ),
    {
      name: 'end_transaction',
      locks: held,
      does: 'Ends the transaction handle, gives the inode locks back and returns.',
      goesTo: [end],
      apply: (state) => {
        transaction.endStarted(state);
        unlock(state);
        return end;
      },
    },
    ...refusal(machine, held, unlock),
  ];

  function unlock(state: State): void {
    for (const { lock } of [...names.inodes, ...names.directories]) {
      if (lock.get(state) === task + 1) lock.set(state, 0);
    }
  }
}

/** The namespace of a scenario that has operations on names. */
export function namesOf({ names }: Machine): Namespace {
  if (names === undefined) throw new Error('an operation on names needs a namespace');
  return names;
}
