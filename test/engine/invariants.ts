import { versionAfterCrash } from '../../engine/durability/after-crash.ts';
import type { ExtentSet } from '../../engine/model/extent-set.ts';
import type { FileImage } from '../../engine/model/file-image.ts';
import type { Inode } from '../../engine/model/inode.ts';
import { changesOf, isZero } from '../../engine/model/version.ts';
import type { VersionedSize } from '../../engine/model/versioned-size.ts';
import type { Program } from '../../engine/program.ts';
import type { OperationKind } from '../../engine/scenario.ts';
import { below, lowest, runs, size } from '../../engine/state/bits.ts';
import type { Field, State } from '../../engine/state/layout.ts';

/** What holds in every state that a program can reach; throws with the name of what does not. */
export function checkState(program: Program, state: State): void {
  const { machine } = program;
  for (const inode of machine.inodes) {
    checkExtents(inode, state);
    checkExtentMaps(inode, state);
    checkPages(inode, state);
    checkImages(inode, state);
    checkInline(inode, state);
    checkOverwrites(inode, state);
    checkItems(program, inode, state);
    checkVersions(inode, state);
    checkSizes(inode, state);
  }
  checkTransaction(program, state);
  checkLocks(program, state);
}

/** What holds between a state and the one that a step leads to. */
export function checkStep({ machine, promises, scenario }: Program, before: State, after: State): void {
  for (const inode of machine.inodes) {
    const truncates = scenario.tasks.some(({ operations }) =>
      operations.some((operation) => operation.kind === 'truncate' && operation.file === inode.index),
    );
    const ordered = inode.orderedExtents.covered.get(before);
    for (const [i, content] of inode.content.entries()) {
      must(content.get(after) >= content.get(before), 'content never goes back');
      const changed = content.get(after) !== content.get(before);
      const cut = truncates && isZero(content.get(after));
      must(!changed || cut || (ordered & (1 << i)) === 0, 'only a truncate changes the pages of an ordered extent');
    }
    const promise = promises[inode.index]!;
    for (const field of promise.version) {
      must(changesOf(field.get(after)) >= changesOf(field.get(before)), 'promises never fall');
    }
    must(promise.size.changes(after) >= promise.size.changes(before), 'promised sizes are never older');
    must(inode.size.changes(after) >= inode.size.changes(before), 'i_size is never older');
    checkDroppedPages(inode, before, after);
    const holder = inode.lock.get(before);
    must(holder === 0 || [0, holder].includes(inode.lock.get(after)), 'nobody takes an inode lock that is held');
  }
  const { lastCommitted, generation } = machine.transaction;
  must(lastCommitted.get(after) >= lastCommitted.get(before), 'commits are not taken back');
  must(generation.get(after) >= generation.get(before), 'transaction ids grow');
}

/** What leaves the page cache dirty, and was never submitted, leaves its ordered extent as well. */
function checkDroppedPages({ pages, orderedExtents }: Inode, before: State, after: State): void {
  const unsubmitted = orderedExtents.covered.get(before) & pages.dirty.get(before);
  const dropped = unsubmitted & ~(pages.dirty.get(after) | pages.writeback.get(after));
  must((dropped & orderedExtents.covered.get(after)) === 0, 'an ordered extent ends before dropped pages');
}

function checkExtents({ extentMaps, orderedExtents, lock }: Inode, state: State): void {
  for (const set of [extentMaps, orderedExtents, extentMaps.collected]) {
    const [covered, starts] = [set.covered.get(state), set.starts.get(state)];
    must((starts & ~covered) === 0, 'an extent begins inside itself');
    for (const run of runs(covered)) must((starts & (1 << lowest(run))) !== 0, 'every covered segment has an extent');
  }
  const open = orderedExtents.starts.get(state);
  const { rangeLocked, logged, pending } = orderedExtents;
  const others = rangeLocked.get(state) & ~orderedExtents.covered.get(state);
  must(
    (others & ~orderedExtents.directInFlight.get(state)) === 0 || lock.get(state) !== 0,
    'ranges are locked by their completions, by direct writes, or under the inode lock',
  );
  must((logged.get(state) & ~open) === 0, 'only open ordered extents are marked as logged');
  must((pending.get(state) & ~logged.get(state)) === 0, 'only logged ordered extents are pending');
  for (const [start, position] of orderedExtents.position.entries()) {
    must(position.get(state) === 0 || (open & (1 << start)) !== 0, 'only open ordered extents complete');
  }
}

function checkExtentMaps(inode: Inode, state: State): void {
  const { extentMaps, orderedExtents, pages } = inode;
  const starts = extentMaps.starts.get(state);
  const masks = {
    modified: extentMaps.modified,
    pinned: extentMaps.pinned,
    hole: extentMaps.hole,
    prealloc: extentMaps.prealloc,
  };
  for (const [name, mask] of Object.entries(masks)) {
    must((mask.get(state) & ~starts) === 0, `a ${name} extent map is in the tree`);
  }
  must((extentMaps.hole.get(state) & extentMaps.prealloc.get(state)) === 0, 'an extent map has one kind');
  const logging = extentMaps.logging.get(state);
  must((logging & extentMaps.modified.get(state)) === 0, 'an extent map is on one list at most');
  forEachStart(extentMaps, state, logging, (start, extent) => {
    must(extentMaps.collected.from(state, start) === extent, 'a LOGGING extent map is on the private list of an fsync');
  });
  forEachStart(extentMaps, state, extentMaps.pinned.get(state), (start, extent) => {
    const allocating = ((pages.locked.get(state) | orderedExtents.directInFlight.get(state)) & extent) === extent;
    const ordered = (orderedExtents.starts.get(state) & (1 << start)) !== 0;
    const unbacked = (extentMaps.unbacked.get(state) & (1 << start)) !== 0;
    must(
      allocating || unbacked || (ordered && orderedExtents.from(state, start) === extent),
      'a pinned map has an ordered extent, unless its blocks were given back',
    );
  });
  for (const [start, generation] of extentMaps.generation.entries()) {
    const pinned = (extentMaps.pinned.get(state) & (1 << start)) !== 0;
    must(pinned === (generation.get(state) === extentMaps.inFlight), 'generation -1 exactly while pinned');
    must((starts & (1 << start)) !== 0 || generation.get(state) === 0, 'no generation without an extent map');
  }
  const held = inode.lock.get(state) !== 0;
  must(held || extentMaps.collected.covered.get(state) === 0, 'the private list is empty without the inode lock');
  must(held || inode.mmapLocked.get(state) === 0, 'i_mmap_lock is taken under the inode lock');
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

function checkImages({ tree, committing, committed, log, syncingLog, diskLog }: Inode, state: State): void {
  for (const image of [tree, committing, committed, log, syncingLog, diskLog]) {
    const [data, prealloc, hole] = [image.data.get(state), image.prealloc.get(state), image.hole.get(state)];
    must((data & prealloc) === 0 && ((data | prealloc) & hole) === 0, 'items do not overlap');
    if (image.present.get(state) === 0) continue;
    const described = image === tree || image === committing || image === committed ? ~0 : prealloc | hole;
    must(allZero(image, state, described & ~data), 'holes and prealloc extents read as zeros');
  }
}

/** Where items are kept, they say what the images say; and the log's items need nothing that a crash does not leave. */
function checkItems({ machine }: Program, inode: Inode, state: State): void {
  const { tree, committing, committed, diskLog, segments } = inode;
  if (!tree.items.tracked) return;
  const all = below(segments.count);
  for (const image of [tree, committing, committed]) {
    const items = image.items.beginningIn(state, all);
    const of = (type: string) =>
      items.filter((item) => item.type === type).reduce((mask, { extent }) => mask | extent, 0);
    must(of('regular') === image.data.get(state), 'the regular items are those of data');
    must(of('prealloc') === image.prealloc.get(state), 'the prealloc items are those of prealloc extents');
    must(machine.mount.holes || of('hole') === 0, 'there are no hole items with NO_HOLES');
  }
  if (machine.log.onDisk.get(state) === 0 || diskLog.present.get(state) === 0) return;
  for (let segment = 0; segment < diskLog.size.get(state); segment++) {
    const item = diskLog.items.at(state, segment);
    const has = (field: Field) => (field.get(state) & (1 << segment)) !== 0;
    if (item !== undefined) {
      const mask = { regular: diskLog.data, prealloc: diskLog.prealloc, hole: diskLog.hole }[item.type];
      must(has(mask), `a logged ${item.type} item is replayed as what it is`);
      continue;
    }
    const found = versionAfterCrash(inode, machine.log, state, segment);
    const old = committed.version[segment]!.get(state);
    must(found === old || (isZero(found) && isZero(old)), 'what the log has no item for is committed');
  }
}

/** An inline item is all of the first block. */
function checkInline({ tree, committing, committed, log, syncingLog, diskLog, segments }: Inode, state: State) {
  for (const image of [tree, committing, committed, log, syncingLog, diskLog]) {
    if (image.inline.get(state) === 0) continue;
    const block = segments.wholeBlocks(1);
    must((image.data.get(state) & block) === block, 'an inline item is all of a block');
  }
}

/** What is overwritten in place is written data, and no extent map waits for it. */
function checkOverwrites({ tree, orderedExtents, extentMaps, storage }: Inode, state: State) {
  const nocow = orderedExtents.nocow.get(state);
  must(nocow === 0 || !storage.cow, 'only files without COW are overwritten');
  must((nocow & ~orderedExtents.starts.get(state)) === 0, 'what is overwritten has an ordered extent');
  forEachStart(orderedExtents, state, nocow, (_, extent) => {
    must((extent & ~tree.data.get(state)) === 0, 'only written extents are overwritten');
    must((extentMaps.pinned.get(state) & extent) === 0, 'what is overwritten has no pinned extent map');
  });
}

function allZero(image: FileImage, state: State, segments: number): boolean {
  return image.version.every((version, i) => (segments & (1 << i)) === 0 || isZero(version.get(state)));
}

function checkVersions(inode: Inode, state: State): void {
  const { content, tree, committing, committed, log, syncingLog, diskLog, submitted } = inode;
  for (const [i, field] of content.entries()) {
    const newest = field.get(state);
    const inTree = tree.version[i]!.get(state);
    must(i < inode.size.get(state) || isZero(newest), 'behind i_size there are zeros');
    must(isNotNewer(inTree, newest), 'the tree is not newer than the page cache');
    must(isNotNewer(committed.version[i]!.get(state), inTree), 'the commit is not newer than the tree');
    must(isNotNewer(committing.version[i]!.get(state), inTree), 'the commit under way is not newer than the tree');
    must(isNotNewer(submitted[i]!.get(state), newest), 'what was submitted is not newer than the page cache');
    for (const image of [log, syncingLog, diskLog]) {
      must(isNotNewer(image.version[i]!.get(state), newest), 'the log is not newer than the page cache');
    }
  }
}

/** Of an earlier change; or of the same, and then the same. Zero is also what an image has that knows nothing. */
function isNotNewer(version: number, than: number): boolean {
  return version === 0 || version === than || changesOf(version) < changesOf(than);
}

function checkSizes({ fs, size, tree, committing, committed, log, syncingLog, diskLog }: Inode, state: State): void {
  // Without NO_HOLES disk_i_size ends at the first gap, and the gap may be filled later.
  const ofTree = fs.mount.holes ? isNotNewerOrShorter : isNotNewerSize;
  must(ofTree(tree.size, size, state), 'disk_i_size follows i_size');
  must(ofTree(committed.size, tree.size, state), 'the committed size follows disk_i_size');
  must(committing.present.get(state) === 0 || ofTree(committing.size, size, state), 'no size is newer than i_size');
  for (const image of [log, syncingLog, diskLog]) {
    // An inode of which only the existence is logged may have size 0 there.
    const known = image.present.get(state) === 1 && image.size.get(state) > 0;
    must(!known || isNotNewerSize(image.size, size, state), 'no size is newer than i_size');
  }
}

function isNotNewerSize(size: VersionedSize, than: VersionedSize, state: State): boolean {
  const [older, newer] = [size.changes(state), than.changes(state)];
  return older < newer || (older === newer && size.get(state) === than.get(state));
}

function isNotNewerOrShorter(size: VersionedSize, than: VersionedSize, state: State): boolean {
  return (
    isNotNewerSize(size, than, state) ||
    (size.changes(state) === than.changes(state) && size.get(state) < than.get(state))
  );
}

function checkTransaction({ machine, completions }: Program, state: State): void {
  const { transaction, inodes } = machine;
  const joins = completions.flat().filter((completion) => isInside(completion, state, 'btrfs_end_transaction'));
  const joined = inodes.map(({ index }) =>
    joins.reduce((set, { file, start }) => (file === index ? set | (1 << start) : set), 0),
  );
  must(
    inodes.every(({ index, orderedExtents }) => orderedExtents.joined.get(state) === joined[index]),
    'completions join and end',
  );
  const open = (transaction.isIdle(state) ? 0 : 1) + transaction.committing.get(state);
  const started = transaction.generation.get(state) - transaction.lastCommitted.get(state);
  // One that was aborted is neither under way nor committed.
  const inRow = transaction.isAborted(state) ? started >= open : started === open;
  must(inRow, 'transactions are in a row');
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
    if (!('file' in operation) || !saysWhereItIsLocked(thread, placed.operation, operation.kind)) continue;
    const locked = operation.kind === 'clone' ? [operation.file, operation.target] : [operation.file];
    const holds = locked.every((file) => machine.inodes[file]!.lock.get(state) === thread.task + 1);
    must(holds === placed.step.locks.startsWith('inode lock'), 'the inode lock is held where the steps say so');
  }

  /** Others take the lock within a step that needs it. */
  function saysWhereItIsLocked({ steps }: (typeof tasks)[number], operation: number, kind: OperationKind): boolean {
    // One that goes through the page cache begins as a write does.
    const isDirect = steps.some((placed) => placed.operation === operation && placed.step.name === 'submit_bio');
    if (kind === 'direct-write') return isDirect && !unlocksInode(machine);
    return ['fsync', 'fdatasync', 'truncate', 'punch', 'fallocate', 'zero-range', 'clone'].includes(kind);
  }
}

/** Until 5.11 a direct write within i_size gives the inode lock back; with dio_sem that is as if it did not. */
function unlocksInode({ rules, guards }: Program['machine']): boolean {
  return rules.directWriteUnlocksInode && guards['direct-write.dio-sem'] !== true;
}

function forEachStart(set: ExtentSet, state: State, starts: number, visit: (start: number, extent: number) => void) {
  for (let rest = starts; rest !== 0; rest &= rest - 1) visit(lowest(rest), set.from(state, lowest(rest)));
}

function must(holds: boolean, invariant: string): void {
  if (!holds) throw new Error(`broken invariant: ${invariant}`);
}
