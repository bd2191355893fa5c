import type { Field, Layout, State } from '../state/layout.ts';
import { DiskBlocks } from './disk-blocks.ts';
import type { FileImage } from './file-image.ts';
import type { SharedExtents } from './shared-extents.ts';

/** The parts of an inode that its blocks on disk depend on. */
interface Owner {
  readonly index: number;
  readonly storage: { readonly cow: boolean };
  readonly tree: FileImage;
}

/** Where the data of one file goes: to blocks that it has, or to newly allocated ones (run_delalloc_nocow). */
export class InodeBlocks {
  readonly #owner: Owner;
  readonly #extents: SharedExtents | undefined;
  /** What is being written in place; kept only where extents may be shared, for that can change before the IO ends. */
  readonly #inPlace: Field;
  /** The blocks that what is being written goes to. */
  readonly #allocated: DiskBlocks;

  constructor(layout: Layout, segments: number, owner: Owner, extents: SharedExtents | undefined) {
    this.#owner = owner;
    this.#extents = extents;
    this.#inPlace = layout.set(extents === undefined ? 0 : segments);
    this.#allocated = new DiskBlocks(layout, segments, extents?.largest ?? 0);
  }

  get allocated(): DiskBlocks {
    return this.#allocated;
  }

  /**
   * can_nocow_file_extent for blocks that are about to be written: written extents of a file without COW and prealloc
   * extents are overwritten, unless somebody else points to them. Anything else is allocated.
   */
  choose(state: State, blocks: number): void {
    const { index, storage, tree } = this.#owner;
    if (this.#extents === undefined) return;
    const written = storage.cow ? 0 : tree.data.get(state);
    // An inline item points to no blocks.
    const own = tree.blocks.known(state, blocks & (written | tree.prealloc.get(state)));
    const inPlace = own & ~this.#extents.shared(state, index, tree.blocks, own);
    this.#inPlace.set(state, (this.#inPlace.get(state) & ~blocks) | inPlace);
    this.#extents.allocate(state, index, this.#allocated, blocks & ~inPlace);
    this.#allocated.share(state, inPlace, tree.blocks);
  }

  /** Written extents of `blocks` that are overwritten in place. */
  overwritten(state: State, blocks: number): number {
    const { storage, tree } = this.#owner;
    return storage.cow ? 0 : blocks & tree.data.get(state) & this.#chosen(state);
  }

  /** Prealloc extents of `blocks` that are written where they are. */
  filled(state: State, blocks: number): number {
    return blocks & this.#owner.tree.prealloc.get(state) & this.#chosen(state);
  }

  /** The items of `extent` point to what was allocated for it. */
  insert(state: State, extent: number): void {
    this.#owner.tree.blocks.share(state, extent, this.#allocated);
  }

  /** The ordered extent is complete. */
  forget(state: State, extent: number): void {
    this.#inPlace.set(state, this.#inPlace.get(state) & ~extent);
    this.#allocated.forget(state, extent);
  }

  /** New prealloc extents. */
  allocate(state: State, image: FileImage, extent: number): void {
    this.#extents?.allocate(state, this.#owner.index, image.blocks, extent);
  }

  /** The IO of a segment that is overwritten in place ends: what else points there shows what nobody has put there. */
  overwrite(state: State, segment: number): void {
    const block = this.#owner.tree.blocks.get(state, segment);
    if (block > 0) this.#extents?.overwrite(state, { file: this.#owner.index, segment, block });
  }

  #chosen(state: State): number {
    return this.#extents === undefined ? ~0 : this.#inPlace.get(state);
  }
}
