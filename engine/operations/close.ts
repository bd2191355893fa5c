import type { FileOperation } from '../scenario.ts';
import type { OperationContext } from './context.ts';
import { pagesAreUnlocked, writeRange } from './delalloc.ts';
import type { Step } from './step.ts';

/** `close F`: btrfs_release_file. Only a file that was truncated to nothing since is flushed, and nothing is waited for. */
export function close({ machine, fails }: OperationContext, operation: FileOperation): Step[] {
  const inode = machine.inodes[operation.file]!;
  const { flushOnClose, pages } = inode;
  return [
    {
      name: 'btrfs_release_file',
      locks: '',
      does: 'Starts writeback of all dirty pages if the file was truncated to nothing (BTRFS_INODE_FLUSH_ON_CLOSE).',
      ready: (state) => flushOnClose.get(state) === 0 || pagesAreUnlocked(inode, state),
      waitsFor: 'the page locks that a writeback holds',
      says: (state) => (flushOnClose.get(state) === 0 ? 'the file was not truncated to nothing' : undefined),
      apply: (state) => {
        if (flushOnClose.get(state) === 1)
          writeRange(inode, state, pages.dirty.get(state), fails(state, 'io', 'btrfs_release_file'));
        flushOnClose.set(state, 0);
        return undefined;
      },
    },
  ];
}
