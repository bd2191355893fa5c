import { lowest } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import type { Inode } from './inode.ts';

/**
 * The IO of blocks that are overwritten in place ends. Every tree that has an item for them shows the new content:
 * that is so where it shows what the subvolume tree does, for no two allocations hold one version of a block unless
 * clones bring one back; then the blocks are compared.
 */
export function blocksOverwritten(inode: Inode, state: State, blocks: number): void {
  const { tree, committing, committed, log, syncingLog, diskLog, submitted } = inode;
  const { collected } = inode.extentMaps;
  for (let rest = blocks & tree.data.get(state); rest !== 0; rest &= rest - 1) {
    const segment = lowest(rest);
    const block = tree.blocks.get(state, segment);
    const [old, written] = [tree.version[segment]!.get(state), submitted[segment]!.get(state)];
    for (const image of [committing, committed, log, syncingLog, diskLog, tree]) {
      const pointsThere =
        block === 0 ? image.version[segment]!.get(state) === old : image.blocks.get(state, segment) === block;
      if (pointsThere && (image.data.get(state) & (1 << segment)) !== 0) image.version[segment]!.set(state, written);
    }
    const note = collected.version[segment];
    if (note !== undefined && note.get(state) === old) note.set(state, written);
    inode.blocks.overwrite(state, segment);
  }
}
