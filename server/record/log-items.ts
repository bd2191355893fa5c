import { spawnSync } from 'node:child_process';
import { blockSize } from '../../engine/index.ts';
import type { RecordedItem } from '../conform/record.ts';

/** The items of the log tree in an image that is not mounted, as `btrfs inspect-internal dump-tree` tells them. */
export function readLogItems(image: string): RecordedItem[] {
  const { status, stdout, stderr } = spawnSync('btrfs', ['inspect-internal', 'dump-tree', '--noscan', image], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`btrfs inspect-internal dump-tree: ${stderr.trim()}`);
  return parseLogItems(stdout);
}

/** A key as dump-tree writes it: object id, type and offset. */
interface Key {
  readonly object: number;
  readonly type: string;
  readonly offset: number;
}

/** The items of the log trees in the output of dump-tree, in the compact form that docs/recording.md describes. */
export function parseLogItems(dump: string): RecordedItem[] {
  return logTrees(dump).flatMap((tree) =>
    tree
      .split(/^\s*item \d+ key /m)
      .slice(1)
      .flatMap((item) => {
        const [head = '', ...lines] = item.split('\n').map((line) => line.trim());
        const [, object, type = '', offset] = /^\((\S+) (\S+) (\S+)\)/.exec(head) ?? [];
        return compact({ object: Number(object), type, offset: Number(offset) }, lines);
      }),
  );
}

/** Every tree begins with a line of its own, then come its blocks. */
function logTrees(dump: string): string[] {
  return dump.split(/^(?=(?!leaf |node |fs uuid |chunk uuid )\S)/m).filter((tree) => tree.startsWith('log tree key '));
}

type Reader = (key: Key, field: (pattern: RegExp) => string[] | undefined, lines: readonly string[]) => RecordedItem[];

const readers: Readonly<Record<string, Reader>> = {
  INODE_ITEM: ({ object }, field) => {
    const [size] = field(/^generation \d+ transid \d+ size (\d+) nbytes \d+/) ?? [];
    return [['I', object, Number(size)]];
  },
  // One item holds all names of an inode in one directory.
  INODE_REF: ({ object, offset }, _, lines) =>
    lines.flatMap((line): RecordedItem[] => {
      const [, index, name] = /^index (\d+) namelen \d+ name: (.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [['R', object, offset, Number(index), name]];
    }),
  EXTENT_DATA: ({ object, offset }, field) => {
    const block = offset / blockSize;
    const [inline] = field(/^inline extent data size (\d+)/) ?? [];
    if (inline !== undefined) return [['E', object, block, Number(inline), 'i']];
    const [state, where] = field(/^(extent|prealloc) data disk byte (\d+) nr/) ?? [];
    const [length] = field(/^(?:extent|prealloc) data offset \d+ nr (\d+)/) ?? [];
    const kind = where === '0' ? 'h' : state === 'extent' ? 'd' : 'p';
    return [['E', object, block, Number(length) / blockSize, kind]];
  },
  DIR_LOG_INDEX: ({ object, offset }, field) => {
    const [end] = field(/^dir log end (\d+)/) ?? [];
    // (u64)-1 is "to the end"; no directory has that many entries.
    return [['L', object, offset, Number(end) < 2 ** 62 ? Number(end) : -1]];
  },
  DIR_INDEX: ({ object, offset }, field) => {
    const [inode] = field(/^location key \((\d+) /) ?? [];
    const [name] = field(/^name: (.*)$/) ?? [];
    return [['D', object, offset, name ?? '', Number(inode)]];
  },
  EXTENT_CSUM: () => [],
};

function compact(key: Key, lines: readonly string[]): RecordedItem[] {
  const field = (pattern: RegExp) => {
    for (const line of lines) {
      const match = pattern.exec(line);
      if (match !== null) return match.slice(1);
    }
    return undefined;
  };
  return readers[key.type]?.(key, field, lines) ?? [[key.type, key.object, key.offset]];
}
