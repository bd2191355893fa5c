import type { MountOption, Scenario } from '../scenario.ts';
import { blockSize } from '../segments.ts';

/** For each mount option, whether it is set. */
export type MountOptions = Readonly<Record<MountOption, boolean>>;

/** How the data of one file is stored: what mount options and the file's attributes make of it. */
export interface Storage {
  /** Written data gets checksums. */
  readonly checksums: boolean;
  /** A write goes to newly allocated blocks; otherwise (BTRFS_INODE_NODATACOW) to those the file has, if any. */
  readonly cow: boolean;
  /** Delalloc goes through compress_file_range. */
  readonly compress: boolean;
  /** Largest file, in bytes, that becomes one inline extent (max_inline); 0 where none does. */
  readonly maximumInline: number;
}

/** Default of the mount option max_inline. */
const maxInline = 2048;

export function mountOptions({ mount = [] }: Pick<Scenario, 'mount'>): MountOptions {
  const has = (option: MountOption) => mount.includes(option);
  return {
    holes: has('holes'),
    nodatasum: has('nodatasum'),
    nodatacow: has('nodatacow'),
    notreelog: has('notreelog'),
    flushoncommit: has('flushoncommit'),
    compress: has('compress'),
  };
}

/**
 * The storage of one file of a scenario. NODATACOW implies NODATASUM, and is not compressed; its writes fall
 * back to COW without inline extents, taken for every release although it is so since 6.6 only.
 */
export function storageOf(scenario: Pick<Scenario, 'mount' | 'files'>, file: number): Storage {
  const mount = mountOptions(scenario);
  const cow = !mount.nodatacow && scenario.files[file]!.nodatacow !== true;
  const compress = mount.compress && cow && !mount.nodatasum;
  // can_cow_file_range_inline: a whole block fits if it compresses, and data is taken to compress well.
  const inlineLimit = compress ? blockSize : maxInline;
  return { checksums: cow && !mount.nodatasum, cow, compress, maximumInline: cow ? inlineLimit : 0 };
}
