import { formatOffset, formatRange } from '../format.ts';
import type { FileImage } from '../model/file-image.ts';
import type { Inode } from '../model/inode.ts';
import type { LogRoot } from '../model/log-root.ts';
import { below } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import { type Fact, type FactKind, type FactMaker, subset } from './fact.ts';

/** What the trees hold about a file, in memory and on disk. */
export function treeFacts(maker: FactMaker, inode: Inode, logRoot: LogRoot): Fact[] {
  const { name, segments, tree, log, diskLog, committed } = inode;
  const isOnDisk = (state: State) => logRoot.onDisk.get(state) === 1;
  const always = () => true;
  return [
    foreignBlocks(),
    inodeItem('logged-inode-item', 'the log tree', log, 'logged', always),
    items('tree-items', 'the subvolume tree', tree, ['put into the subvolume tree', 'removed from it'], always),
    items('logged-items', 'the log tree', log, ['logged', 'removed from the log tree'], always),
    inodeItem('logged-inode-item-on-disk', 'the log on disk', diskLog, 'put on disk a log that has', isOnDisk),
    items(
      'logged-items-on-disk',
      'the log on disk',
      diskLog,
      ['put on disk a log with', 'put on disk a log without'],
      isOnDisk,
    ),
    items('committed-items', 'the last commit', committed, ['committed', 'committed the removal of'], always),
  ];

  function foreignBlocks(): Fact {
    return maker.fact(
      'foreign-blocks',
      `the blocks that the log on disk has for ${name}`,
      (state) => diskLog.foreign.get(state),
      (before, after) => {
        const overwritten = diskLog.foreign.get(after) & ~diskLog.foreign.get(before) & diskLog.data.get(before);
        return segments
          .rangesOf(overwritten)
          .map((range) => `replaced what is in the blocks that the log on disk has for ${name} ${formatRange(range)}`);
      },
    );
  }

  function items(
    kind: FactKind,
    where: string,
    { data, prealloc, hole, size, version }: FileImage,
    [adds, drops]: readonly [string, string],
    isTold: (after: State) => boolean,
  ): Fact {
    // Behind i_size a log says nothing: replay drops what is there.
    const described = (state: State) =>
      data.get(state) | prealloc.get(state) | (hole.get(state) & below(size.get(state)));
    return maker.fact(
      kind,
      `the items of ${name} in ${where}`,
      (state) => [described(state), version.map((field) => field.get(state))],
      (before, after) => {
        if (!isTold(after)) return [];
        const [old, now] = [described(before), described(after)];
        const fresh = subset(
          now,
          (segment) => (old & (1 << segment)) === 0 || version[segment]!.get(before) !== version[segment]!.get(after),
        );
        const ranges = (mask: number) => segments.rangesOf(mask).map((range) => `${name} ${formatRange(range)}`);
        return [
          ...ranges(fresh).map((range) => `${adds} ${range}`),
          ...ranges(old & ~now).map((range) => `${drops} ${range}`),
        ];
      },
    );
  }

  function inodeItem(
    kind: FactKind,
    where: string,
    { present, existsOnly, size }: FileImage,
    verb: string,
    isTold: (after: State) => boolean,
  ): Fact {
    const content = (state: State) => `${present.get(state)} ${existsOnly.get(state)} ${size.get(state)}`;
    return maker.fact(kind, `the inode item of ${name} in ${where}`, content, (before, after) => {
      if (content(before) === content(after) || present.get(after) === 0 || !isTold(after)) return [];
      const bytes = formatOffset(segments.cuts[size.get(after)]!);
      return [
        existsOnly.get(after) === 1
          ? `${verb} only that ${name} exists, with i_size ${bytes}`
          : `${verb} i_size ${bytes} of ${name}`,
      ];
    });
  }
}
