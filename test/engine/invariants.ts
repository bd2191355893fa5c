import type { ExtentSet } from '../../engine/model/extent-set.ts';
import type { Inode } from '../../engine/model/inode.ts';
import type { Program } from '../../engine/program.ts';
import { lowest, runs, size } from '../../engine/state/bits.ts';
import type { State } from '../../engine/state/layout.ts';

/** What holds in every state that a program can reach; throws with the name of what does not. */
export function checkState(program: Program, state: State): void {
  const { machine } = program;
  for (const inode of machine.inodes) {
    checkExtents(inode, state);
    checkExtentMaps(inode, state);
    checkPages(inode, state);
    checkVersions(inode, state);
  }
  checkTransaction(program, state);
  checkLocks(program, state);
}

/** What holds between a state and the one that a step leads to. */
export function checkStep({ machine, promises }: Program, before: State, after: State): void {
  for (const inode of machine.inodes) {
    const ordered = inode.orderedExtents.covered.get(before);
    for (const [i, content] of inode.content.entries()) {
      must(content.get(after) >= content.get(before), 'content never goes back');
      const changed = content.get(after) !== content.get(before);
      must(!changed || (ordered & (1 << i)) === 0, 'nobody writes to the pages of an ordered extent');
    }
    const promise = promises[inode.index]!;
    for (const field of [...promise.version, promise.size]) {
      must(field.get(after) >= field.get(before), 'promises never fall');
    }
    const holder = inode.lock.get(before);
    must(holder === 0 || [0, holder].includes(inode.lock.get(after)), 'nobody takes an inode lock that is held');
  }
  const { lastCommitted, generation } = machine.transaction;
  must(lastCommitted.get(after) >= lastCommitted.get(before), 'commits are not taken back');
  must(generation.get(after) >= generation.get(before), 'transaction ids grow');
}

function checkExtents({ extentMaps, orderedExtents }: Inode, state: State): void {
  for (const set of [extentMaps, orderedExtents, extentMaps.collected]) {
    const [covered, starts] = [set.covered.get(state), set.starts.get(state)];
    must((starts & ~covered) === 0, 'an extent begins inside itself');
    for (const run of runs(covered)) must((starts & (1 << lowest(run))) !== 0, 'every covered segment has an extent');
  }
  const open = orderedExtents.starts.get(state);
  const { rangeLocked, logged, pending } = orderedExtents;
  must((rangeLocked.get(state) & ~orderedExtents.covered.get(state)) === 0, 'completions lock their own ranges');
  must((logged.get(state) & ~open) === 0, 'only open ordered extents are marked as logged');
  must((pending.get(state) & ~logged.get(state)) === 0, 'only logged ordered extents are pending');
  for (const [start, position] of orderedExtents.position.entries()) {
    must(position.get(state) === 0 || (open & (1 << start)) !== 0, 'only open ordered extents complete');
  }
}

function checkExtentMaps(inode: Inode, state: State): void {
  const { extentMaps, orderedExtents, pages } = inode;
  const starts = extentMaps.starts.get(state);
  const masks = { modified: extentMaps.modified, pinned: extentMaps.pinned, hole: extentMaps.hole };
  for (const [name, mask] of Object.entries(masks)) {
    must((mask.get(state) & ~starts) === 0, `a ${name} extent map is in the tree`);
  }
  const logging = extentMaps.logging.get(state);
  must((logging & extentMaps.modified.get(state)) === 0, 'an extent map is on one list at most');
  forEachStart(extentMaps, state, logging, (start, extent) => {
    must(extentMaps.collected.from(state, start) === extent, 'a LOGGING extent map is on the private list of an fsync');
  });
  forEachStart(extentMaps, state, extentMaps.pinned.get(state), (start, extent) => {
    const allocating = (pages.locked.get(state) & extent) === extent;
    const ordered = (orderedExtents.starts.get(state) & (1 << start)) !== 0;
    must(allocating || (ordered && orderedExtents.from(state, start) === extent), 'a pinned map has an ordered extent');
  });
  for (const [start, generation] of extentMaps.generation.entries()) {
    const pinned = (extentMaps.pinned.get(state) & (1 << start)) !== 0;
    must(pinned === (generation.get(state) === extentMaps.inFlight), 'generation -1 exactly while pinned');
    must((starts & (1 << start)) !== 0 || generation.get(state) === 0, 'no generation without an extent map');
  }
  const held = inode.lock.get(state) !== 0;
  must(held || extentMaps.collected.covered.get(state) === 0, 'the private list is empty without the inode lock');
}

function checkPages({ pages, orderedExtents, segments }: Inode, state: State): void {
  const [cached, dirty, writeback, locked] = [pages.cached, pages.dirty, pages.writeback, pages.locked].map((field) =>
    field.get(state),
  ) as [number, number, number, number];
  for (const mask of [cached, dirty, writeback, locked]) {
    must(segments.wholeBlocks(mask) === mask, 'pages are whole blocks');
  }
  must((dirty & writeback) === 0, 'no page is both dirty and under writeback');
  must(((dirty | writeback) & ~cached) === 0, 'dirty pages and those under writeback are in memory');
  must((locked & ~dirty) === 0, 'writeback locks dirty pages');
  must((writeback & ~orderedExtents.covered.get(state)) === 0, 'writeback is part of an ordered extent');
}

function checkVersions(inode: Inode, state: State): void {
  const { content, tree, committing, committed, log, syncingLog, diskLog } = inode;
  for (const [i, field] of content.entries()) {
    const newest = field.get(state);
    const inTree = tree.version[i]!.get(state);
    must(inTree <= newest, 'the tree is not newer than the page cache');
    must(committed.version[i]!.get(state) <= inTree, 'the commit is not newer than the tree');
    must(committing.version[i]!.get(state) <= inTree, 'the commit under way is not newer than the tree');
    for (const image of [log, syncingLog, diskLog]) {
      must(image.version[i]!.get(state) <= newest, 'the log is not newer than the page cache');
      must((image.data.get(state) & image.hole.get(state)) === 0, 'log items do not overlap');
    }
  }
  must(tree.size.get(state) <= inode.size.get(state), 'disk_i_size follows i_size');
  must(committed.size.get(state) <= tree.size.get(state), 'the committed size follows disk_i_size');
}

function checkTransaction({ machine, completions }: Program, state: State): void {
  const { transaction, inodes } = machine;
  const [writers, external] = [transaction.writers.get(state), transaction.externalWriters.get(state)];
  const joined = completions.flat().filter((completion) => isInside(completion, state, 'btrfs_end_transaction')).length;
  must(writers === external + joined, 'handles are those of fsyncs and of completions');
  const open = (transaction.isIdle(state) ? 0 : 1) + transaction.committing.get(state);
  must(transaction.generation.get(state) === transaction.lastCommitted.get(state) + open, 'transactions are in a row');
  const pending = inodes.reduce((sum, { orderedExtents }) => sum + size(orderedExtents.pending.get(state)), 0);
  must(transaction.pendingOrdered.get(state) === pending, 'pending_ordered counts the pending ordered extents');

  /** Between joining the transaction and the named step. */
  function isInside(thread: (typeof completions)[number][number], at: State, last: string): boolean {
    const position = thread.next(at);
    const index = (name: string) => thread.steps.findIndex(({ step }) => step.name === name);
    return position > index('btrfs_join_transaction') && position <= index(last);
  }
}

/** A step whose text says that it holds the inode lock does hold it: the task has it when the step comes next. */
function checkLocks({ machine, tasks, scenario }: Program, state: State): void {
  for (const thread of tasks) {
    const position = thread.next(state);
    const placed = thread.steps[position];
    if (placed === undefined) continue;
    const operation = scenario.tasks[thread.task]!.operations[placed.operation]!;
    if (operation.kind !== 'fsync' && operation.kind !== 'fdatasync') continue;
    const holds = machine.inodes[operation.file]!.lock.get(state) === thread.task + 1;
    must(holds === placed.step.locks.startsWith('inode lock'), 'an fsync holds the inode lock where its steps say so');
  }
}

function forEachStart(set: ExtentSet, state: State, starts: number, visit: (start: number, extent: number) => void) {
  for (let rest = starts; rest !== 0; rest &= rest - 1) visit(lowest(rest), set.from(state, lowest(rest)));
}

function must(holds: boolean, invariant: string): void {
  if (!holds) throw new Error(`broken invariant: ${invariant}`);
}
