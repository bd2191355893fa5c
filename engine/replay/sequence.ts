import {
  dataAfterCrash,
  foreignAfterCrash,
  imageAfterCrash,
  replayed,
  sizeAfterCrash,
  versionAfterCrash,
} from '../durability/after-crash.ts';
import { namesAfterCrash } from '../durability/names-after-crash.ts';
import type { ExtentItemType } from '../model/extent-items.ts';
import type { Inode } from '../model/inode.ts';
import type { Namespace } from '../model/namespace.ts';
import { compile, type Program } from '../program.ts';
import type { ByteRange, Scenario } from '../scenario.ts';
import { below, lowest } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import { Runner } from './runner.ts';
import { VersionNames } from './versions.ts';

/** What a power failure and the next mount would leave. */
export interface CrashOutcome {
  /** Transactions committed since the start. */
  readonly commits: number;
  /** The super block has a log. */
  readonly log: boolean;
  /** Per file. */
  readonly files: readonly FileOutcome[];
  /** Per name of the namespace, the node that it links to, -1 for none; undefined where names do not change. */
  readonly names: readonly number[] | undefined;
  /** What the log on disk says of names; undefined where names do not change. */
  readonly loggedNames: LoggedNamesOutcome | undefined;
}

export interface LoggedNamesOutcome {
  /** Per name, the node of its INODE_REF item and of its DIR_INDEX item; -1 for none. */
  readonly references: readonly number[];
  readonly entries: readonly number[];
  /** Node numbers of the directories that have an inode item. */
  readonly directories: readonly number[];
}

export interface FileOutcome {
  /** What the log on disk has of the file. */
  readonly logged: LoggedFile | undefined;
  readonly size: number;
  /** Segments with data, in order. */
  readonly data: readonly DataOutcome[];
}

/** The items of one file in a log tree. */
export interface LoggedFile {
  /** Size in the inode item. */
  readonly size: number;
  /** There are INODE_REF items, too. */
  readonly names: boolean;
  /** File-extent items, in order. */
  readonly extents: readonly LoggedExtent[];
}

export interface LoggedExtent {
  readonly range: ByteRange;
  readonly type: ExtentItemType;
}

/** Data and the operation that wrote it: its index in the task, or `initial`. */
export interface DataOutcome {
  readonly range: ByteRange;
  readonly writer: number | 'initial';
}

/**
 * Runs the only task of a scenario by itself and takes a crash after each of its operations, when
 * everything in flight has come to rest: the completions that can run have run. This is what a recording
 * of a real kernel does. Throws when the task cannot go on.
 */
export function crashOutcomes(scenario: Scenario): CrashOutcome[] {
  const program = compile(scenario, {}, { tracksItems: true });
  const runner = new Runner(program);
  const names = new VersionNames(program);
  const thread = program.tasks[0]!;
  return scenario.tasks[0]!.operations.map((operation, index) => {
    while (thread.steps[thread.next(runner.state)]?.operation === index) {
      if (runner.canStep(thread)) {
        const before = runner.state.slice();
        const { actor } = runner.step(thread);
        names.note(before, runner.state, actor);
      } else if (!rest(runner)) throw new Error(`operation ${index} (${operation.kind}) waits for ever`);
    }
    rest(runner);
    return outcome(program, runner, names);
  });
}

/** Runs the completions as far as they go. False when none of them could do a step. */
function rest(runner: Runner): boolean {
  let moved = false;
  for (;;) {
    const thread = runner.openCompletions().find((candidate) => runner.canStep(candidate));
    if (thread === undefined) return moved;
    runner.step(thread);
    moved = true;
  }
}

function outcome({ machine }: Program, { state }: Runner, names: VersionNames): CrashOutcome {
  const { inodes, log, transaction, names: namespace } = machine;
  return {
    commits: transaction.lastCommitted.get(state),
    log: log.onDisk.get(state) === 1,
    names: namespace && [...namesAfterCrash(machine, namespace, state)],
    loggedNames: namespace && loggedNames(namespace, state),
    files: inodes.map((inode) => {
      const size = sizeAfterCrash(inode, log, state).get(state);
      const data: DataOutcome[] = [];
      const foreign = foreignAfterCrash(inode, replayed(inode, log, state), state);
      for (let left = dataAfterCrash(inode, log, state) & below(size); left !== 0; left &= left - 1) {
        const segment = lowest(left);
        const version = versionAfterCrash(inode, log, state, segment);
        const origin =
          (foreign & (1 << segment)) === 0
            ? names.origin(inode.index, segment, version)
            : overwriter(inodes, state, imageAfterCrash(inode, log, state, segment).blocks.get(state, segment), names);
        data.push({ range: inode.segments.rangeOf(1 << segment), writer: origin?.operation ?? 'initial' });
      }
      return { size: inode.segments.cuts[size]!, data, logged: loggedFile(inode, state) };
    }),
  };
}

/** Who has written what a block holds now that another file has overwritten in place. */
function overwriter(inodes: readonly Inode[], state: State, block: number, names: VersionNames) {
  for (const { index, tree, committed, diskLog } of inodes) {
    for (const image of [tree, committed, diskLog]) {
      const segment = image.blocks.fields.findIndex((field) => field.get(state) === block);
      const isOwn = segment >= 0 && (image.foreign.get(state) & (1 << segment)) === 0;
      if (isOwn) return names.origin(index, segment, image.version[segment]!.get(state));
    }
  }
  return undefined;
}

function loggedNames({ diskLog, directoryOf, directories, root }: Namespace, state: State): LoggedNamesOutcome {
  return {
    references: directoryOf.map((_, name) => diskLog.referenceAt(state, name)),
    entries: directoryOf.map((_, name) => diskLog.entryAt(state, name)),
    directories: directories.flatMap((_, i) => ((diskLog.directories.get(state) & (1 << i)) === 0 ? [] : [root + i])),
  };
}

function loggedFile({ diskLog, segments }: Inode, state: State): LoggedFile | undefined {
  if (diskLog.present.get(state) === 0) return undefined;
  return {
    size: segments.cuts[diskLog.size.get(state)]!,
    names: diskLog.names.get(state) === 1,
    extents: diskLog.items
      .beginningIn(state, below(segments.count))
      .map(({ extent, type }) => ({ range: segments.rangeOf(extent), type })),
  };
}
