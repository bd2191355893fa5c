import type { Inode } from '../model/inode.ts';
import { type Machine, setInodeLastTrans } from '../model/machine.ts';
import { below, highest, lowest, runFrom } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import { getHole } from './get-extent.ts';

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

/** What btrfs_cont_expand to the end of `target` makes a hole: neither the old last block nor prealloc extents. */
function expansion(inode: Inode, state: State, target: number): number {
  const end = target === 0 ? 0 : below(highest(target) + 1);
  return end & ~inode.inside(state) & ~unalignedTail(inode, state).block & ~inode.tree.prealloc.get(state);
}

/** Without NO_HOLES the hole takes a transaction. */
export function canExpand(inode: Inode, state: State, target: number): boolean {
  const { mount, transaction } = inode.fs;
  return !mount.holes || transaction.canStart(state) || expansion(inode, state, target) === 0;
}

/**
 * btrfs_cont_expand from i_size to the end of `target`: the tail of the old last block is zeroed, and a hole extent
 * map on the list of modified extents covers the rest, one for each that btrfs_get_extent finds there. An item is
 * inserted only without NO_HOLES. `fails`: memory for the extent map is wanting, so that the next fsync is a full one.
 */
export function contExpand(machine: Machine, inode: Inode, state: State, target: number, fails: boolean): void {
  const { transaction, log, rules, mount } = machine;
  const { block } = unalignedTail(inode, state);
  const hole = expansion(inode, state, target);
  if (block !== 0) truncateBlock(inode, state, block);
  if (hole === 0) return;
  if (mount.holes && !transaction.isAborted(state)) {
    transaction.start(state);
    inode.tree.insertExtent(state, hole, 'hole', inode.tree.version);
    inode.markHoles(state, hole, true);
    setInodeLastTrans(machine, inode, state);
    transaction.endStarted(state);
  }
  const { extentMaps } = inode;
  for (let rest = hole; rest !== 0; ) {
    const piece = rest & getHole(inode, state, rest) || runFrom(rest, lowest(rest));
    if (fails) extentMaps.drop(state, piece);
    else extentMaps.insertHoles(state, piece, transaction.generation.get(state));
    rest &= ~piece;
  }
  if (fails) inode.setFullSync(state, inode.lastTrans.get(state));
  // maybe_insert_hole with NO_HOLES marks the inode although nothing is inserted; gone with cceaa89f02f1.
  if (rules.expandMarksInode) {
    inode.setLastTrans(state, transaction.generation.get(state), log);
    inode.setLastLogCommit(state, log.lastLogCommit.get(state));
  }
}
