import { blockSize, type LoggedFile } from '../../engine/index.ts';
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
