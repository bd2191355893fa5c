import type { Inode } from '../model/inode.ts';
import { type Machine, setInodeLastTrans } from '../model/machine.ts';
import { isZero } from '../model/version.ts';
import type { CloneOperation } from '../scenario.ts';
import { clonedBytes } from '../segments.ts';
import { below, highest, lowest, runFrom, size } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import { contExpand, unalignedTail } from './cont-expand.ts';
import type { OperationContext } from './context.ts';
import { isIdle, pagesAreUnlocked, startOrderedExtent, unsubmittedOf, writeRange } from './delalloc.ts';
import { dropExtentMaps, replaceExtentMaps } from './drop-extent-maps.ts';
import { dropPages } from './drop-pages.ts';
import { refusal } from './read-only.ts';
import { end, following, type Step } from './step.ts';
import { startTransaction } from './transaction-handle.ts';
import { tellsError } from './write-failure.ts';

/** What is cloned in one transaction, in segments of the source: a hole, if any, and the extent behind it, if any. */
interface Piece {
  readonly hole: number;
  readonly extent: number;
  readonly kind: 'data' | 'prealloc';
}

/**
 * `clone F R to G AT`: btrfs_remap_file_range for FICLONERANGE. The destination's items come to point to the blocks
 * of the source, which are on disk by then.
 */
export function clone(context: OperationContext, operation: CloneOperation): Step[] {
  const { machine, task, registers } = context;
  const { transaction, rules } = machine;
  const source = machine.inodes[operation.file]!;
  const target = machine.inodes[operation.target]!;
  const both = source === target ? [source] : [source, target];
  const held = source === target ? 'inode lock' : 'inode locks';
  /** The bytes to clone, as segments of the source; set once the sizes are known (olen). */
  const requested = registers.field('cloned', 2 ** context.segments - 1);
  /** How many of them have been cloned. */
  const cursor = registers.field('cursor', 31);

  const reach = clonedBytes(operation, source.segments.cuts.at(-1)!).source;
  const window = reach.end > reach.start ? source.segments.maskOf(reach) : 0;
  const first = source.segments.indexOf(reach.start);
  const at = target.segments.indexOf(operation.offset);
  /** Segments of the source as those of the destination: both are cut alike. */
  const moved = (mask: number) => (at >= first ? mask << (at - first) : mask >>> (first - at));

  const range = operation.range === 'all' ? below(source.segments.count) : source.segments.maskOf(operation.range);
  /** generic_remap_checks: what lies behind the end of the source is left out. */
  const available = (state: State) => range & window & source.inside(state);
  const blocks = (state: State) => source.segments.wholeBlocks(requested.get(state));
  const targetBlocks = (state: State) => moved(blocks(state));
  const expands = (state: State) => at > target.size.get(state);
  const expanded = (state: State) => {
    const { block } = unalignedTail(target, state);
    return expands(state) ? block | (below(at) & ~target.inside(state)) : 0;
  };
  const remaining = (state: State) => blocks(state) & ~below(first + cursor.get(state));

  return [
    {
      name: source === target ? 'inode_lock' : 'lock_two_nondirectories',
      locks: '',
      does: 'Takes the inode locks of both files; since 5.13 also i_mmap_lock.',
      ready: (state) => both.every((inode) => inode.lock.get(state) === 0),
      waitsFor: 'the inode lock',
      apply: (state) => {
        for (const inode of both) {
          inode.lock.set(state, task + 1);
          // The mask is 1 where something is mapped at all, else 0.
          if (rules.cloneLocksMmap) inode.mmapLocked.set(state, inode.mmapLocked.mask);
        }
        return undefined;
      },
    },
    ...writeAndWait(
      context,
      source,
      (state) =>
        rules.cloneFlushesSource ? below(source.segments.count) : source.segments.wholeBlocks(available(state)),
      (state) => source.segments.wholeBlocks(available(state)),
      { what: 'the source', locks: held },
    ),
    ...writeAndWait(
      context,
      target,
      (state) => moved(source.segments.wholeBlocks(available(state))),
      (state) => moved(source.segments.wholeBlocks(available(state))),
      { what: 'the destination', locks: held },
    ),
    {
      name: 'generic_remap_file_range_prep',
      locks: held,
      does: 'Checks the range: it begins within the source, ends at a block or at the end of the source, and that last block is not to lie inside the destination. Else the clone returns -EINVAL.',
      goesTo: ['start_ordered_extent to expand', 'inode_unlock'],
      says: whyNot,
      apply: (state) => {
        if (whyNot(state) !== undefined) return 'inode_unlock';
        requested.set(state, available(state));
        return 'start_ordered_extent to expand';
      },
    },
    startOrderedExtent(target, expanded, { locks: held, label: 'start_ordered_extent to expand' }),
    {
      name: 'cont_expand',
      locks: held,
      does: 'A clone to behind i_size first adds a hole extent map for the gap; the tail of the old last block is zeroed.',
      when: expands,
      ready: (state) => isIdle(target, state, expanded(state)),
      waitsFor: 'the ordered extents in the gap',
      apply: (state) => {
        contExpand(machine, target, state, below(at), context.fails(state, 'enomem', 'cont_expand'));
        return undefined;
      },
    },
    ...writeAndWait(context, target, expanded, expanded, { what: 'the gap', locks: held, needed: expands }),
    startOrderedExtent(target, targetBlocks, { locks: held, label: 'start_ordered_extent' }),
    {
      name: 'lock_extent',
      locks: held,
      does: 'Locks the range of the destination.',
      ready: (state) => isIdle(target, state, targetBlocks(state)),
      waitsFor: 'the ordered extents in the range',
      apply: (state) => {
        target.orderedExtents.lockRange(state, targetBlocks(state));
        return undefined;
      },
    },
    startTransaction(context, `${held}, range lock`),
    {
      name: 'btrfs_replace_file_extents',
      locks: `${held}, range lock`,
      does: 'Drops the items and the extent maps of the destination up to the end of the next extent of the source, and inserts an item that points to its blocks; moves i_size and disk_i_size. From 3.16 to 5.3 extent maps on the list of modified extents tell fsync of it, since 5.4 the full-sync flag.',
      apply: (state) => {
        replace(state, nextPiece(state));
        return undefined;
      },
    },
    {
      name: 'clone_finish_inode_update',
      locks: `${held}, range lock`,
      does: 'Updates the inode item, ends the transaction handle, and goes on with the next extent.',
      goesTo: ['start_transaction', 'truncate_inode_pages_range'],
      apply: (state) => {
        const { hole, extent } = nextPiece(state);
        setInodeLastTrans(machine, target, state);
        transaction.end(state, task);
        cursor.add(state, size(hole | extent));
        return remaining(state) === 0 ? 'truncate_inode_pages_range' : 'start_transaction';
      },
    },
    {
      name: 'truncate_inode_pages_range',
      locks: held,
      does: 'Unlocks the range and drops its pages, so that reads see what was cloned. With a page, page release can drop the extent map that begins there.',
      apply: (state) => {
        target.orderedExtents.unlockRange(state, targetBlocks(state));
        dropPages(machine, target, state, targetBlocks(state));
        return undefined;
      },
    },
    {
      name: 'inode_unlock',
      locks: held,
      does: 'Gives the locks back and returns.',
      apply: (state) => {
        for (const inode of both) inode.unreturned.end(state);
        unlock(state);
        return end;
      },
      goesTo: [end],
    },
    ...refusal(machine, held, (state) => {
      target.orderedExtents.unlockRange(state, targetBlocks(state));
      unlock(state);
    }),
  ];

  function unlock(state: State): void {
    for (const inode of both) {
      inode.lock.set(state, 0);
      inode.mmapLocked.set(state, 0);
    }
  }

  /** Why nothing is cloned, in words; undefined when something is. */
  function whyNot(state: State): string | undefined {
    const wanted = range & source.inside(state);
    if (wanted === 0) {
      return operation.range === 'all'
        ? 'there is nothing to clone'
        : 'returns -EINVAL: the range begins behind the end of the source';
    }
    const whole = source.segments.wholeBlocks(wanted);
    if (source === target && overlapsItself(whole)) return 'returns -EINVAL: the ranges overlap';
    if (whole === wanted) return undefined;
    if (highest(wanted) + 1 < source.size.get(state)) return 'returns -EINVAL: the range ends inside a block';
    return highest(moved(wanted)) + 1 < target.size.get(state)
      ? 'returns -EINVAL: the last block of the source would lie inside the destination'
      : undefined;
  }

  function overlapsItself(whole: number): boolean {
    const { start, end } = source.segments.rangeOf(whole);
    return operation.offset < end && operation.offset + (end - start) > start;
  }

  function nextPiece(state: State): Piece {
    const rest = remaining(state);
    const { data, prealloc } = source.tree;
    const described = rest & (data.get(state) | prealloc.get(state));
    if (described === 0) return { hole: rest, extent: 0, kind: 'data' };
    const start = lowest(described);
    const kind = (data.get(state) & (1 << start)) === 0 ? 'prealloc' : 'data';
    const extent = source.tree.items.firstPiece(state, runFrom(described & source.tree[kind].get(state), start));
    return { hole: rest & below(start), extent, kind };
  }

  function replace(state: State, { hole, extent, kind }: Piece): void {
    const inside = requested.get(state);
    const zeros = segmentsOf((segment) => isZero(source.tree.version[segment]!.get(state)), extent);
    target.beginChange(state, moved((hole | zeros) & inside), true);
    target.beginChange(state, moved(extent & ~zeros & inside), false);
    target.tree.dropExtents(state, moved(hole), target.content);
    target.tree.insertExtent(state, moved(extent), kind, target.content);
    // Of checksum items that may come to overlap, the log is to have one: a source with new extents, too, is noted.
    if (source.tree.items.isFresh(state, extent)) source.noteReflink(state, transaction.generation.get(state));
    const fails = context.fails(state, 'enomem', 'btrfs_replace_file_extents');
    tellFsync(machine, target, state, { hole: moved(hole), extent: moved(extent), kind }, fails);
    const end = highest(moved((hole | extent) & inside)) + 1;
    if (end <= target.size.get(state)) return;
    target.beginResize(state, end);
    target.tree.size.copyFrom(state, target.size);
  }
}

function segmentsOf(belongs: (segment: number) => boolean, among: number): number {
  let found = 0;
  for (let rest = among; rest !== 0; rest &= rest - 1) if (belongs(lowest(rest))) found |= rest & -rest;
  return found;
}

/**
 * How a later fsync of the destination comes to know of what was cloned: `hole` and `extent` are segments of it. `fails`:
 * memory for extent maps is wanting.
 */
function tellFsync(machine: Machine, inode: Inode, state: State, { hole, extent, kind }: Piece, fails: boolean): void {
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

/**
 * btrfs_wait_ordered_range: writes what is dirty in `written`, and waits for the ordered extents of `awaited`. An error of
 * writeback, which it takes, ends the clone.
 */
function writeAndWait(
  { fails }: OperationContext,
  inode: Inode,
  written: (state: State) => number,
  awaited: (state: State) => number,
  { what, locks, needed = () => true }: { what: string; locks: string; needed?: (state: State) => boolean },
): Step[] {
  const { pages, orderedExtents } = inode;
  return [
    {
      name: 'start_ordered_ops',
      label: `start_ordered_ops of ${what}`,
      locks,
      does: `Writes what is dirty in ${what}, in order to wait for it.`,
      when: (state) =>
        (pages.dirty.get(state) & written(state)) !== 0 || unsubmittedOf(inode, state, awaited(state)) !== 0,
      ready: (state) => pagesAreUnlocked(inode, state),
      waitsFor: 'the page locks that a writeback holds',
      apply: (state) => {
        writeRange(inode, state, pages.dirty.get(state) & written(state), fails(state, 'io', 'start_ordered_ops'));
        inode.submit(state, unsubmittedOf(inode, state, awaited(state)));
        return undefined;
      },
    },
    {
      name: 'wait_ordered_range',
      label: `wait_ordered_range of ${what}`,
      locks,
      does: `Waits for the ordered extents in ${what}.`,
      when: needed,
      ready: (state) => (orderedExtents.covered.get(state) & awaited(state)) === 0,
      waitsFor: `the ordered extents in ${what} to complete`,
      ...(inode.writeErrors.possible ? { goesTo: [following, 'inode_unlock'] } : {}),
      says: (state) => (inode.writeErrors.inMapping(state) ? tellsError : undefined),
      apply: (state) => {
        if (!inode.writeErrors.inMapping(state)) return undefined;
        inode.writeErrors.takeFromMapping(state);
        return 'inode_unlock';
      },
    },
  ];
}
