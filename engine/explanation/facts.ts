import { formatOffset, formatRange } from '../format.ts';
import type { FileImage } from '../model/file-image.ts';
import type { Inode } from '../model/inode.ts';
import { firstTransaction, transactionStates } from '../model/transaction.ts';
import type { Program } from '../program.ts';
import { lowest } from '../state/bits.ts';
import type { AccessRecord, State } from '../state/layout.ts';

/** Something in a state that kernel developers have a word for. */
export interface Fact {
  /** What a step looks at that reads it: `the full-sync flag of I`. */
  readonly name: string;
  /** Index of the file that it is about, if it is about one. */
  readonly file: number | undefined;
  /** Its bits in a state, word by word. */
  readonly bits: Int32Array;
  /** What a step did that changed it, in the past tense, with the step as the subject; empty where nothing is to be told. */
  readonly changes: (before: State, after: State) => readonly string[];
}

/** The facts of a program's states; of two that one step changed, the one that says more comes first. */
export function factsOf(program: Program, record: AccessRecord): Fact[] {
  const { log, transaction, inodes } = program.machine;
  const fact = (name: string, read: (state: State) => void, changes: Fact['changes']): Fact => {
    record.clear();
    read(program.initial);
    return { name, file: undefined, bits: record.reads.slice(), changes };
  };
  const number = (name: string, get: (state: State) => number, tell: (value: number) => string): Fact =>
    fact(name, get, (before, after) => (get(before) === get(after) ? [] : [tell(get(after))]));
  const id = (offset: number) =>
    offset === 0 ? 'one before the scenario' : `transaction ${firstTransaction + offset}`;
  return [
    ...inodes.flatMap((inode) =>
      [...memoryFacts(inode), ...treeFacts(inode)].map((each) => ({ ...each, file: inode.index })),
    ),
    number(
      'last_trans_committed',
      (state) => transaction.lastCommitted.get(state),
      (value) => `completed transaction ${firstTransaction + value}`,
    ),
    number(
      "the root's last_log_commit",
      (state) => log.lastLogCommit.get(state),
      (value) => `moved the root's last_log_commit to ${value}`,
    ),
    number(
      'the log in the super block',
      (state) => log.onDisk.get(state),
      (value) => (value === 1 ? 'wrote a super block that points to the log' : 'wrote a super block without a log'),
    ),
    number(
      'the running transaction',
      (state) => transaction.generation.get(state),
      (value) => `started ${id(value)}`,
    ),
    fact(
      'the state of the running transaction',
      (state) => transaction.stateOfRunning(state),
      (before, after) => {
        const [old, fresh] = [transaction.stateOfRunning(before), transaction.stateOfRunning(after)];
        const id = firstTransaction + transaction.generation.get(after);
        return old !== fresh && transactionStates[fresh] === 'commit_start'
          ? [`began to commit transaction ${id}`]
          : [];
      },
    ),
    ...(transaction.mayAbort
      ? [
          fact(
            'the error state of the file system',
            (state) => transaction.isAborted(state),
            (before, after) =>
              transaction.isAborted(after) && !transaction.isAborted(before) ? ['aborted the transaction'] : [],
          ),
        ]
      : []),
  ];

  function memoryFacts(inode: Inode): Fact[] {
    const { name, extentMaps, orderedExtents, pages, writeErrors, segments } = inode;
    const ranges = (mask: number) => segments.rangesOf(mask).map((range) => `${name} ${formatRange(range)}`);
    const extents = (starts: number, from: (start: number) => number) =>
      bitsOf(starts).flatMap((start) => ranges(from(start)));
    return [
      fact(
        `the list of modified extents of ${name}`,
        (state) => extentMaps.modified.get(state),
        (before, after) => {
          const [old, fresh] = [extentMaps.modified.get(before), extentMaps.modified.get(after)];
          const gone = old & ~fresh;
          const isIn = (state: State, start: number) => (extentMaps.starts.get(state) & (1 << start)) !== 0;
          return [
            ...bitsOf(gone).flatMap((start) =>
              ranges(extentMaps.from(before, start)).map((range) => {
                if (!isIn(after, start))
                  return `dropped the extent map of ${range}, and with it its entry in the list of modified extents`;
                const collected = (extentMaps.logging.get(after) & (1 << start)) !== 0;
                return collected
                  ? `collected the extent map of ${range}`
                  : `took the extent map of ${range} off the list of modified extents`;
              }),
            ),
            ...extents(fresh & ~old, (start) => extentMaps.from(after, start)).map(
              (range) => `put the extent map of ${range} on the list of modified extents`,
            ),
          ];
        },
      ),
      number(
        `the full-sync flag of ${name}`,
        (state) => inode.needsFullSync.get(state),
        (value) => `${value === 1 ? 'set' : 'cleared'} the full-sync flag of ${name}`,
      ),
      fact(
        `the ordered extents of ${name}`,
        (state) => orderedExtents.starts.get(state) | orderedExtents.covered.get(state),
        (before, after) => {
          const [old, fresh] = [orderedExtents.starts.get(before), orderedExtents.starts.get(after)];
          return [
            ...extents(old & ~fresh, (start) => orderedExtents.from(before, start)).map(
              (range) => `ended the ordered extent of ${range}`,
            ),
            ...extents(fresh & ~old, (start) => orderedExtents.from(after, start)).map(
              (range) => `created the ordered extent of ${range}`,
            ),
          ];
        },
      ),
      number(
        `last_trans of ${name}`,
        (state) => inode.lastTrans.get(state),
        (value) => `set last_trans of ${name} to ${firstTransaction + value}`,
      ),
      number(
        `last_sub_trans of ${name}`,
        (state) => inode.lastSubTrans.get(state),
        (value) => `set last_sub_trans of ${name} to ${value}`,
      ),
      number(
        `last_log_commit of ${name}`,
        (state) => inode.getLastLogCommit(state),
        (value) => `set last_log_commit of ${name} to ${value}`,
      ),
      number(
        `logged_trans of ${name}`,
        (state) => inode.loggedTrans.get(state),
        (value) => `noted ${name} as logged in transaction ${firstTransaction + value}`,
      ),
      fact(
        `the extent maps of ${name}`,
        (state) => extentMaps.starts.get(state) | extentMaps.covered.get(state) | extentMaps.pinned.get(state),
        (before, after) => {
          const [old, fresh] = [extentMaps.starts.get(before), extentMaps.starts.get(after)];
          const gone = old & ~fresh & ~extentMaps.modified.get(before);
          const pinned = old & fresh & extentMaps.pinned.get(after) & ~extentMaps.pinned.get(before);
          return [
            ...extents(gone, (start) => extentMaps.from(before, start)).map(
              (range) => `dropped the extent map of ${range}`,
            ),
            ...extents(pinned, (start) => extentMaps.from(after, start)).map(
              (range) => `put a pinned extent map of ${range} in the place of the old one`,
            ),
          ];
        },
      ),
      ...(writeErrors.possible
        ? [
            fact(
              `the write errors of ${name}`,
              (state) =>
                writeErrors.blocks.get(state) | Number(writeErrors.inMapping(state)) | writeErrors.cow.get(state),
              (before, after) =>
                ranges(writeErrors.blocks.get(after) & ~writeErrors.blocks.get(before)).map(
                  (range) => `failed to write ${range}`,
                ),
            ),
          ]
        : []),
      fact(
        `the pages of ${name}`,
        (state) => pages.dirty.get(state) | pages.writeback.get(state) | pages.cached.get(state),
        (before, after) => ranges(pages.dirty.get(after) & ~pages.dirty.get(before)).map((range) => `dirtied ${range}`),
      ),
      number(
        `the inode lock of ${name}`,
        (state) => inode.lock.get(state),
        (value) => `${value === 0 ? 'gave back' : 'took'} the inode lock of ${name}`,
      ),
      number(
        `i_size of ${name}`,
        (state) => inode.size.get(state),
        (value) => `set i_size of ${name} to ${formatOffset(segments.cuts[value]!)}`,
      ),
    ];
  }

  function treeFacts({ name, segments, tree, log: logged, diskLog, committed }: Inode): Fact[] {
    const image = (
      what: string,
      verb: string,
      drops: string,
      { data, prealloc, hole, version }: FileImage,
      isTold: (after: State) => boolean = () => true,
    ): Fact =>
      fact(
        what,
        (state) => [data, prealloc, hole, ...version].forEach((field) => field.get(state)),
        (before, after) => {
          if (!isTold(after)) return [];
          const items = (state: State) => data.get(state) | prealloc.get(state) | hole.get(state);
          const isNew = (segment: number) => version[segment]!.get(before) !== version[segment]!.get(after);
          const fresh = bitsOf(items(after)).filter(
            (segment) => (items(before) & (1 << segment)) === 0 || isNew(segment),
          );
          const mask = fresh.reduce((set, segment) => set | (1 << segment), 0);
          const gone = items(before) & ~items(after);
          return [
            ...segments.rangesOf(mask).map((range) => `${verb} ${name} ${formatRange(range)}`),
            ...(gone === 0 ? [] : segments.rangesOf(gone).map((range) => `${drops} ${name} ${formatRange(range)}`)),
          ];
        },
      );
    const item = (
      where: string,
      tell: (size: string, existsOnly: boolean) => string,
      { present, existsOnly, size }: FileImage,
    ): Fact => {
      const said = (state: State) => `${size.get(state)} ${existsOnly.get(state)} ${present.get(state)}`;
      return fact(`the inode item of ${name} in ${where}`, said, (before, after) =>
        said(before) === said(after) || present.get(after) === 0
          ? []
          : [tell(formatOffset(segments.cuts[size.get(after)]!), existsOnly.get(after) === 1)],
      );
    };
    const foreign = fact(
      `the blocks that the log on disk has for ${name}`,
      (state) => diskLog.foreign.get(state),
      (before, after) => {
        const lost = diskLog.foreign.get(after) & ~diskLog.foreign.get(before);
        const known = diskLog.data.get(before) & lost;
        return segments
          .rangesOf(known)
          .map((range) => `overwrote blocks that the log on disk has for ${name} ${formatRange(range)}`);
      },
    );
    return [
      foreign,
      item(
        'the log tree',
        (size, exists) =>
          `logged ${exists ? `only that ${name} exists, with` : ''} i_size ${size}${exists ? '' : ` of ${name}`}`.replace(
            '  ',
            ' ',
          ),
        logged,
      ),
      image(
        `the subvolume tree's items of ${name}`,
        'put into the subvolume tree',
        'removed from the subvolume tree',
        tree,
      ),
      image(`the log tree's items of ${name}`, 'logged', 'removed from the log tree', logged),
      image(
        `the log on disk`,
        'wrote a log with',
        'wrote a log without',
        diskLog,
        (after) => log.onDisk.get(after) === 1,
      ),
      image(`the committed tree`, 'committed', 'committed the removal of', committed),
    ];
  }
}

/** The members of a set, lowest first. */
export function bitsOf(mask: number): number[] {
  const members: number[] = [];
  for (let rest = mask; rest !== 0; rest &= rest - 1) members.push(lowest(rest));
  return members;
}

/** The two sets of bits, word by word, have one in common. */
export function overlaps(a: Int32Array, b: Int32Array): boolean {
  return a.some((word, i) => (word & b[i]!) !== 0);
}

/** Bits that are in both. */
export function common(a: Int32Array, b: Int32Array): Int32Array {
  return a.map((word, i) => word & b[i]!);
}
