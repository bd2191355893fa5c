import type { Inode } from '../model/inode.ts';
import type { Machine } from '../model/machine.ts';
import { below, highest } from '../state/bits.ts';
import type { State } from '../state/layout.ts';

/** The part of the block with the last byte before i_size that lies behind it, and that block; both empty when aligned. */
export function unalignedTail(inode: Inode, state: State): { readonly block: number; readonly tail: number } {
  const size = inode.size.get(state);
  const block = size === 0 ? 0 : inode.segments.wholeBlocks(1 << (size - 1));
  const tail = block & ~inode.inside(state);
  return tail === 0 ? { block: 0, tail: 0 } : { block, tail };
}

/** btrfs_truncate_block: zeroes a part of a block in the page cache only, which makes the page dirty. */
export function truncateBlock(inode: Inode, state: State, block: number): void {
  inode.pages.makeDirty(state, block);
}

/**
 * btrfs_cont_expand with NO_HOLES, from i_size to the end of `target`: the tail of the old last block is
 * zeroed, and a hole extent map, on the list of modified extents, covers the rest. No item is inserted.
 */
export function contExpand({ transaction, log, rules }: Machine, inode: Inode, state: State, target: number): void {
  const { block } = unalignedTail(inode, state);
  if (block !== 0) truncateBlock(inode, state, block);
  const end = target === 0 ? 0 : below(highest(target) + 1);
  const hole = end & ~inode.inside(state) & ~block & ~inode.tree.prealloc.get(state);
  if (hole === 0) return;
  // One for each extent map that was cached for the gap, and for each part without.
  const { extentMaps } = inode;
  for (const piece of extentMaps.pieces(state, hole)) {
    extentMaps.insertHoles(state, piece, transaction.generation.get(state));
  }
  // maybe_insert_hole with NO_HOLES marks the inode although nothing is inserted; gone with cceaa89f02f1.
  if (rules.expandMarksInode) {
    inode.setLastTrans(state, transaction.generation.get(state), log);
    inode.setLastLogCommit(state, log.lastLogCommit.get(state));
  }
}
