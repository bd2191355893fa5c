import { blockSize, type LoggedFile, type LoggedNamesOutcome } from '../../engine/index.ts';
import type { RecordedNames } from './paths.ts';
import type { RecordedItem, RecordedOutcome } from './record.ts';

/** The items of one inode in a recorded log tree, in the kernel's words; none where it has not been logged. */
export function recordedItems({ items = [] }: RecordedOutcome, inode: number): string[] {
  return items.filter(([, owner]) => owner === inode).map(describeItem);
}

/** The items that the log tree is predicted to have of one file. */
export function predictedItems(logged: LoggedFile | undefined): string[] {
  if (logged === undefined) return [];
  return [
    `INODE_ITEM size ${logged.size}`,
    ...(logged.names ? ['INODE_REF'] : []),
    ...logged.extents.map(({ range, type }) => extentItem(range.start, range.end - range.start, type)),
  ];
}

/** Items of names in a recorded log tree, sorted: those of one inode, without `..`, and without the ranges of dir indexes. */
export function recordedNames({ items = [] }: RecordedOutcome, inode: number): string[] {
  return items
    .flatMap(([type, owner, ...rest]) => {
      if (owner !== inode) return [];
      if (type === 'R') return rest[2] === '..' ? [] : [`INODE_REF ${rest[0]} ${rest[2]}`];
      return type === 'D' ? [`DIR_INDEX ${rest[1]} ${rest[2]}`] : [];
    })
    .sort();
}

/** The same of the log tree as predicted. */
export function predictedNames(
  { references, entries }: LoggedNamesOutcome,
  { namespace, inodeNumbers }: RecordedNames,
  node: number,
): string[] {
  return namespace.names
    .flatMap(({ directory, name }, index) => [
      ...(references[index] === node ? [`INODE_REF ${inodeNumbers[directory]} ${name}`] : []),
      ...(directory === node && entries[index]! >= 0 ? [`DIR_INDEX ${name} ${inodeNumbers[entries[index]!]}`] : []),
    ])
    .sort();
}

/** Does a recorded log have an inode item of it? */
export function hasInodeItem({ items = [] }: RecordedOutcome, inode: number): boolean {
  return items.some(([type, owner]) => type === 'I' && owner === inode);
}

/** The first item that is not in both lists. */
export function firstDifference(
  recorded: readonly string[],
  predicted: readonly string[],
): { readonly recorded: string; readonly predicted: string } | undefined {
  const at = Array.from({ length: Math.max(recorded.length, predicted.length) }, (_, i) => i).find(
    (i) => recorded[i] !== predicted[i],
  );
  if (at === undefined) return undefined;
  return { recorded: recorded[at] ?? '', predicted: predicted[at] ?? '' };
}

const extentTypes: Readonly<Record<string, string>> = { d: 'regular', p: 'prealloc', h: 'hole' };

function describeItem([type, , ...rest]: RecordedItem): string {
  switch (type) {
    case 'I':
      return `INODE_ITEM size ${rest[0]}`;
    case 'R':
      return 'INODE_REF';
    case 'E': {
      const [start, length, kind] = rest;
      if (kind === 'i') return `EXTENT_DATA ${start} inline, ${length} bytes`;
      return extentItem(
        Number(start) * blockSize,
        Number(length) * blockSize,
        extentTypes[String(kind)] ?? String(kind),
      );
    }
    default:
      return `${type} ${rest.join(' ')}`;
  }
}

/** Key offset, type and num_bytes. */
function extentItem(start: number, length: number, type: string): string {
  return `EXTENT_DATA ${start} ${type}, ${length} bytes`;
}
