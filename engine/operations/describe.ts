import { newestRelease } from '../kernels.ts';
import type { OperationKind } from '../scenario.ts';
import { type StepDescription, stepTable } from './step-table.ts';

/** What people read about an operation: hover, completion, `explain`, the language reference. */
export interface OperationDescription {
  readonly kind: OperationKind | 'endio';
  /** How it is written: `fsync F`. */
  readonly synopsis: string;
  readonly summary: string;
  /** Kernel function that does the work. */
  readonly kernelFunction: string;
  /** In table order; names may repeat, and a run takes some of them only. */
  readonly steps: readonly StepDescription[];
}

const texts: Readonly<Record<OperationKind | 'endio', Omit<OperationDescription, 'kind' | 'steps'>>> = {
  write: {
    synopsis: 'write F R',
    summary: 'A buffered write: the data is in the page cache, and nothing else has changed but i_size.',
    kernelFunction: 'btrfs_buffered_write',
  },
  'mmap-write': {
    synopsis: 'mmap-write F R',
    summary: 'A store through a shared mapping: as a write, but without the inode lock, and only within i_size.',
    kernelFunction: 'btrfs_page_mkwrite',
  },
  'direct-write': {
    synopsis: 'direct-write F R',
    summary:
      'An O_DIRECT write. It returns when the blocks are on the device; only a sync makes them part of the file for good.',
    kernelFunction: 'btrfs_direct_write',
  },
  read: {
    synopsis: 'read F R',
    summary:
      'Brings pages into memory, and extent maps into the tree. A map that was dropped comes back, but on no list.',
    kernelFunction: 'btrfs_get_extent',
  },
  writeback: {
    synopsis: 'writeback F [R]',
    summary:
      'A flusher writes the dirty pages of the range. It ends with the submission; the ordered extents complete on their own.',
    kernelFunction: 'btrfs_writepages',
  },
  releasepage: {
    synopsis: 'releasepage F [R]',
    summary: 'Memory reclaim releases the clean pages of the range, and may drop extent maps with them.',
    kernelFunction: 'btrfs_releasepage',
  },
  fsync: {
    synopsis: 'fsync F [R]',
    summary:
      'Makes the file as it is at the call durable by way of the log tree; of a range (msync) that range and the size it needs.',
    kernelFunction: 'btrfs_sync_file',
  },
  fdatasync: {
    synopsis: 'fdatasync F [R]',
    summary: 'The same as fsync: btrfs ignores the difference.',
    kernelFunction: 'btrfs_sync_file',
  },
  truncate: {
    synopsis: 'truncate F S',
    summary: 'Changes the size of the file. What is cut off reads as zeros should the file grow again.',
    kernelFunction: 'btrfs_setsize',
  },
  punch: {
    synopsis: 'punch F R',
    summary: 'Makes a hole: whole blocks lose their extents, parts of blocks are zeroed in the page cache.',
    kernelFunction: 'btrfs_punch_hole',
  },
  fallocate: {
    synopsis: 'fallocate F R [keep-size]',
    summary: 'Allocates blocks for the holes of the range; they read as zeros.',
    kernelFunction: 'btrfs_fallocate',
  },
  'zero-range': {
    synopsis: 'zero-range F R [keep-size]',
    summary:
      'Makes the range read as zeros: whole blocks become preallocated, parts of blocks are zeroed in the page cache.',
    kernelFunction: 'btrfs_zero_range',
  },
  clone: {
    synopsis: 'clone F R to G S',
    summary: 'FICLONERANGE: from S on, G gets the content of F without a copy; both point to the same blocks.',
    kernelFunction: 'btrfs_remap_file_range',
  },
  close: {
    synopsis: 'close F',
    summary: 'Closes the file. Only one that was truncated to nothing is flushed.',
    kernelFunction: 'btrfs_release_file',
  },
  evict: {
    synopsis: 'evict F',
    summary: 'The inode leaves memory, unless it is in use, and comes back from the subvolume tree at the next access.',
    kernelFunction: 'btrfs_evict_inode',
  },
  create: {
    synopsis: 'create F',
    summary:
      'Makes a file that does not exist yet. Nothing is durable by that: its first fsync logs the file and its name.',
    kernelFunction: 'btrfs_create',
  },
  mkdir: {
    synopsis: 'mkdir D',
    summary: 'Makes a directory. The fsync of a file in it makes it durable, too.',
    kernelFunction: 'btrfs_mkdir',
  },
  link: {
    synopsis: 'link F to N',
    summary: 'Gives the file a further name.',
    kernelFunction: 'btrfs_link',
  },
  rename: {
    synopsis: 'rename F to N',
    summary: 'Gives the file or directory another name, which whatever had it before loses.',
    kernelFunction: 'btrfs_rename',
  },
  unlink: {
    synopsis: 'unlink F',
    summary:
      'Removes a name; that of a directory only when it is empty. An open file without a name can still be written and read.',
    kernelFunction: 'btrfs_unlink',
  },
  fault: {
    synopsis: 'fault enomem|io on T.op[@STEP]',
    summary: 'From here on a step of another operation fails; without one, nothing ever does.',
    kernelFunction: 'should_fail',
  },
  sync: {
    synopsis: 'sync',
    summary: 'syncfs: writes all dirty data, waits for it, and commits the running transaction.',
    kernelFunction: 'btrfs_sync_fs',
  },
  commit: {
    synopsis: 'commit',
    summary: 'The periodic transaction commit. It flushes no data, and does nothing when no transaction runs.',
    kernelFunction: 'btrfs_commit_transaction',
  },
  endio: {
    synopsis: 'endio: F R',
    summary:
      'The completion of an ordered extent: the end of its IO, then the work that puts it into the subvolume tree.',
    kernelFunction: 'btrfs_finish_ordered_io',
  },
};

/** Every operation of the model, completions last. */
export const operationKinds = Object.keys(texts) as readonly (OperationKind | 'endio')[];

/** Describes an operation with its step table in a given release (the newest by default). */
export function describeOperation(kind: OperationKind | 'endio', kernel: string = newestRelease): OperationDescription {
  return { kind, ...texts[kind], steps: stepTable(kind, kernel) };
}
