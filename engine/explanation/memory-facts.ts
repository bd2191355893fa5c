import { formatOffset, formatRange } from '../format.ts';
import type { Inode } from '../model/inode.ts';
import { firstTransaction } from '../model/transaction.ts';
import type { State } from '../state/layout.ts';
import { type Fact, type FactMaker, membersOf } from './fact.ts';

/** What memory holds about a file. */
export function memoryFacts(maker: FactMaker, inode: Inode): Fact[] {
  const { name, extentMaps, orderedExtents, pages, writeErrors, segments } = inode;
  const { modified, starts, covered, pinned, logging } = extentMaps;
  const ranges = (mask: number) => segments.rangesOf(mask).map((range) => `${name} ${formatRange(range)}`);
  const extents = (members: number, from: (start: number) => number) =>
    membersOf(members).flatMap((start) => ranges(from(start)));
  const mapsAt = (state: State, members: number) => extents(members, (start) => extentMaps.from(state, start));
  const orderedAt = (state: State, members: number) => extents(members, (start) => orderedExtents.from(state, start));
  const transid = (value: number) => firstTransaction + value;
  return [
    maker.fact(
      'list',
      `the list of modified extents of ${name}`,
      (state) => modified.get(state),
      (before, after) => {
        const gone = modified.get(before) & ~modified.get(after);
        const collected = gone & logging.get(after);
        const dropped = gone & ~starts.get(after);
        const whole = 'with its entry in the list of modified extents';
        return [
          ...mapsAt(before, dropped).map((range) => `dropped the extent map of ${range} ${whole}`),
          ...mapsAt(before, collected).map((range) => `collected the extent map of ${range}`),
          ...mapsAt(before, gone & ~collected & ~dropped).map(
            (range) => `removed the extent map of ${range} from the list of modified extents`,
          ),
        ];
      },
    ),
    maker.fact(
      'list',
      `the list of modified extents of ${name}`,
      (state) => modified.get(state),
      (before, after) =>
        mapsAt(after, modified.get(after) & ~modified.get(before)).map(
          (range) => `put the extent map of ${range} on the list of modified extents`,
        ),
    ),
    maker.number(
      'full-sync-flag',
      `the full-sync flag of ${name}`,
      (state) => inode.needsFullSync.get(state),
      (value) => `${value === 1 ? 'set' : 'cleared'} the full-sync flag of ${name}`,
    ),
    maker.fact(
      'ordered-extents',
      `the ordered extents of ${name}`,
      (state) => [orderedExtents.starts.get(state), orderedExtents.covered.get(state)],
      (before, after) => {
        const [old, fresh] = [orderedExtents.starts.get(before), orderedExtents.starts.get(after)];
        return [
          ...orderedAt(before, old & ~fresh).map((range) => `ended the ordered extent of ${range}`),
          ...orderedAt(after, fresh & ~old).map((range) => `created the ordered extent of ${range}`),
        ];
      },
    ),
    maker.number(
      'last_trans',
      `last_trans of ${name}`,
      (state) => inode.lastTrans.get(state),
      (value) => `set last_trans of ${name} to ${transid(value)}`,
    ),
    maker.number(
      'last_sub_trans',
      `last_sub_trans of ${name}`,
      (state) => inode.lastSubTrans.get(state),
      (value) => `set last_sub_trans of ${name} to ${value}`,
    ),
    maker.number(
      'last_log_commit',
      `last_log_commit of ${name}`,
      (state) => inode.getLastLogCommit(state),
      (value) => `set last_log_commit of ${name} to ${value}`,
    ),
    maker.number(
      'logged_trans',
      `logged_trans of ${name}`,
      (state) => inode.loggedTrans.get(state),
      (value) => `noted ${name} as logged in transaction ${transid(value)}`,
    ),
    maker.fact(
      'extent-maps',
      `the extent maps of ${name}`,
      (state) => [starts.get(state), covered.get(state), pinned.get(state)],
      (before, after) => {
        const [old, fresh] = [starts.get(before), starts.get(after)];
        const replaced = old & fresh & pinned.get(after) & ~pinned.get(before);
        return [
          ...mapsAt(before, old & ~fresh & ~modified.get(before)).map((range) => `dropped the extent map of ${range}`),
          ...mapsAt(after, replaced).map(
            (range) => `put a pinned extent map of ${range} in the place of the one before`,
          ),
        ];
      },
    ),
    maker.fact(
      'write-errors',
      `the write errors of ${name}`,
      (state) => [writeErrors.blocks.get(state), writeErrors.inMapping(state), writeErrors.cow.get(state)],
      (before, after) =>
        ranges(writeErrors.blocks.get(after) & ~writeErrors.blocks.get(before)).map(
          (range) => `failed to write ${range}`,
        ),
    ),
    maker.fact(
      'pages',
      `the pages of ${name}`,
      (state) => [pages.dirty.get(state), pages.writeback.get(state), pages.cached.get(state)],
      (before, after) => ranges(pages.dirty.get(after) & ~pages.dirty.get(before)).map((range) => `dirtied ${range}`),
    ),
    maker.number(
      'lock',
      `the inode lock of ${name}`,
      (state) => inode.lock.get(state),
      (value) => `${value === 0 ? 'released' : 'acquired'} the inode lock of ${name}`,
    ),
    maker.number(
      'i_size',
      `i_size of ${name}`,
      (state) => inode.size.get(state),
      (value) => `set i_size of ${name} to ${formatOffset(segments.cuts[value]!)}`,
    ),
  ];
}
