import type { Inode } from '../model/inode.ts';
import { isZero } from '../model/version.ts';
import type { CloneOperation } from '../scenario.ts';
import { clonedBytes } from '../segments.ts';
import { below, highest, lowest, runFrom } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import { unalignedTail } from './cont-expand.ts';
import type { OperationContext } from './context.ts';

/**
 * What is cloned in one transaction, in segments of the source: a hole without an item, if any, and the extent behind it, if
 * any. Without NO_HOLES a hole is an extent of its own.
 */
export interface Piece {
  readonly hole: number;
  readonly extent: number;
  readonly kind: 'data' | 'prealloc' | 'hole' | 'inline';
}

/** Which bytes a clone copies from where to where, and how far it has got. */
export interface CloneRange {
  readonly source: Inode;
  readonly target: Inode;
  /** The blocks to write and to wait for in the source and in the destination, before anything is checked. */
  readonly sourceFlush: (state: State) => number;
  readonly targetFlush: (state: State) => number;
  /** The destination of what of the range lies within the source. */
  readonly targetBlocks: (state: State) => number;
  /** The clone begins behind i_size of the destination. */
  readonly expands: (state: State) => boolean;
  /** Segments of the destination before the clone. */
  readonly before: number;
  /** Of those, what has to be written or become a hole first. */
  readonly expanded: (state: State) => number;
  /** Why nothing is cloned, in words; undefined when something is. */
  readonly refusal: (state: State) => string | undefined;
  /** The sizes are checked: what is asked for is fixed (olen). */
  readonly begin: (state: State) => void;
  readonly nextPiece: (state: State) => Piece;
  /** A piece is cloned; false after the last one. */
  readonly advance: (state: State, piece: Piece) => boolean;
  /** Segments of the source as those of the destination: both are cut alike. */
  readonly moved: (mask: number) => number;
  /** What a piece puts before the end of what was asked for, in the destination: zeros, and data. */
  readonly content: (state: State, piece: Piece) => { readonly zeros: number; readonly data: number };
  /** Where the destination ends at least when the piece is cloned (endoff), as an index of a cut. */
  readonly endOf: (state: State, piece: Piece) => number;
}

/** The range of one clone, with its registers. */
export function cloneRange({ machine, registers, segments }: OperationContext, operation: CloneOperation): CloneRange {
  const source = machine.inodes[operation.file]!;
  const target = machine.inodes[operation.target]!;
  /** The bytes to clone, as segments of the source; set once the sizes are known. */
  const requested = registers.field('cloned', 2 ** segments - 1);
  /** How many of them have been cloned. */
  const cursor = registers.field('cursor', 31);

  const reach = clonedBytes(operation, source.segments.cuts.at(-1)!).source;
  const window = reach.end > reach.start ? source.segments.maskOf(reach) : 0;
  const first = source.segments.indexOf(reach.start);
  const at = target.segments.indexOf(operation.offset);
  const moved = (mask: number) => (at >= first ? mask << (at - first) : mask >>> (first - at));

  const range = operation.range === 'all' ? below(source.segments.count) : source.segments.maskOf(operation.range);
  const available = (state: State) => range & window & source.inside(state);
  const flushed = (state: State) =>
    operation.range === 'all'
      ? source.segments.wholeBlocks(available(state))
      : source.segments.wholeBlocks(range & window);
  const blocks = (state: State) => source.segments.wholeBlocks(requested.get(state));
  const expands = (state: State) => at > target.size.get(state);
  const remaining = (state: State) => blocks(state) & ~below(first + cursor.get(state));

  return {
    source,
    target,
    sourceFlush: flushed,
    targetFlush: (state) => moved(flushed(state)),
    targetBlocks: (state) => moved(source.segments.wholeBlocks(available(state))),
    expands,
    before: below(at),
    expanded: (state) => {
      const { block } = unalignedTail(target, state);
      return expands(state) ? block | (below(at) & ~target.inside(state)) : 0;
    },
    refusal,
    begin: (state) => requested.set(state, available(state)),
    nextPiece,
    advance: (state, { hole, extent }) => {
      cursor.set(state, highest(hole | extent) + 1 - first);
      return remaining(state) !== 0;
    },
    moved,
    content: (state, { hole, extent }) => {
      const inside = requested.get(state);
      const zeros = hole | segmentsOf((segment) => isZero(source.tree.version[segment]!.get(state)), extent);
      return { zeros: moved(zeros & inside), data: moved(extent & ~zeros & inside) };
    },
    endOf: (state, { hole, extent }) => highest(moved((hole | extent) & requested.get(state))) + 1,
  };

  function refusal(state: State): string | undefined {
    const wanted = range & source.inside(state);
    if (wanted === 0) {
      return operation.range === 'all'
        ? 'there is nothing to clone'
        : 'returns -EINVAL: the range begins behind the end of the source';
    }
    if (wanted !== range && operation.range !== 'all') {
      return 'returns -EINVAL: the range ends behind the end of the source';
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

    const described = rest & source.tree.described(state);
    if (described === 0) return { hole: rest, extent: 0, kind: 'data' };
    const start = lowest(described);
    const hole = rest & below(start);
    const firstBlock = source.segments.wholeBlocks(1);
    if (source.tree.inline.get(state) === 1 && start === 0) return { hole, extent: firstBlock, kind: 'inline' };
    const kind = kindAt(state, 1 << start);
    const extent = source.tree.items.firstPiece(state, runFrom(described & source.tree[kind].get(state), start));
    return { hole, extent, kind };
  }

  function kindAt(state: State, segment: number): 'data' | 'prealloc' | 'hole' {
    const { data, prealloc } = source.tree;
    if ((data.get(state) & segment) !== 0) return 'data';
    return (prealloc.get(state) & segment) === 0 ? 'hole' : 'prealloc';
  }
}

function segmentsOf(belongs: (segment: number) => boolean, among: number): number {
  let found = 0;
  for (let rest = among; rest !== 0; rest &= rest - 1) if (belongs(lowest(rest))) found |= rest & -rest;
  return found;
}
