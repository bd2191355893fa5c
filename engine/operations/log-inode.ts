import { fastWay, fullWay } from '../fsync-ways.ts';
import type { Inode } from '../model/inode.ts';
import { below, highest } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import type { FsyncScope } from './fsync-scope.ts';
import { logChangedExtents } from './log-changed-extents.ts';
import { dropCut } from './log-exists-item.ts';
import { copyItems, copyItemsBehindEof, logGaps } from './log-items.ts';
import type { FileNames } from './log-parents.ts';
import { getLoggedExtents } from './logged-extents.ts';
import type { Step } from './step.ts';

const held = 'inode lock, inode log_mutex';

/** btrfs_log_inode for a regular file (LOG_INODE_ALL). `names` is there where names can change. */
export function logInode(scope: FsyncScope, names: FileNames | undefined): Step[] {
  const { machine, inode, taken, transid, way } = scope;
  const { rules, transaction, log } = machine;
  const { needsFullSync, orderedExtents } = inode;
  return [
    ...(rules.fastFsyncLogsRunningExtents ? [getLoggedExtents(scope)] : []),
    {
      name: 'log_inode',
      locks: held,
      does: 'Tests BTRFS_INODE_NEEDS_FULL_SYNC. Set: clears it and copies the inode from the subvolume tree. Clear: trusts the list of modified extents.',
      goesTo: ['truncate_inode_items', 'log_inode_item'],
      says: (state) =>
        needsFullSync.get(state) === 0
          ? 'the full-sync flag is clear: a fast fsync'
          : 'the full-sync flag is set: a full fsync',
      apply: (state) => {
        inode.logMutex.set(state, inode.logMutex.mask);
        way?.set(state, needsFullSync.get(state) === 0 ? fastWay : fullWay);
        if (needsFullSync.get(state) === 0) return 'log_inode_item';
        needsFullSync.set(state, 0);
        inode.copyEverything.set(state, 0);
        return 'truncate_inode_items';
      },
    },
    ...fullPath(scope, names),
    ...fastPath(scope, names),
    {
      name: 'log_inode_done',
      locks: held,
      does: 'The inode counts as logged in this transaction.',
      apply: (state) => {
        if (rules.fastFsyncLogsRunningExtents) orderedExtents.submitTaken(state, transid.get(state));
        else transaction.pendingOrdered.add(state, orderedExtents.markLogged(state, taken.get(state)));
        inode.setLogged(state, transaction.generation.get(state), log);
        inode.logMutex.set(state, 0);
        inode.setLastLogCommit(state, inode.lastSubTrans.get(state));
        inode.noteReflink(state, 0);
        if (names === undefined) log.writers.exclude(state, 1 << scope.task);
        else if (names.isUnlinked(state)) inode.log.clear(state);
        return undefined;
      },
    },
  ];
}

function fullPath({ machine, inode, blocks }: FsyncScope, names: FileNames | undefined): Step[] {
  const { rules, guards, mount } = machine;
  const { log, tree, extentMaps } = inode;
  const described = (state: State) => tree.data.get(state) | tree.prealloc.get(state);
  const all = below(inode.segments.count);
  const copiesAll = !rules.fsyncOfRange || guards['full-fsync.whole-file'] === true;
  const copied = (state: State) => (copiesAll ? all : blocks(state));
  /** With no-holes nothing tells of a hole behind the last extent (a89ca6f24ffe). */
  const holes = (state: State) => {
    const gaps = inode.inside(state) & ~described(state);
    if (guards['full-fsync.trailing-hole'] || gaps === 0) return gaps;
    return described(state) === 0 ? 0 : gaps & below(highest(described(state)) + 1);
  };
  return [
    {
      name: 'truncate_inode_items',
      locks: held,
      does: 'Full path: removes every item of the inode from the log tree.',
      apply: (state) => {
        log.clear(state);
        return undefined;
      },
    },
    {
      name: 'copy_inode_items_to_log',
      locks: held,
      does: 'Full path: copies the inode item (with i_size from memory) and the file-extent items from the subvolume tree.',
      apply: (state) => {
        logInodeItem(inode, state);
        names?.copyReferences(state);
        log.describe(state, tree.data.get(state) & copied(state), 'data', tree.version);
        log.describe(state, tree.prealloc.get(state) & copied(state), 'prealloc', tree.version);
        log.blocks.share(state, described(state) & copied(state), tree.blocks);
        log.inline.set(state, tree.inline.get(state));
        if (mount.holes) log.describe(state, loggedHoles(inode, state) & copied(state), 'hole', tree.version);
        copyItems(machine, inode, state, copied(state));
        return undefined;
      },
    },
    {
      name: 'log_all_xattrs',
      label: 'log_all_xattrs in full',
      locks: held,
      does: 'Logs the extended attributes; this searches the subvolume tree and may sleep.',
      apply: () => undefined,
    },
    {
      name: 'log_holes',
      locks: held,
      does: 'Full path, with NO_HOLES: logs an explicit hole for every gap between the extents, up to i_size.',
      when: () => !mount.holes,
      apply: (state) => {
        log.describe(state, holes(state) & copied(state), 'hole', tree.version);
        logGaps(machine, inode, state, copied(state));
        return undefined;
      },
    },
    {
      name: 'clear_modified_extents',
      locks: `${held}, extent map tree lock`,
      does: 'Full path: takes the extent maps of the range off the list of modified extents.',
      goesTo: ['log_inode_done'],
      apply: (state) => {
        const kept = guards['full-fsync.list-outside-range'] ? all & ~blocks(state) : 0;
        extentMaps.modified.set(state, extentMaps.modified.get(state) & extentMaps.overlapping(state, kept));
        return 'log_inode_done';
      },
    },
  ];
}

/** Since 7f30c07288bb file-extent items of older transactions are left out, for the committed tree has them; a hole item may be too old for its hole. */
function loggedHoles({ fs, freshHoles, tree }: Inode, state: State): number {
  return tree.hole.get(state) & (fs.guards['punch.hole-generation'] === false ? freshHoles.get(state) : ~0);
}

function fastPath(scope: FsyncScope, names: FileNames | undefined): Step[] {
  const { inode, machine } = scope;
  const { log, tree, copyEverything } = inode;
  /** The leaf with the inode item changed in this transaction, so that the item is copied from there. */
  const itemChanged = (state: State) => inode.lastTrans.get(state) === machine.transaction.generation.get(state);
  return [
    {
      name: 'log_inode_item',
      locks: held,
      does: 'Fast path: logs the inode item with i_size from memory. This may sleep.',
      apply: (state) => {
        const copies = copyEverything.get(state) === 1;
        if (copies) names?.copyReferences(state);
        if (copies && !itemChanged(state) && !machine.guards['log-inode.copied-item']) dropItem(inode, state);
        else logInodeItem(inode, state);
        copyEverything.set(state, 0);
        return undefined;
      },
    },
    {
      name: 'log_all_xattrs',
      locks: held,
      does: 'Logs the extended attributes; this searches the subvolume tree and may sleep.',
      apply: () => undefined,
    },
    ...logChangedExtents(scope),
    {
      name: 'log_prealloc_extents',
      locks: held,
      does: 'Fast path: copies the prealloc extents behind i_size from the subvolume tree.',
      when: (state) => (tree.prealloc.get(state) & ~inode.inside(state)) !== 0 && log.present.get(state) === 1,
      apply: (state) => {
        log.describe(state, tree.prealloc.get(state) & ~inode.inside(state), 'prealloc', tree.version);
        log.blocks.share(state, tree.prealloc.get(state) & ~inode.inside(state), tree.blocks);
        copyItemsBehindEof(inode, state);
        return 'log_inode_done';
      },
      goesTo: ['log_inode_done'],
    },
  ];
}

/** The log has items of the inode, but no inode item: as good as one that says that the inode exists. */
function dropItem(inode: Inode, state: State): void {
  const sizeBefore = inode.log.size.get(state);
  inode.log.present.set(state, 1);
  inode.log.existsOnly.set(state, 1);
  inode.log.size.clear(state);
  dropCut(inode, state, sizeBefore);
}

function logInodeItem(inode: Inode, state: State): void {
  // Behind the size logged before no item was logged: should the file have grown since, nothing is said of that range.
  inode.log.hole.set(state, inode.log.hole.get(state) & below(inode.log.size.get(state)));
  inode.log.present.set(state, 1);
  inode.log.existsOnly.set(state, 0);
  inode.log.size.copyFrom(state, inode.size);
  // Replay of an inode item drops every extent behind its size first.
  inode.log.describe(state, below(inode.content.length) & ~inode.inside(state), 'hole', inode.content);
}
