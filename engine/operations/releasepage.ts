import type { FileOperation } from '../scenario.ts';
import { highest, lowest } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import type { OperationContext } from './context.ts';
import { end, type Step } from './step.ts';

/** try_release_extent_mapping leaves files of at most this size alone (SZ_16M in the kernel, until 6.10). */
const largeFile = 16 * 1024 * 1024;

/** `releasepage F R`: memory reclaim tries each clean page of a range, one after the other. */
export function releasepage(context: OperationContext, operation: FileOperation): Step[] {
  const { machine, registers } = context;
  const inode = machine.inodes[operation.file]!;
  const { segments, pages, orderedExtents } = inode;
  /** Segments before this one have been tried. */
  const cursor = registers.field('cursor', 31);

  const clean = (state: State) =>
    segments.maskAt(operation.range, inode.size.get(state)) & pages.clean(state) & -(1 << cursor.get(state));
  const dropExtentMap = tryReleaseExtentMapping(context, operation);

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
        dropExtentMap(state, page);
        if ((page & lockedRanges(orderedExtents.rangeLocked.get(state))) === 0) pages.drop(state, page);
        cursor.set(state, highest(page) + 1);
        return clean(state) === 0 ? end : 'try_release_extent_mapping';
      },
    },
  ];

  /** Since 6.16 a completing ordered extent alone (EXTENT_FINISHING_ORDERED) does not keep the page. */
  function lockedRanges(locked: number): number {
    return machine.rules.releaseDuringOrderedCompletion ? 0 : locked;
  }
}

/** The critical section of try_release_extent_mapping for the extent map that begins at `page`. */
function tryReleaseExtentMapping({ machine }: OperationContext, operation: FileOperation) {
  const { rules, guards, transaction } = machine;
  const inode = machine.inodes[operation.file]!;
  const { segments, extentMaps, orderedExtents } = inode;
  const setsFullSyncFlag = guards['releasepage.full-sync-flag'] && rules.releaseMaySetFullSync;
  const sparesModified = guards['releasepage.modified-list'];

  return (state: State, page: number): void => {
    if (rules.releaseNeedsLargeFile && segments.cuts[inode.size.get(state)]! <= largeFile) return;
    const start = lowest(page);
    const bit = 1 << start;
    if ((extentMaps.starts.get(state) & bit) === 0) return;
    if ((extentMaps.pinned.get(state) & bit) !== 0) return;
    if ((extentMaps.from(state, start) & orderedExtents.rangeLocked.get(state)) !== 0) return;
    // 3d6448e63159; fbc2bd7e7aad lets go of those that a commit has made, or will make, durable.
    const listed = (extentMaps.modified.get(state) & bit) !== 0;
    const older = extentMaps.generation[start]!.get(state) < transaction.generation.get(state);
    if (sparesModified && listed && !(rules.releaseTakesCommittedExtents && older)) return;
    // bd3599a0e142, in the same critical section; gone with 5e548b32018d.
    if (setsFullSyncFlag) inode.needsFullSync.set(state, 1);
    extentMaps.removeExtentMapping(state, start);
  };
}
