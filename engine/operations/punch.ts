import type { Inode } from '../model/inode.ts';
import type { FileOperation } from '../scenario.ts';
import { blockSize } from '../segments.ts';
import { below, highest, lowest } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import { failedWait, lockAndFlush, lockRange, splitBlocks, updateInodeAndUnlock } from './change-range.ts';
import { truncateBlock } from './cont-expand.ts';
import type { OperationContext } from './context.ts';
import { isIdle, startOrderedExtent } from './delalloc.ts';
import { replaceExtentMaps } from './drop-extent-maps.ts';
import { getHole } from './get-extent.ts';
import { refusal, refused } from './read-only.ts';
import { end, following, type Step } from './step.ts';
import { startTransaction, updateTimes } from './transaction-handle.ts';

/**
 * fill_holes without NO_HOLES: the hole item before the new hole, or else the one behind it, takes it in, and is of
 * this transaction from e6e3dec6c3c2 on; if there is neither, a new item does.
 */
function fillHoles(inode: Inode, state: State, hole: number): void {
  if (hole === 0) return;
  const { fs, freshHoles, tree } = inode;
  const neighbours = [(hole & -hole) >>> 1, below(highest(hole) + 2) & ~below(highest(hole) + 1)];
  const merged = neighbours.find((segment) => (segment & tree.hole.get(state)) !== 0) ?? 0;
  const takesGeneration = merged === 0 || fs.guards['punch.hole-generation'] === true;
  tree.insertExtent(state, hole, 'hole', tree.version);
  if (merged !== 0) {
    const isFresh = takesGeneration || tree.items.isFresh(state, merged);
    tree.items.join(state, Math.max(lowest(hole), lowest(merged)), isFresh);
  }
  inode.markHoles(state, hole, takesGeneration || (merged & freshHoles.get(state)) !== 0);
}

/** `punch F R`: btrfs_punch_hole. */
export function punch(context: OperationContext, operation: FileOperation): Step[] {
  const { machine, registers } = context;
  const { transaction, guards, rules } = machine;
  const inode = machine.inodes[operation.file]!;
  const { segments, tree, extentMaps, orderedExtents } = inode;
  const range = (state: State) => segments.maskAt(operation.range, inode.size.get(state));
  /** What find_first_non_hole leaves: whole blocks that become a hole, and others that are zeroed. */
  const punched = registers.field('planned', below(context.segments));
  const zeroed = registers.field('zeroed', below(context.segments));
  const whole = (state: State) => punched.get(state);
  const partial = (state: State) => zeroed.get(state);

  return [
    ...lockAndFlush(context, inode, range),
    {
      name: 'find_first_non_hole',
      locks: 'inode lock',
      does: 'Looks up the extent map at the beginning of the range, and what is behind it where that is a hole. There is nothing to do when all of it is one.',
      says: (state) =>
        planOf(inode, state.slice(), range(state)) === undefined ? 'the range is a hole already' : undefined,
      goesTo: [following, end],
      apply: (state) => {
        const plan = planOf(inode, state, range(state));
        if (plan === undefined) {
          inode.lock.set(state, 0);
          return end;
        }
        punched.set(state, plan.whole);
        zeroed.set(state, plan.zeroed);
        return undefined;
      },
    },
    ...(rules.fallocateUpdatesTimesFirst
      ? [updateTimes(machine, inode, 'file_modified', { locks: 'inode lock', failing: refused })]
      : []),
    startOrderedExtent(inode, partial, { locks: 'inode lock', label: 'start_ordered_extent of partial blocks' }),
    {
      name: 'btrfs_truncate_block',
      locks: 'inode lock',
      does: 'Zeroes the partial blocks at both ends in the page cache, which makes their pages dirty.',
      when: (state) => partial(state) !== 0,
      ready: (state) => isIdle(inode, state, partial(state)),
      waitsFor: 'the ordered extents of those blocks',
      apply: (state) => {
        inode.beginChange(state, partial(state) & range(state) & inode.inside(state), true);
        truncateBlock(inode, state, partial(state));
        return undefined;
      },
    },
    {
      name: 'inode_unlock',
      locks: 'inode lock',
      does: guards['punch.partial-block-update']
        ? 'There is neither a whole block nor a part of one before i_size to change: gives the inode lock back and returns.'
        : 'Only parts of blocks were zeroed: gives the inode lock back and returns. The inode is not updated.',
      when: (state) => whole(state) === 0 && (partial(state) === 0 || !guards['punch.partial-block-update']),
      goesTo: [end],
      apply: (state) => {
        inode.unreturned.end(state);
        inode.lock.set(state, 0);
        return end;
      },
    },
    ...lockRange(machine, inode, whole, true),
    startTransaction(machine, 'inode lock, range lock'),
    {
      name: 'btrfs_replace_file_extents',
      locks: 'inode lock, range lock',
      does: 'Drops the file-extent items and the extent maps of the whole blocks. Adds a hole extent map, on the list of modified extents, unless they begin behind i_size. Without NO_HOLES, a hole item takes their place.',
      apply: (state) => {
        const inside = segments.wholeBlocks(inode.inside(state));
        const hole = (whole(state) & -whole(state) & inside) === 0 ? 0 : whole(state);
        inode.beginChange(state, whole(state) & inode.inside(state), true);
        tree.dropExtents(state, whole(state), inode.content);
        if (machine.mount.holes) fillHoles(inode, state, whole(state) & inside);
        replaceExtentMaps(machine, inode, state, {
          range: whole(state),
          fails: context.fails(state, 'enomem', 'btrfs_replace_file_extents'),
          insert: () => extentMaps.insertHoles(state, hole, transaction.generation.get(state)),
        });
        return undefined;
      },
    },
    {
      name: 'btrfs_update_inode',
      locks: 'inode lock',
      does: 'Updates the inode item, ends the transaction handle and returns.',
      goesTo: [end],
      apply: (state) => {
        orderedExtents.unlockRange(state, whole(state));
        return updateInodeAndUnlock(machine, inode, state);
      },
    },
    ...failedWait(inode),
    ...refusal(machine, 'inode lock', (state) => {
      orderedExtents.unlockRange(state, whole(state));
      inode.lock.set(state, 0);
    }),
  ];
}

interface Plan {
  /** Whole blocks that become a hole. */
  readonly whole: number;
  /** Blocks of which a part is zeroed. */
  readonly zeroed: number;
}

/**
 * What btrfs_punch_hole has to change of `range`, as the extent maps that find_first_non_hole looks up say; undefined for
 * nothing. It looks at one extent map at the beginning, at one behind the partial block that the range may begin with,
 * and at one of the partial block at the end: other holes are punched again.
 */
function planOf(inode: Inode, state: State, range: number): Plan | undefined {
  if (range === 0) return undefined;
  const { segments } = inode;
  const inside = segments.wholeBlocks(inode.inside(state));
  const leading = getHole(inode, state, firstLookup(inode, range));
  let rest = behind(range, leading);
  if (rest === 0) return undefined;
  const { whole, partial } = splitBlocks(inode, rest);
  if (whole === 0 && segments.wholeBlocks(rest & -rest) === partial) return { whole: 0, zeroed: partial & inside };
  let zeroed = 0;
  if (leading === 0) {
    const head = segments.wholeBlocks(rest & -rest) & partial;
    zeroed |= head & inside;
    rest &= ~head;
    rest = behind(rest, getHole(inode, state, segments.wholeBlocks(rest)));
  }
  const tail = segments.wholeBlocks(rest & partial);
  if (tail !== 0 && getHole(inode, state, tail) === 0) zeroed |= tail & inside;
  return { whole: rest & whole, zeroed };
}

/** Of `range`, what is behind a hole that it begins with. */
function behind(range: number, hole: number): number {
  return hole === 0 ? range : range & ~below(highest(hole) + 1);
}

/**
 * The blocks in which the first find_first_non_hole looks: as many as the length is rounded up to, from the block on that
 * the range begins in. That leaves out the last one where the range has less of it than it lacks of the first.
 */
function firstLookup({ segments }: Inode, range: number): number {
  const blocks = segments.wholeBlocks(range);
  const { start, end } = segments.rangeOf(range);
  const last = segments.wholeBlocks(1 << highest(range));
  const [lacking, used] = [start % blockSize, end % blockSize];
  return used > 0 && used <= lacking && last !== blocks ? blocks & ~last : blocks;
}
