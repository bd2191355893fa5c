import { formatOffset, formatRange } from '../format.ts';
import type { ExtentMapView, FileView, ItemView, NameView, PageView, StateView } from '../trace.ts';

/** What is different between two states, one short line each, in the kernel's terms. */
export function describeChanges(before: StateView, after: StateView): string[] {
  return [
    ...describeTransaction(before, after),
    ...after.files.flatMap((file, i) => describeFile(before.files[i]!, file)),
    ...after.names.flatMap((name, i) => describeName(before.names[i]!, name)),
    ...describeLog(before, after),
  ];
}

function describeTransaction({ transaction: before }: StateView, { transaction: after }: StateView): string[] {
  const lines: string[] = [];
  if (after.generation !== before.generation) lines.push(`transaction ${after.generation} starts`);
  else if (after.state !== before.state) {
    if (after.state === 'commit_start') lines.push(`transaction ${after.generation} begins to commit`);
    if (after.state === 'commit_doing') lines.push(`transaction ${after.generation} lets nobody join any more`);
    if (after.state === 'none' && !after.aborted)
      lines.push(`transaction ${after.generation}: the trees are frozen as they are`);
  }
  if (after.lastCommitted !== before.lastCommitted) lines.push(`transaction ${after.lastCommitted} is committed`);
  if (after.aborted && !before.aborted) lines.push('the transaction is aborted: the file system is read-only');
  return lines;
}

function describeName(before: NameView, after: NameView): string[] {
  const { name, linksTo } = after;
  const lines: string[] = [];
  if (linksTo !== before.linksTo) lines.push(linksTo === null ? `name ${name} removed` : `name ${name} -> ${linksTo}`);
  for (const fact of after.logged) if (!before.logged.includes(fact)) lines.push(`log tree: ${name}: ${fact}`);
  for (const fact of before.logged) if (!after.logged.includes(fact)) lines.push(`log tree: ${name}: no ${fact}`);
  return lines;
}

function describeLog({ log: before }: StateView, { log: after }: StateView): string[] {
  const lines: string[] = [];
  if (after.exists && !before.exists) lines.push('a log tree is created, log transaction 0');
  if (!after.exists && before.exists) lines.push('the log tree is freed');
  if (after.exists && before.exists && after.transid !== before.transid) {
    lines.push(`log transaction ${before.transid} is written, ${after.transid} begins`);
  }
  if (after.onDisk && !before.onDisk) lines.push('the super block points to the log');
  if (!after.onDisk && before.onDisk) lines.push('the super block has no log any more');
  return lines;
}

function describeFile(before: FileView, after: FileView): string[] {
  const { name } = after;
  const lines: string[] = [];
  if (after.lockedBy !== before.lockedBy) {
    lines.push(after.lockedBy === null ? `${name}: inode lock given back` : `${name}: inode lock taken`);
  }
  if (after.size !== before.size)
    lines.push(`${name}: i_size ${formatOffset(before.size)} -> ${formatOffset(after.size)}`);
  if (after.diskSize !== before.diskSize) {
    lines.push(`${name}: disk_i_size ${formatOffset(before.diskSize)} -> ${formatOffset(after.diskSize)}`);
  }
  if (after.needsFullSync !== before.needsFullSync) {
    lines.push(`${name}: full-sync flag ${after.needsFullSync ? 'set' : 'cleared'}`);
  }
  lines.push(...describePages(before, after), ...describeExtentMaps(before, after));
  for (const { range } of added(before.orderedExtents, after.orderedExtents)) {
    lines.push(`ordered extent ${name} ${formatRange(range)} created`);
  }
  for (const { range } of added(after.orderedExtents, before.orderedExtents)) {
    lines.push(`ordered extent ${name} ${formatRange(range)} complete`);
  }
  if (after.loggedTrans !== before.loggedTrans) lines.push(`${name}: logged in transaction ${after.loggedTrans}`);
  if (after.lastTrans !== before.lastTrans) lines.push(`${name}: changed in transaction ${after.lastTrans}`);
  lines.push(
    ...describeItems('subvolume tree', before.tree, after.tree, name),
    ...describeItems('log tree', before.logged, after.logged, name),
    ...describeItems('log on disk', before.loggedOnDisk, after.loggedOnDisk, name),
    ...describeItems('committed tree', before.committed, after.committed, name),
  );
  return lines;
}

const pageWords = { dirty: 'dirty', writeback: 'under writeback', clean: 'clean' } as const;

function describePages({ pages: before }: FileView, { pages: after, name }: FileView): string[] {
  const key = ({ range, state, version }: PageView) => `${formatRange(range)} ${state} ${version}`;
  const known = new Set(before.map(key));
  const lines = after
    .filter((page) => !known.has(key(page)))
    .map(({ range, state, version }) => `pages ${name} ${formatRange(range)} ${pageWords[state]} (${version})`);
  const covered = (pages: readonly PageView[]) => pages.reduce((sum, { range }) => sum + range.end - range.start, 0);
  if (lines.length === 0 && covered(after) < covered(before)) {
    lines.push(...added(after, before).map(({ range }) => `pages ${name} ${formatRange(range)} released`));
  }
  return lines;
}

function describeExtentMaps({ extentMaps: before, name }: FileView, { extentMaps: after }: FileView): string[] {
  const lines: string[] = [];
  for (const map of after) {
    const old = before.find((other) => formatRange(other.range) === formatRange(map.range));
    const what = `${map.kind === 'hole' ? 'hole ' : ''}extent map ${name} ${formatRange(map.range)}`;
    if (old === undefined) lines.push(`${what} added${flagsOf(map)}`);
    else lines.push(...flagChanges(what, old, map));
  }
  for (const map of before) {
    if (after.some((other) => formatRange(other.range) === formatRange(map.range))) continue;
    const from = map.modified ? 'the tree and the list of modified extents' : 'the tree';
    lines.push(
      map.inTree
        ? `extent map ${name} ${formatRange(map.range)} dropped from ${from}`
        : `extent map ${name} ${formatRange(map.range)} freed`,
    );
  }
  return lines;
}

function flagsOf({ modified, pinned }: ExtentMapView): string {
  return `${pinned ? ', pinned' : ''}${modified ? ', on the list of modified extents' : ''}`;
}

function flagChanges(what: string, old: ExtentMapView, map: ExtentMapView): string[] {
  const lines: string[] = [];
  if (old.pinned && !map.pinned) lines.push(`${what} unpinned, generation ${map.generation ?? ''}`);
  if (!old.modified && map.modified) lines.push(`${what} added to the list of modified extents`);
  if (map.logging && !old.logging) lines.push(`${what} collected from the list of modified extents`);
  else if (old.modified && !map.modified) lines.push(`${what} taken off the list of modified extents`);
  if (old.logging && !map.logging) lines.push(`${what} no longer LOGGING`);
  if (old.inTree && !map.inTree) lines.push(`${what} dropped from the tree, still held by the fsync`);
  return lines;
}

function describeItems(tree: string, before: readonly ItemView[], after: readonly ItemView[], name: string): string[] {
  const key = ({ range, kind, version }: ItemView) => `${formatRange(range)} ${kind} ${version}`;
  const known = new Set(before.map(key));
  const fresh = after.filter((item) => !known.has(key(item)));
  const lines = fresh.map(({ range, version }) => `${tree}: ${name} ${formatRange(range)} = ${version}`);
  if (before.length > 0 && after.length === 0) lines.push(`${tree}: items of ${name} dropped`);
  return lines;
}

/** Entries of `after` whose range `before` does not have. */
function added<T extends { range: { start: number; end: number } }>(before: readonly T[], after: readonly T[]): T[] {
  const known = new Set(before.map(({ range }) => formatRange(range)));
  return after.filter(({ range }) => !known.has(formatRange(range)));
}
