import type { Inode } from '../model/inode.ts';
import type { Machine } from '../model/machine.ts';
import { lowest } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import type { CloneRange, Piece } from './clone-range.ts';
import { dropExtentMaps, replaceExtentMaps } from './drop-extent-maps.ts';

/**
 * btrfs_replace_file_extents for a piece of a clone: what the destination has there goes, and an item that points to
 * the blocks of the source takes its place. `fails`: memory for extent maps is wanting.
 */
export function cloneExtents(machine: Machine, range: CloneRange, state: State, piece: Piece, fails: boolean): void {
  const { source, target, moved } = range;
  const [hole, extent] = [moved(piece.hole), moved(piece.extent)];
  const { zeros, data } = range.content(state, piece);
  const kind = piece.kind === 'inline' ? 'data' : piece.kind;
  target.beginChange(state, zeros, true);
  target.beginChange(state, data, false);
  target.tree.dropExtents(state, hole, target.content);
  target.tree.insertExtent(state, extent, kind, target.content);
  if (kind === 'hole') target.markHoles(state, extent, true);
  target.tree.blocks.share(state, extent, source.tree.blocks, lowest(extent) - lowest(piece.extent));
  // Of checksum items that may come to overlap, the log is to have one: a source with new extents, too, is noted.
  const { generation } = machine.transaction;
  if (kind !== 'hole' && source.tree.items.isFresh(state, piece.extent))
    source.noteReflink(state, generation.get(state));
  tellFsync(machine, target, state, { hole, extent, kind }, fails);
  const end = range.endOf(state, piece);
  if (end <= target.size.get(state)) return;
  target.beginResize(state, end);
  target.updateDiskSize(state);
}

/** How a later fsync of the destination comes to know of what was cloned: `hole` and `extent` are segments of it. */
function tellFsync(
  machine: Machine,
  inode: Inode,
  state: State,
  {
    hole,
    extent,
    kind,
  }: { readonly hole: number; readonly extent: number; readonly kind: 'data' | 'prealloc' | 'hole' },
  fails: boolean,
): void {
  const { rules, guards, transaction } = machine;
  const { extentMaps } = inode;
  const generation = transaction.generation.get(state);
  const range = hole | extent;
  if (!rules.cloneSetsFullSync) {
    if (!guards['clone.listed-extent-maps']) dropExtentMaps(machine, inode, state, range, fails);
    else {
      // clone_update_extent_map. A cloned extent has generation -1 there, so that it counts as new for ever.
      const insert = () => {
        extentMaps.insertHoles(state, hole, generation);
        if (extent !== 0) extentMaps.insert(state, extent, { kind, pinned: false, modified: true, generation });
      };
      replaceExtentMaps(machine, inode, state, { range, fails, insert });
    }
  } else if (extent !== 0) {
    dropExtentMaps(machine, inode, state, range, fails);
    inode.setFullSync(state, generation);
  } else if (lowest(hole) < inode.size.get(state)) {
    const insert = () => extentMaps.insertHoles(state, hole, generation);
    replaceExtentMaps(machine, inode, state, { range, fails, insert });
  } else {
    // What ends the range is punched: btrfs_replace_file_extents adds no hole extent map from i_size on.
    dropExtentMaps(machine, inode, state, range, fails);
    // file_modified has made it an inode of the running transaction by then.
    if (guards['clone.full-sync-behind-end']) inode.setFullSync(state, generation);
  }
}
