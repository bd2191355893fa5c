import { namesAfterCrash } from '../../engine/durability/names-after-crash.ts';
import type { FileImage } from '../../engine/model/file-image.ts';
import type { Inode } from '../../engine/model/inode.ts';
import type { Program } from '../../engine/program.ts';
import type { State } from '../../engine/state/layout.ts';
import type { TaskThread, Thread } from '../../engine/thread.ts';

/** What all interleavings of a program do, found without any of the search's machinery. */
interface Enumeration {
  readonly total: number;
  readonly losing: number;
  /** `lost F 0..4096 by 0.1`, sorted. */
  readonly violations: readonly string[];
  /** Some interleaving ends with a task that waits for ever. */
  readonly deadlock: boolean;
}

/** Per file: what was promised, each with the sync that promised it (`task.operation`, or `-`). */
interface Promises {
  readonly versions: readonly { readonly version: Version; readonly by: string }[];
  readonly size: PromisedSize;
  /** Of syncs of a range: a larger size will do. */
  readonly atLeast: readonly PromisedSize[];
  /** The file must have one of these names; undefined while nobody has promised that it exists. */
  readonly names: { readonly any: ReadonlySet<number>; readonly by: string } | undefined;
}

interface PromisedSize {
  readonly index: number;
  readonly changes: number;
  readonly by: string;
}

/** How often a block has changed, and whether it holds zeros now. */
interface Version {
  readonly changes: number;
  readonly zero: boolean;
}

/** Contents and size of all files when a sync was called. */
type Snapshot = readonly {
  readonly contents: readonly Version[];
  readonly size: number;
  readonly sizeChanges: number;
  readonly names: ReadonlySet<number>;
}[];

/**
 * Takes every interleaving, one after the other, depth first, without remembering states. It keeps
 * the books on promises itself and has its own idea of a crash; only the steps are the engine's.
 * Undefined when there are more interleavings than `limit`.
 */
export function enumerate(program: Program, limit: number): Enumeration | undefined {
  const { machine } = program;
  const { inodes, log, names: namespace } = machine;
  const threads: readonly Thread[] = [...program.tasks, ...program.completions.flat()];
  const violations = new Set<string>();
  let total = 0;
  let losing = 0;
  let deadlock = false;
  const initial = inodes.map(
    ({ index, content, size }): Promises => ({
      names: promisedNames(undefined, namesOf(program.initial, index), '-'),
      versions: content.map((field) => ({ version: versionOf(field.get(program.initial)), by: '-' })),
      size: { index: size.get(program.initial), changes: 0, by: '-' },
      atLeast: [],
    }),
  );
  visit(program.initial, initial, new Map(), false);
  if (total > limit) return undefined;
  return { total, losing, violations: [...violations].sort(), deadlock };

  function visit(state: State, promises: readonly Promises[], calls: ReadonlyMap<string, Snapshot>, lost: boolean) {
    const found = inodes.flatMap((_, file) => judge(state, file, promises[file]!));
    for (const violation of found) violations.add(violation);
    const losesHere = lost || found.length > 0;
    let moved = false;
    for (const thread of threads) {
      if (total > limit) return;
      if (!isAlive(thread, state)) continue;
      for (let position = thread.next(state); position >= 0; position = thread.without(state, position)) {
        if (position >= thread.steps.length || !thread.isReady(state, position)) continue;
        moved = true;
        take(thread, position);
      }
    }
    if (moved) return;
    total++;
    if (losesHere) losing++;
    if (program.tasks.some((task) => task.next(state) < task.steps.length)) deadlock = true;

    function take(thread: Thread, position: number): void {
      const next = state.slice();
      thread.take(next, position);
      const gained = inodes.map(
        ({ index }) => new Set([...namesOf(next, index)].filter((name) => !namesOf(state, index).has(name))),
      );
      const [promised, called] = keepBooks(
        thread,
        position,
        state,
        next,
        promises.map((promise, file) => ({ ...promise, names: withNames(promise.names, gained[file]!) })),
        withGained(calls, gained),
      );
      visit(next, promised, called, losesHere);
    }
  }

  /** A completion exists while its ordered extent does. */
  function isAlive(thread: Thread, state: State): boolean {
    return program.completions.every((completions, file) =>
      completions.every(
        (completion) =>
          completion !== thread || (inodes[file]!.orderedExtents.starts.get(state) & (1 << completion.start)) !== 0,
      ),
    );
  }

  /** Takes note of the first step of a sync, and of its end. */
  function keepBooks(
    thread: Thread,
    position: number,
    before: State,
    after: State,
    promises: readonly Promises[],
    calls: ReadonlyMap<string, Snapshot>,
  ): [readonly Promises[], ReadonlyMap<string, Snapshot>] {
    const task = program.tasks.indexOf(thread as TaskThread);
    if (task < 0) return [promises, calls];
    const placed = thread.steps[position]!;
    const operation = program.scenario.tasks[task]!.operations[placed.operation]!;
    if (operation.kind !== 'fsync' && operation.kind !== 'fdatasync' && operation.kind !== 'sync')
      return [promises, calls];
    const by = `${task}.${placed.operation}`;
    const called = calls.has(by) ? calls : new Map([...calls, [by, snapshot(before)]]);
    const ended = (thread.steps[thread.next(after)]?.operation ?? -1) !== placed.operation;
    if (!ended || placed.step.says?.(before)?.startsWith('returns -E')) return [promises, called];
    const raised = promises.map((old, file) => {
      const call = called.get(by)![file]!;
      const promise = { ...old, names: promisedNames(old.names, call.names, by) };
      if (namespace !== undefined && call.names.size === 0) return old;
      if ('directory' in operation) {
        const isMeant = [...call.names].some((name) => namespace!.directoryOf[name] === operation.directory);
        return isMeant ? promise : old;
      }
      if (!('file' in operation)) return raise(promise, call, by);
      if (operation.file !== file) return old;
      if (operation.range === 'all') return raise(promise, call, by);
      const { start, end } = operation.range;
      const cuts = inodes[file]!.segments.cuts;
      return raiseRange(promise, call, by, cuts.indexOf(start), cuts.indexOf(end));
    });
    return [raised, called];
  }

  function namesOf(state: State, file: number): ReadonlySet<number> {
    const all = namespace === undefined ? [] : namespace.directoryOf.map((_, name) => name);
    return new Set(all.filter((name) => namespace!.at(state, name) === file));
  }

  function snapshot(state: State): Snapshot {
    return inodes.map((inode) => ({
      names: namesOf(state, inode.index),
      ...promisableSize(inode, state),
      // What a block holds whose write has failed is not defined.
      contents: inode.content.map((_, i) =>
        (inode.writeErrors.blocks.get(state) & (1 << i)) === 0
          ? versionOf(inode.returnedVersion(state, i))
          : { changes: 0, zero: false },
      ),
    }));
  }

  /** The size, unless the block that it ends in could not be written. */
  function promisableSize(inode: Inode, state: State): { readonly size: number; readonly sizeChanges: number } {
    const size = inode.returnedSize(state);
    const end = size.get(state);
    return inode.isSizeUncertain(state) ? { size: 0, sizeChanges: 0 } : { size: end, sizeChanges: size.changes(state) };
  }

  /** The violations of one file if the power fails now. */
  function judge(state: State, file: number, { versions, size, atLeast, names }: Promises): string[] {
    if (namespace !== undefined) {
      const found = [...namesAfterCrash(machine, namespace, state)].flatMap((node, name) =>
        node === file ? [name] : [],
      );
      const isThere = names === undefined || found.some((name) => names.any.has(name));
      if (!isThere && namesOf(state, file).size > 0) {
        const end = inodes[file]!.segments.cuts[Math.max(size.index, 1)];
        return [`lost ${inodes[file]!.name} 0..${end} by ${names.by}`];
      }
      if (found.length === 0) return [];
    }
    const { segments, committed, content, diskLog, name } = inodes[file]!;
    const replay = log.onDisk.get(state) === 1 && diskLog.present.get(state) === 1;
    const isOld = committed.present.get(state) === 1;
    const keepsSize = isOld && diskLog.existsOnly.get(state) === 1 && diskLog.size.get(state) === 0;
    const found = (replay && !keepsSize ? diskLog : committed).size;
    const end = found.get(state);
    const changes = found.changes(state);
    const sizeIsOld = changes < size.changes || (changes === size.changes && end < size.index);
    const itemsInLog = diskLog.data.get(state) | diskLog.prealloc.get(state) | diskLog.hole.get(state);
    const losses = versions.map(({ version, by }, i) => {
      const inLog = replay && (itemsInLog & (1 << i)) !== 0;
      if (i < end && isUnreadable(inLog ? diskLog : committed, state, i)) return `corrupt by ${by}`;
      const there = versionOf((inLog ? diskLog : committed).version[i]!.get(state));
      // The end may have been cut off since, which leaves no trace in the last block.
      const cutOff = changes > size.changes && versionOf(content[i]!.get(state)).changes > version.changes;
      const kept = i < end ? isKept(version, there) : cutOff || isKeptBehindEnd(version, there);
      const broken = version.changes > 0 && !kept;
      const tooLong = sizeIsOld && i >= size.index && i < end;
      const tooShort = sizeIsOld && i < size.index && i >= end;
      const behindRange = atLeast.findLast(
        (promised) => found.changes(state) < promised.changes && i >= end && i < promised.index,
      );
      if (!broken && !tooLong && !tooShort) return behindRange && `lost by ${behindRange.by}`;
      const kind = tooLong || (broken && i < end && version.zero) ? 'resurrected' : 'lost';
      return `${kind} by ${broken ? by : size.by}`;
    });
    return losses.flatMap((loss, i) => {
      if (loss === undefined || loss === losses[i - 1]) return [];
      let stop = i;
      while (losses[stop] === loss) stop++;
      return [loss.replace(' ', ` ${name} ${segments.cuts[i]}..${segments.cuts[stop]} `)];
    });
  }
}

/** A set of names that is not empty grows with the names that the file gets. */
function withNames(names: Promises['names'], gained: ReadonlySet<number>): Promises['names'] {
  return names && { any: new Set([...names.any, ...gained]), by: names.by };
}

function withGained(calls: ReadonlyMap<string, Snapshot>, gained: readonly ReadonlySet<number>[]) {
  return new Map(
    [...calls].map(([by, files]): [string, Snapshot] => [
      by,
      files.map((file, i) => ({
        ...file,
        names: file.names.size === 0 ? file.names : new Set([...file.names, ...gained[i]!]),
      })),
    ]),
  );
}

/** The names that both promises allow. */
function promisedNames(old: Promises['names'], names: ReadonlySet<number>, by: string): Promises['names'] {
  if (names.size === 0) return old;
  const any = old === undefined ? names : new Set([...old.any].filter((name) => names.has(name)));
  if (any.size === 0) return undefined;
  return old !== undefined && any.size === old.any.size ? old : { any, by };
}

function versionOf(number: number): Version {
  return { changes: Math.floor(number / 2), zero: number % 2 === 1 };
}

/** The item points to blocks that were not written, or that lack checksums. */
function isUnreadable({ unwritten, withoutChecksums, foreign }: FileImage, state: State, segment: number): boolean {
  return ((unwritten.get(state) | withoutChecksums.get(state) | foreign.get(state)) & (1 << segment)) !== 0;
}

/** At least as new as promised, or the same zeros. */
function isKept(promised: Version, there: Version): boolean {
  return there.changes >= promised.changes || (promised.zero && there.zero);
}

/** Behind the end nothing is read, which is as good as zeros; data may be gone only with a later change to zeros. */
function isKeptBehindEnd(promised: Version, there: Version): boolean {
  return promised.zero || (there.zero && there.changes >= promised.changes);
}

function raise({ versions, size, atLeast, names }: Promises, call: Snapshot[number], by: string): Promises {
  return {
    names,
    atLeast,
    versions: versions.map((old, i) => {
      const version = call.contents[i]!;
      return version.changes > old.version.changes ? { version, by } : old;
    }),
    size: call.sizeChanges > size.changes ? { index: call.size, changes: call.sizeChanges, by } : size,
  };
}

/** A sync of a range: its blocks, and a size that reaches to its end if the file was that long. */
function raiseRange(promises: Promises, call: Snapshot[number], by: string, first: number, behind: number): Promises {
  const { versions } = raise(promises, call, by);
  const index = Math.min(call.size, behind);
  return {
    names: promises.names,
    versions: promises.versions.map((old, i) => (i >= first && i < behind ? versions[i]! : old)),
    size: promises.size,
    atLeast: [...promises.atLeast, { index, changes: call.sizeChanges, by }],
  };
}
