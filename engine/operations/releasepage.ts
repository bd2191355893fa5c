import type { FileOperation } from '../scenario.ts';
import { highest } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import type { OperationContext } from './context.ts';
import { releaseExtentMap } from './release-extent-map.ts';
import { end, type Step } from './step.ts';

/** `releasepage F R`: memory reclaim tries each clean page of a range, one after the other. */
export function releasepage(context: OperationContext, operation: FileOperation): Step[] {
  const { machine, registers } = context;
  const inode = machine.inodes[operation.file]!;
  const { segments, pages, orderedExtents } = inode;
  /** Segments before this one have been tried. */
  const cursor = registers.field('cursor', 31);

  const clean = (state: State) =>
    pages.clean(state, segments.maskAt(operation.range, inode.size.get(state)) & -(1 << cursor.get(state)));

  return [
    {
      name: 'try_release_extent_mapping',
      locks: 'page lock, extent map tree lock',
      does: 'For a clean page, drops the extent map that begins there unless it is pinned or its range is locked, then releases the page.',
      goesTo: ['try_release_extent_mapping', end],
      says: (state) => (clean(state) === 0 ? 'no clean page to release' : undefined),
      apply: (state) => {
        const candidates = clean(state);
        if (candidates === 0) return end;
        const page = segments.wholeBlocks(candidates & -candidates);
        releaseExtentMap(machine, inode, state, page);
        if (!keepsPage(state, page)) pages.drop(state, page);
        cursor.set(state, highest(page) + 1);
        return clean(state) === 0 ? end : 'try_release_extent_mapping';
      },
    },
  ];

  /** Since 6.16 a completing ordered extent alone (EXTENT_FINISHING_ORDERED) does not keep the page. */
  function keepsPage(state: State, page: number): boolean {
    return !machine.rules.releaseDuringOrderedCompletion && orderedExtents.rangeLocked.within(state, page) !== 0;
  }
}
