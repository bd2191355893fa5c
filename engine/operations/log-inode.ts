import type { ExtentMapKind } from '../model/extent-map-tree.ts';
import type { Inode } from '../model/inode.ts';
import type { Machine } from '../model/machine.ts';
import { below, lowest } from '../state/bits.ts';
import type { Field, State } from '../state/layout.ts';
import type { Step } from './step.ts';

/**
 * btrfs_log_inode for a regular file (LOG_INODE_ALL). `context` is the set of ordered extents that a
 * fast fsync took along (487781796d30), by start.
 */
export function logInode(machine: Machine, inode: Inode, context: Field): Step[] {
  const held = 'inode lock, inode log_mutex';
  return [
    {
      name: 'log_inode',
      locks: held,
      does: 'Tests BTRFS_INODE_NEEDS_FULL_SYNC. Set: clears it and copies the inode from the subvolume tree. Clear: trusts the list of modified extents.',
      goesTo: ['truncate_inode_items', 'log_inode_item'],
      says: (state) =>
        inode.needsFullSync.get(state) === 0
          ? 'the full-sync flag is clear: a fast fsync'
          : 'the full-sync flag is set: a full fsync',
      apply: (state) => {
        if (inode.needsFullSync.get(state) === 0) return 'log_inode_item';
        inode.needsFullSync.set(state, 0);
        return 'truncate_inode_items';
      },
    },
    ...fullPath(machine, inode, held),
    ...fastPath(machine, inode, held),
    {
      name: 'log_inode_done',
      locks: held,
      does: 'The inode counts as logged in this transaction; this task is no longer a writer of the log.',
      apply: (state) => {
        machine.transaction.pendingOrdered.add(state, inode.orderedExtents.markLogged(state, context.get(state)));
        inode.loggedTrans.set(state, machine.transaction.generation.get(state));
        inode.setLastLogCommit(state, inode.lastSubTrans.get(state));
        machine.log.writers.add(state, -1);
        return undefined;
      },
    },
  ];
}

function fullPath({ mount }: Machine, inode: Inode, held: string): Step[] {
  const { log, tree, extentMaps } = inode;
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
        log.insertExtent(state, tree.data.get(state), 'data', tree.version);
        log.insertExtent(state, tree.prealloc.get(state), 'prealloc', tree.version);
        log.inline.set(state, tree.inline.get(state));
        if (mount.holes) log.insertExtent(state, loggedHoles(inode, state), 'hole', tree.version);
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
        log.insertExtent(
          state,
          inode.inside(state) & ~(tree.data.get(state) | tree.prealloc.get(state)),
          'hole',
          tree.version,
        );
        return undefined;
      },
    },
    {
      name: 'clear_modified_extents',
      locks: `${held}, extent map tree lock`,
      does: 'Full path: empties the list of modified extents.',
      goesTo: ['log_inode_done'],
      apply: (state) => {
        extentMaps.modified.set(state, 0);
        return 'log_inode_done';
      },
    },
  ];
}

/** Since 7f30c07288bb file-extent items of older transactions are left out, for the committed tree has them; a hole item may be too old for its hole. */
function loggedHoles({ fs, freshHoles, tree }: Inode, state: State): number {
  return tree.hole.get(state) & (fs.guards['punch.hole-generation'] === false ? freshHoles.get(state) : ~0);
}

function fastPath(machine: Machine, inode: Inode, held: string): Step[] {
  const { log, tree, extentMaps } = inode;
  const { collected } = extentMaps;
  return [
    {
      name: 'log_inode_item',
      locks: held,
      does: 'Fast path: logs the inode item with i_size from memory. This may sleep.',
      apply: (state) => {
        logInodeItem(inode, state);
        return undefined;
      },
    },
    {
      name: 'log_all_xattrs',
      locks: held,
      does: 'Logs the extended attributes; this searches the subvolume tree and may sleep.',
      apply: () => undefined,
    },
    {
      name: 'log_changed_extents',
      locks: `${held}, extent map tree lock`,
      does: 'Fast path: moves the extent maps on the list of modified extents to a private list, and sets EXTENT_FLAG_LOGGING on them. Those of committed transactions are forgotten.',
      says: (state) =>
        extentMaps.modified.get(state) === 0 ? 'the list of modified extents is empty: nothing to log' : undefined,
      apply: (state) => {
        for (let rest = extentMaps.modified.get(state); rest !== 0; rest &= rest - 1) {
          const start = lowest(rest);
          const beyond = extentMaps.kind(state, start) === 'prealloc' && start >= inode.size.get(state);
          if (beyond || isCommitted(machine, state, extentMaps.generation[start]!.get(state))) {
            extentMaps.modified.set(state, extentMaps.modified.get(state) & ~(1 << start));
          } else {
            const extent = extentMaps.from(state, start);
            extentMaps.collect(state, start);
            noteVersions(inode, state, extent);
          }
        }
        return undefined;
      },
    },
    {
      name: 'log_one_extent',
      locks: held,
      does: 'Fast path: logs the next collected extent map with the tree lock dropped, then clears EXTENT_FLAG_LOGGING.',
      when: (state) => collected.starts.get(state) !== 0,
      goesTo: ['log_one_extent'],
      apply: (state) => {
        const start = lowest(collected.starts.get(state));
        logExtent(inode, state, collected.from(state, start), collected.kind(state, start));
        collected.release(state, start);
        extentMaps.clearLogging(state, start);
        return 'log_one_extent';
      },
    },
    {
      name: 'log_prealloc_extents',
      locks: held,
      does: 'Fast path: copies the prealloc extents behind i_size from the subvolume tree.',
      when: (state) => (tree.prealloc.get(state) & ~inode.inside(state)) !== 0 && log.present.get(state) === 1,
      apply: (state) => {
        log.insertExtent(state, tree.prealloc.get(state) & ~inode.inside(state), 'prealloc', tree.version);
        return 'log_inode_done';
      },
      goesTo: ['log_inode_done'],
    },
  ];

  /** An extent map points to what its ordered extent writes, or else to what the subvolume tree has. */
  function logExtent(of: Inode, state: State, extent: number, kind: ExtentMapKind): void {
    if (collected.version.length > 0) {
      log.insertExtent(state, extent, kind, collected.version);
      if (kind === 'data') log.markUnwritten(state, extent & of.unwritten(state), true);
      return;
    }
    const inFlight = kind === 'data' ? extent & of.orderedExtents.allocated(state) : 0;
    log.insertExtent(state, extent & ~inFlight, kind, of.tree.version);
    log.insertExtent(state, inFlight, 'data', of.submitted);
    log.markUnwritten(state, inFlight & of.unwritten(state), true);
  }
}

/** Where the file is mapped, what a collected map points to must be remembered: its range may be written anew meanwhile. */
function noteVersions({ extentMaps, orderedExtents, submitted, tree }: Inode, state: State, extent: number): void {
  const { version } = extentMaps.collected;
  if (version.length === 0) return;
  for (let rest = extent; rest !== 0; rest &= rest - 1) {
    const segment = lowest(rest);
    const inFlight = (orderedExtents.allocated(state) & (1 << segment)) !== 0;
    version[segment]!.set(state, (inFlight ? submitted : tree.version)[segment]!.get(state));
  }
}

/**
 * The test on collected extent maps: generation <= last_trans_committed until 5f96bfb7633c, generation <
 * transid since. The two differ while the previous transaction is still being written.
 */
function isCommitted({ rules, transaction }: Machine, state: State, generation: number): boolean {
  return rules.comparesToHandle
    ? generation < transaction.generation.get(state)
    : generation <= transaction.lastCommitted.get(state);
}

function logInodeItem(inode: Inode, state: State): void {
  inode.log.present.set(state, 1);
  inode.log.size.copyFrom(state, inode.size);
  // Replay of an inode item drops every extent behind its size first.
  inode.log.dropExtents(state, below(inode.content.length) & ~inode.inside(state), inode.content);
  inode.log.hole.set(state, inode.log.hole.get(state) | (below(inode.content.length) & ~inode.inside(state)));
}
