import { blocksOverwritten } from '../model/blocks-overwritten.ts';
import type { Inode } from '../model/inode.ts';
import { type Machine, setInodeLastTrans } from '../model/machine.ts';
import type { Field, State } from '../state/layout.ts';
import { following, type Step } from './step.ts';

/**
 * The completion of the ordered extent that begins at segment `start`: the end of its IO, then
 * btrfs_finish_ordered_io in a worker. Each ordered extent has one; together they are the task `endio`.
 */
export function finishOrderedIo(machine: Machine, inode: Inode, start: number): Step[] {
  const { transaction, rules, guards } = machine;
  const { pages, orderedExtents, extentMaps, tree } = inode;
  const inPlace = (state: State) => orderedExtents.nocow.within(state, 1 << start) !== 0;
  /** Blocks that were overwritten in place have their file-extent item, and no extent map. */
  const allocated = (state: State) => !inPlace(state);
  const fails = (state: State) => orderedExtents.failing.within(state, 1 << start) !== 0;
  return [
    {
      name: 'end_bio',
      locks: '',
      does: 'The submitted blocks are on the device. Accounts them to the ordered extent, then ends the writeback of their pages. Blocks overwritten in place have their new content from now on.',
      ready: (state) => {
        const extent = orderedExtents.from(state, start);
        const has = (blocks: Field) => blocks.within(state, extent) !== 0;
        const { directIo, directPending } = orderedExtents;
        return has(pages.writeback) || has(directIo) || !(has(pages.dirty) || has(directPending));
      },
      waitsFor: 'somebody to write the rest of the ordered extent',
      goesTo: [following, 'end_bio', 'btrfs_drop_extent_map_range'],
      says: (state) => (fails(state) ? 'the device has not written them: -EIO' : undefined),
      apply: (state) => {
        const extent = orderedExtents.from(state, start);
        const ended = pages.writeback.within(state, extent) | orderedExtents.directIo.within(state, extent);
        if (fails(state)) return failBio(state, extent);
        pages.endWriteback(state, extent);
        orderedExtents.directIo.exclude(state, extent);
        if (inPlace(state)) blocksOverwritten(inode, state, extent & ended);
        else inode.blocksWritten(state, extent);
        return pages.dirty.within(state, extent) === 0 ? undefined : 'end_bio';
      },
    },
    {
      name: 'lock_extent',
      locks: 'range lock',
      does: 'Locks the range in the io_tree.',
      when: allocated,
      apply: (state) => {
        orderedExtents.lockRange(state, orderedExtents.from(state, start));
        return undefined;
      },
    },
    {
      name: 'btrfs_join_transaction',
      locks: 'range lock',
      does: 'Joins the running transaction, or creates one.',
      ready: (state) => transaction.canJoin(state),
      heldBy: (state) => (transaction.canJoin(state) ? 0 : transaction.committer(state)),
      waitsFor: 'the transaction commit to let the next transaction start',
      ...(transaction.mayAbort ? { goesTo: [following, 'btrfs_drop_extent_map_range'] } : {}),
      says: (state) => (transaction.isAborted(state) ? 'a transaction was aborted: -EROFS' : undefined),
      apply: (state) => {
        if (transaction.isAborted(state)) return failCompletion(state);
        transaction.join(state);
        orderedExtents.joined.include(state, 1 << start);
        return undefined;
      },
    },
    {
      name: 'insert_reserved_file_extent',
      locks: 'range lock',
      does: 'Drops the old file-extent items of the range from the subvolume tree and inserts the new one.',
      when: allocated,
      apply: (state) => {
        const extent = orderedExtents.from(state, start);
        if (inode.blocks.filled(state, extent) === extent) tree.markWritten(state, extent, inode.submitted);
        else tree.insertExtent(state, extent, 'data', inode.submitted);
        inode.blocks.insert(state, extent);
        return undefined;
      },
    },
    {
      name: 'unpin_extent_cache',
      locks: 'range lock, extent map tree lock',
      does: rules.unpinListsAgain
        ? 'Gives the extent map the generation of the transaction, unpins it and puts it on the list of modified extents, where it may have been before.'
        : 'Gives the extent map the generation of the transaction and unpins it. It stays on the list of modified extents.',
      when: allocated,
      apply: (state) => {
        extentMaps.unpin(state, start, transaction.generation.get(state), rules.unpinListsAgain);
        return undefined;
      },
    },
    {
      name: 'add_pending_csums',
      locks: 'range lock',
      does: 'Adds the checksums to the csum tree.',
      when: allocated,
      apply: (state) => {
        const { checksumsInTree } = orderedExtents;
        checksumsInTree.include(state, checksumsInTree.mask & (1 << start));
        return undefined;
      },
    },
    {
      name: 'btrfs_update_inode',
      locks: 'range lock',
      does: 'Moves disk_i_size to i_size and updates the inode item: last_trans, last_sub_trans and last_log_commit change.',
      apply: (state) => {
        inode.updateDiskSize(state);
        setInodeLastTrans(machine, inode, state);
        return undefined;
      },
    },
    {
      name: 'unlock_extent',
      locks: '',
      does: 'Unlocks the range: from here on page release may take the extent map.',
      when: allocated,
      apply: (state) => {
        orderedExtents.unlockRange(state, orderedExtents.from(state, start));
        return undefined;
      },
    },
    {
      name: 'btrfs_end_transaction',
      locks: '',
      does: 'Gives the transaction handle back.',
      apply: (state) => {
        orderedExtents.joined.exclude(state, 1 << start);
        return undefined;
      },
    },
    {
      name: 'btrfs_drop_extent_map_range',
      locks: 'extent map tree lock',
      does: 'The blocks could not be written (BTRFS_ORDERED_IOERR): drops the extent map and gives the blocks back. No item is inserted.',
      onlyOnFailure: true,
      when: fails,
      apply: (state) => {
        extentMaps.drop(state, orderedExtents.from(state, start));
        return undefined;
      },
    },
    {
      name: 'finish_ordered_io',
      locks: '',
      does: 'Removes the ordered extent (BTRFS_ORDERED_COMPLETE) and wakes who waits for it.',
      apply: (state) => {
        if (orderedExtents.pending.within(state, 1 << start) !== 0) transaction.pendingOrdered.add(state, -1);
        inode.blocks.forget(state, orderedExtents.from(state, start));
        orderedExtents.complete(state, start);
        return undefined;
      },
    },
  ];

  /** The error path of btrfs_finish_one_ordered: the blocks are written, and nothing will point to them. */
  function failCompletion(state: State): string {
    const extent = orderedExtents.from(state, start);
    orderedExtents.failing.add(state, 1 << start);
    orderedExtents.unlockRange(state, allocated(state) ? extent : 0);
    if (rules.failedCompletionsAreErrors) inode.failWrite(state, extent);
    return 'btrfs_drop_extent_map_range';
  }

  function failBio(state: State, extent: number): string {
    const direct = extent & orderedExtents.directIo.get(state);
    if (direct === 0) inode.failWrite(state, extent & pages.writeback.get(state));
    else inode.failDirectWrite(state, direct);
    orderedExtents.directIo.set(state, orderedExtents.directIo.get(state) & ~direct);
    pages.endWriteback(state, extent);
    extentMaps.markUnbacked(state, start);
    if (guards['fsync.cow-write-error']) inode.writeErrors.cow.set(state, inode.writeErrors.cow.mask);
    return (extent & pages.dirty.get(state)) === 0 ? 'btrfs_drop_extent_map_range' : 'end_bio';
  }
}
