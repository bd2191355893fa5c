import type { FileOperation } from '../scenario.ts';
import { lowest, runFrom } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import type { OperationContext } from './context.ts';
import { startOrderedExtent } from './delalloc.ts';
import type { Step } from './step.ts';

/** `read F R`: brings pages into memory, and extent maps into the tree, but never back onto a list. */
export function read({ machine }: OperationContext, operation: FileOperation): Step[] {
  const inode = machine.inodes[operation.file]!;
  const { pages, segments, extentMaps, orderedExtents, tree } = inode;
  const missing = (state: State) =>
    segments.wholeBlocks(segments.maskAt(operation.range, inode.size.get(state))) & ~pages.cached.get(state);

  return [
    startOrderedExtent(inode, missing),
    {
      name: 'btrfs_get_extent',
      locks: 'page locks, range lock, extent map tree lock',
      does: 'Reads the pages that are not in memory; loads extent maps from the subvolume tree, which are on no list.',
      ready: (state) => (missing(state) & orderedExtents.covered.get(state)) === 0,
      waitsFor: 'the ordered extents in the range',
      apply: (state) => {
        const wanted = missing(state);
        pages.read(state, wanted);
        const unmapped = wanted & ~extentMaps.covered.get(state);
        for (const kind of ['data', 'prealloc', 'hole'] as const) {
          const described =
            kind === 'hole' ? ~(tree.data.get(state) | tree.prealloc.get(state)) : tree[kind].get(state);
          for (let rest = unmapped & described; rest !== 0; ) {
            const extent = runFrom(rest, lowest(rest));
            if (kind === 'hole') extentMaps.loadHole(state, extent);
            else extentMaps.insert(state, extent, { kind, pinned: false, modified: false, generation: 0 });
            rest &= ~extent;
          }
        }
        return undefined;
      },
    },
  ];
}
