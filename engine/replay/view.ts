import { sizeAfterCrash, versionAfterCrash } from '../durability/after-crash.ts';
import { brokenPromises, Losses } from '../durability/judge.ts';
import { namesAfterCrash } from '../durability/names-after-crash.ts';
import type { FileImage } from '../model/file-image.ts';
import type { Inode } from '../model/inode.ts';
import { firstTransaction, transactionStates } from '../model/transaction.ts';
import type { Program } from '../program.ts';
import { below, lowest } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import type {
  CrashFileView,
  CrashView,
  ExtentMapView,
  FileView,
  ItemView,
  OrderedExtentView,
  PageView,
  StateView,
} from '../trace.ts';
import type { VersionNames } from './versions.ts';
import { viewNames } from './view-names.ts';

/** A state in words and byte ranges, for people to look at. */
export function viewState(program: Program, state: State, names: VersionNames): StateView {
  const { transaction, log, inodes } = program.machine;
  const generation = transaction.generation.get(state);
  const lastCommitted = firstTransaction + transaction.lastCommitted.get(state);
  return {
    transaction: {
      generation: firstTransaction + generation,
      state: transactionStates[transaction.stateOfRunning.get(state)]!,
      committing: transaction.committing.get(state) === 1 ? lastCommitted + 1 : null,
      lastCommitted,
      ...(transaction.isAborted(state) ? { aborted: true } : {}),
    },
    log: {
      exists: log.exists.get(state) === 1,
      transid: log.transid.get(state),
      lastLogCommit: log.lastLogCommit.get(state),
      writers: log.writers.get(state),
      onDisk: log.onDisk.get(state) === 1,
    },
    files: inodes.map((inode) => viewFile(program, inode, state, names)),
    names: viewNames(program, state),
    crash: viewCrash(program, state, names),
  };
}

function viewFile(program: Program, inode: Inode, state: State, names: VersionNames): FileView {
  const { segments } = inode;
  const lock = inode.lock.get(state);
  const transid = (offset: number) => (offset === 0 ? 0 : firstTransaction + offset);
  return {
    name: inode.name,
    size: segments.cuts[inode.size.get(state)]!,
    diskSize: segments.cuts[inode.tree.size.get(state)]!,
    needsFullSync: inode.needsFullSync.get(state) === 1,
    lockedBy: lock === 0 ? null : program.scenario.tasks[lock - 1]!.name,
    loggedTrans: transid(inode.loggedTrans.get(state)),
    lastTrans: transid(inode.lastTrans.get(state)),
    pages: viewPages(inode, state, names),
    extentMaps: viewExtentMaps(inode, state),
    orderedExtents: viewOrderedExtents(program, inode, state),
    tree: viewItems(inode, inode.tree, state, names),
    committed: viewItems(inode, inode.committed, state, names),
    logged: viewItems(inode, inode.log, state, names),
    loggedOnDisk: viewItems(inode, inode.diskLog, state, names),
  };
}

function viewPages(inode: Inode, state: State, names: VersionNames): PageView[] {
  const { pages } = inode;
  const dirty = pages.dirty.get(state);
  const writeback = pages.writeback.get(state);
  const kinds: readonly [PageView['state'], number][] = [
    ['dirty', dirty],
    ['writeback', writeback],
    ['clean', pages.cached.get(state) & ~dirty & ~writeback],
  ];
  return kinds
    .flatMap(([kind, mask]) =>
      names
        .runs(inode.index, mask, (segment) => inode.content[segment]!.get(state))
        .map((run) => ({
          range: inode.segments.rangeOf(run.mask),
          state: kind,
          version: run.name,
        })),
    )
    .sort(byRange);
}

function viewExtentMaps(inode: Inode, state: State): ExtentMapView[] {
  const { extentMaps, segments } = inode;
  const views: ExtentMapView[] = [];
  for (let rest = extentMaps.starts.get(state); rest !== 0; rest &= rest - 1) {
    const start = lowest(rest);
    const has = (mask: number) => (mask & (1 << start)) !== 0;
    const generation = extentMaps.generation[start]!.get(state);
    views.push({
      range: segments.rangeOf(extentMaps.from(state, start)),
      kind: extentMaps.kind(state, start),
      generation: generation === extentMaps.inFlight ? null : firstTransaction + generation,
      modified: has(extentMaps.modified.get(state)),
      pinned: has(extentMaps.pinned.get(state)),
      logging: has(extentMaps.logging.get(state)),
      inTree: true,
    });
  }
  const { collected } = extentMaps;
  for (let rest = collected.starts.get(state) & ~extentMaps.logging.get(state); rest !== 0; rest &= rest - 1) {
    const start = lowest(rest);
    views.push({
      range: segments.rangeOf(collected.from(state, start)),
      kind: collected.kind(state, start),
      generation: null,
      modified: false,
      pinned: false,
      logging: true,
      inTree: false,
    });
  }
  return views.sort(byRange);
}

function viewOrderedExtents(program: Program, inode: Inode, state: State): OrderedExtentView[] {
  const { orderedExtents, pages, segments } = inode;
  const views: OrderedExtentView[] = [];
  for (let rest = orderedExtents.starts.get(state); rest !== 0; rest &= rest - 1) {
    const start = lowest(rest);
    const extent = orderedExtents.from(state, start);
    const thread = program.completions[inode.index]![start]!;
    views.push({
      range: segments.rangeOf(extent),
      unsubmitted: segments.rangesOf(extent & pages.dirty.get(state)),
      next: thread.steps[thread.next(state)]!.step.name,
    });
  }
  return views;
}

function viewItems(inode: Inode, image: FileImage, state: State, names: VersionNames): ItemView[] {
  const items = (mask: number, kind: ItemView['kind']) =>
    names
      .runs(inode.index, mask, (segment) => image.version[segment]!.get(state))
      .map((run) => ({
        range: inode.segments.rangeOf(run.mask),
        kind,
        version: run.name,
      }));
  const inside = below(image.size.get(state));
  return [
    ...items(image.data.get(state), 'data'),
    ...items(image.prealloc.get(state), 'prealloc'),
    ...items(image.hole.get(state) & inside, 'hole'),
  ].sort(byRange);
}

function viewCrash(program: Program, state: State, names: VersionNames): CrashView {
  const { machine, promises, syncs } = program;
  return {
    files: machine.inodes.map((inode) => viewCrashFile(program, inode, state, names)),
    violations: machine.inodes.flatMap((inode) => {
      const promise = promises[inode.index]!;
      const losses = new Losses();
      losses.judge(inode, promise, machine, state);
      return brokenPromises(inode, promise, losses, state).map(({ kind, file, segments, promisedBy, sizeOnly }) => ({
        kind,
        file,
        range: inode.segments.rangeOf(segments),
        promisedBy: syncs[promisedBy - 1] ?? null,
        sizeOnly,
        transaction: firstTransaction + machine.transaction.generation.get(state),
      }));
    }),
  };
}

/** Content per run of blocks that share what was found, what was promised and how they compare. */
function viewCrashFile(program: Program, inode: Inode, state: State, names: VersionNames): CrashFileView {
  const { log } = program.machine;
  const promise = program.promises[inode.index]!;
  const losses = new Losses();
  losses.judge(inode, promise, program.machine, state);
  const { names: namespace } = program.machine;
  const isGone = namespace !== undefined && !namesAfterCrash(program.machine, namespace, state).includes(inode.index);
  const size = losses.missing || isGone ? 0 : sizeAfterCrash(inode, log, state).get(state);
  const shown = below(Math.max(size, promise.size.get(state), losses.missing ? 1 : 0));
  const content = names
    .runs(inode.index, shown, (segment) => (segment < size ? versionAfterCrash(inode, log, state, segment) : -1))
    .flatMap((found) =>
      names
        .runs(inode.index, found.mask, (segment) => promise.version[segment]!.get(state))
        .flatMap((promised) => [
          { mask: promised.mask & losses.lost, found, promised, verdict: 'lost' as const },
          { mask: promised.mask & losses.corrupt, found, promised, verdict: 'corrupt' as const },
          { mask: promised.mask & losses.resurrected, found, promised, verdict: 'resurrected' as const },
          { mask: promised.mask & ~losses.all, found, promised, verdict: 'kept' as const },
        ]),
    )
    .flatMap(({ mask, found, promised, verdict }) =>
      inode.segments.rangesOf(mask).map((range) => ({ range, found: found.name, promised: promised.name, verdict })),
    )
    .sort(byRange);
  return { name: inode.name, size: inode.segments.cuts[size]!, content };
}

function byRange(a: { range: { start: number } }, b: { range: { start: number } }): number {
  return a.range.start - b.range.start;
}
