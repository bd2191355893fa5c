import type { Inode } from '../model/inode.ts';
import { type Machine, setInodeLastTrans } from '../model/machine.ts';
import { type Namespace, nobody } from '../model/namespace.ts';
import type { CreateOperation, RenameOperation, UnlinkOperation } from '../scenario.ts';
import type { State } from '../state/layout.ts';
import type { OperationContext } from './context.ts';
import { NameLog, waitsForLogMutex } from './log-names.ts';
import { changeNames, namesOf } from './name-change.ts';
import type { Step } from './step.ts';

/** `create F` and `mkdir D`: btrfs_create_new_inode. A new inode's first fsync is a full one. */
export function create(context: OperationContext, operation: CreateOperation): Step[] {
  const { machine } = context;
  const names = namesOf(machine);
  const { node, name } = operation;
  const directory = names.directoryOf[name]!;
  const kernelName = operation.kind === 'create' ? 'btrfs_create' : 'btrfs_mkdir';
  return changeNames(context, {
    directories: [directory],
    nodes: () => [],
    refuses: (state) => {
      if (names.at(state, name) !== nobody) return 'the name is taken';
      return names.isLinked(state, directory) ? undefined : 'the directory does not exist';
    },
    changes: [
      {
        name: kernelName,
        does:
          operation.kind === 'create'
            ? 'Makes the inode and its entry in the directory. Sets the full-sync flag.'
            : 'Makes the directory and its entry in the parent directory.',
        apply: (state) => {
          const generation = machine.transaction.generation.get(state);
          names.inode(node).generation.set(state, generation);
          const file = names.inodes[node];
          file?.setFullSync(state, generation);
          file?.tree.present.set(state, 1);
          names.add(state, name, node);
          markChanged(machine, state, node, directory);
        },
      },
    ],
  });
}

/** `link F to N`: btrfs_link. */
export function link(context: OperationContext, { name, to }: RenameOperation): Step[] {
  const { machine } = context;
  const names = namesOf(machine);
  const directory = names.directoryOf[to]!;
  /** The inode, for the steps after the entry was made. */
  const linked = nodeRegister(context);
  return changeNames(context, {
    directories: [directory],
    nodes: (state) => [names.at(state, name)],
    refuses: (state) => {
      const node = names.at(state, name);
      if (node === nobody) return 'there is no file of that name';
      if (names.isDirectory(node)) return 'it is a directory';
      if (names.at(state, to) !== nobody) return 'the name is taken';
      return names.isLinked(state, directory) ? undefined : 'the directory does not exist';
    },
    changes: [
      {
        name: 'btrfs_link',
        does: 'Adds the entry and the reference to it; the next log of the inode copies its names (BTRFS_INODE_COPY_EVERYTHING).',
        apply: (state) => {
          const node = names.at(state, name);
          linked.set(state, node + 1);
          names.inode(node).copyEverything.set(state, 1);
          names.add(state, to, node);
          markChanged(machine, state, node, directory);
        },
      },
      logNewName(machine, (state) => ({ node: linked.get(state) - 1 })),
    ],
  });
}

/** `rename F to N`: btrfs_rename. What had the name before loses it. */
export function rename(context: OperationContext, { name, to }: RenameOperation): Step[] {
  const { machine, registers } = context;
  const names = namesOf(machine);
  const [oldDirectory, newDirectory] = [names.directoryOf[name]!, names.directoryOf[to]!];
  const moved = nodeRegister(context);
  /** The old entry was one of the running transaction. */
  const wasFresh = registers.field('was fresh', 1);
  const log = new NameLog(machine, names);
  return changeNames(context, {
    directories: [...new Set([oldDirectory, newDirectory])],
    nodes: (state) => [names.at(state, name), names.at(state, to)],
    refuses: (state) => whyNotRenamed(names, state, name, to),
    flushes: (state) => flushedByRename(names, state, name, to),
    changes: [
      {
        name: 'btrfs_rename',
        does: 'Removes the old entry, what the new name linked to before, and adds the new entry. A directory that something moves out of can only be persisted by a commit then, unless it or the inode is logged.',
        apply: (state) => {
          const node = names.at(state, name);
          moved.set(state, node + 1);
          wasFresh.set(state, names.isFresh(state, name) ? 1 : 0);
          if (oldDirectory !== newDirectory) recordUnlink(machine, names, log, state, node, oldDirectory);
          // btrfs_log_new_name takes the old name out of the log.
          names.remove(state, name);
          const replaced = names.at(state, to);
          if (replaced !== nobody) unlinkInode(machine, names, log, state, to);
          names.add(state, to, node);
          markChanged(machine, state, node, oldDirectory);
          markChanged(machine, state, node, newDirectory);
        },
      },
      logNewName(machine, (state) => ({
        node: moved.get(state) - 1,
        old: { name, isFresh: wasFresh.get(state) === 1 },
      })),
    ],
  });
}

/** `unlink F`: btrfs_unlink, and btrfs_rmdir of an empty directory. */
export function unlink(context: OperationContext, { name }: UnlinkOperation): Step[] {
  const { machine } = context;
  const names = namesOf(machine);
  const directory = names.directoryOf[name]!;
  const log = new NameLog(machine, names);
  return changeNames(context, {
    directories: [directory],
    nodes: (state) => [names.at(state, name)],
    refuses: (state) => {
      const node = names.at(state, name);
      if (node === nobody) return 'there is no file of that name';
      return names.isDirectory(node) && names.entriesOf(state, node) !== 0 ? 'the directory is not empty' : undefined;
    },
    changes: [
      {
        name: 'btrfs_unlink',
        does: 'Removes the entry and the reference to it, from the log, too, if the directory or the inode is logged.',
        apply: (state) => {
          const node = names.at(state, name);
          if (!names.isDirectory(node)) recordUnlink(machine, names, log, state, node);
          unlinkInode(machine, names, log, state, name);
        },
      },
    ],
  });
}

/** A step that tells the log of the name that a node has got: btrfs_log_new_name. */
function logNewName(
  machine: Machine,
  what: (state: State) => {
    readonly node: number;
    readonly old?: { readonly name: number; readonly isFresh: boolean };
  },
) {
  const names = namesOf(machine);
  const log = new NameLog(machine, names);
  return {
    name: 'btrfs_log_new_name',
    does: 'If the inode, or the directory it comes from, was logged in this transaction, the log gets the new name, and loses the old one. Nothing is written.',
    ready: (state: State) => names.canLogFiles(state),
    waitsFor: waitsForLogMutex,
    apply: (state: State) => {
      const { node, old } = what(state);
      log.newName(state, node, old);
    },
  };
}

/** btrfs_record_unlink_dir; with `oldDirectory` for a rename out of it. */
function recordUnlink(
  { transaction }: Machine,
  names: Namespace,
  log: NameLog,
  state: State,
  node: number,
  oldDirectory?: number,
): void {
  const generation = transaction.generation.get(state);
  names.inode(node).lastUnlinkTrans.set(state, generation);
  if (oldDirectory === undefined || log.isLogged(state, oldDirectory) || log.isLogged(state, node)) return;
  names.inode(oldDirectory).lastUnlinkTrans.set(state, generation);
}

/** btrfs_unlink_inode: the name goes, and if its inode or directory is logged, from the log as well. */
function unlinkInode(machine: Machine, names: Namespace, log: NameLog, state: State, name: number): void {
  const node = names.at(state, name);
  const directory = names.directoryOf[name]!;
  names.remove(state, name);
  // btrfs_del_inode_ref_in_log, btrfs_del_dir_entries_in_log
  if (log.isLogged(state, node)) names.log.references[name]!.set(state, 0);
  if (log.isLogged(state, directory)) names.log.entries[name]!.set(state, 0);
  markChanged(machine, state, node, directory);
}

/** btrfs_update_inode of the node and of the directory. */
function markChanged(machine: Machine, state: State, node: number, directory: number): void {
  const names = namesOf(machine);
  for (const inode of [names.inode(node), names.inode(directory)]) setInodeLastTrans(machine, inode, state);
}

function whyNotRenamed(names: Namespace, state: State, name: number, to: number): string | undefined {
  const [node, replaced] = [names.at(state, name), names.at(state, to)];
  const directory = names.directoryOf[to]!;
  if (node === nobody) return 'there is no file of that name';
  if (!names.isLinked(state, directory)) return 'the directory does not exist';
  if (node === replaced) return 'both are names of the same file';
  if (names.isDirectory(node) && names.isBelow(state, directory, node)) return 'the directory would be its own parent';
  if (replaced === nobody) return undefined;
  if (names.isDirectory(node) !== names.isDirectory(replaced)) return 'one is a directory, the other is not';
  return names.isDirectory(replaced) && names.entriesOf(state, replaced) !== 0
    ? 'the directory is not empty'
    : undefined;
}

/** A rename over a file that is not empty flushes the file that takes its place. */
function flushedByRename(names: Namespace, state: State, name: number, to: number): Inode | undefined {
  const replaced = names.inodes[names.at(state, to)];
  if (replaced === undefined || replaced.size.get(state) === 0) return undefined;
  return names.inodes[names.at(state, name)];
}

function nodeRegister({ machine, registers }: OperationContext) {
  const names = namesOf(machine);
  return registers.field('node', names.inodes.length + names.directories.length);
}
