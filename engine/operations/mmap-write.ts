import { setInodeLastTrans, setLastLogCommit } from '../model/machine.ts';
import type { FileOperation } from '../scenario.ts';
import type { State } from '../state/layout.ts';
import type { OperationContext } from './context.ts';
import { isIdle, startOrderedExtent } from './delalloc.ts';
import type { Step } from './step.ts';
import { updateTimes } from './transaction-handle.ts';

/** `mmap-write F R`: a store through a shared mapping. It takes no inode lock; behind i_size there is nothing to write to. */
export function mmapWrite({ machine, registers, segments: most }: OperationContext, operation: FileOperation): Step[] {
  const { log, rules, guards, transaction } = machine;
  const inode = machine.inodes[operation.file]!;
  const { pages, segments } = inode;
  const target = (state: State) => segments.maskAt(operation.range, inode.size.get(state)) & inode.inside(state);
  const blocks = (state: State) => segments.wholeBlocks(target(state));
  /** Until bc0939fcfab0 the root is read twice, and a log sync may end in between. */
  const marksInTwo = rules.mmapWriteMarksInode && !guards['inode-update.last-log-commit'];
  /** The pages that are locked until then. */
  const locked = registers.field('mapped', marksInTwo ? 2 ** most - 1 : 0);
  const mark = (state: State) => {
    if (marksInTwo) inode.setLastTrans(state, transaction.generation.get(state), log);
    else if (rules.mmapWriteMarksInode) setInodeLastTrans(machine, inode, state);
    else inode.lastSubTrans.set(state, log.transid.get(state));
  };

  return [
    updateTimes(machine, inode, 'file_update_time', { locks: '', when: (state) => target(state) !== 0 }),
    startOrderedExtent(inode, blocks),
    {
      name: 'btrfs_page_mkwrite',
      locks: 'page lock, range lock (i_mmap_lock shared since 5.13)',
      does: 'Waits for ordered extents in the range, then marks the pages dirty; the store goes through.',
      ready: (state) => inode.mmapLocked.get(state) === 0 && isIdle(inode, state, blocks(state)),
      waitsFor: 'the ordered extents in the range, or the fsync that holds i_mmap_lock',
      apply: (state) => {
        inode.changeContent(state, target(state), false);
        pages.makeDirty(state, blocks(state));
        mark(state);
        if (marksInTwo) {
          locked.set(state, blocks(state));
          pages.lock(state, blocks(state));
        }
        return undefined;
      },
    },
    ...(marksInTwo ? [unlockPage()] : []),
  ];

  function unlockPage(): Step {
    return {
      name: 'unlock_page',
      locks: 'page lock, range lock',
      does: "Sets last_log_commit to the root's, and unlocks the pages.",
      apply: (state) => {
        setLastLogCommit(machine, inode, state);
        pages.unlock(state, locked.get(state));
        return undefined;
      },
    };
  }
}
