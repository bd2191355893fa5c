import type { Operation, Scenario } from './scenario.ts';

/** Largest file that btrfs stores as one inline extent (the mount option max_inline, 2048 by default). */
export const maximumInlineSize = 2048;

/**
 * Could writeback store the file inline (cow_file_range_inline)? That needs a dirty page while i_size is at
 * most `maximumInlineSize`: after a write that ends there, or a change of a file that is that small, or is cut to it.
 * Such scenarios are beyond the model.
 */
export function mayBecomeInline({ files, tasks }: Pick<Scenario, 'files' | 'tasks'>, file: number): boolean {
  const operations = tasks.flatMap((task) => task.operations).filter((operation) => concerns(operation, file));
  const cuts = operations.flatMap((operation) => (operation.kind === 'truncate' ? [operation.size] : []));
  const sizes = [files[file]!.size, ...cuts].filter((size) => size <= maximumInlineSize);
  if (sizes.length === 0) return false;
  const holdsData = sizes.some((size) => size > 0);
  // A write makes a small file larger before its page is dirty, but a truncate can cut it back.
  const cutBack = cuts.some((size) => size > 0 && size <= maximumInlineSize);
  return operations.some(
    (operation) =>
      endsSmall(operation) ||
      (holdsData && (writesAll(operation) || changes.includes(operation.kind) || (cutBack && isWrite(operation)))),
  );
}

/** Operations that make pages of the file as it is dirty; a clone may also find an inline extent in its source. */
const changes: readonly Operation['kind'][] = ['mmap-write', 'punch', 'zero-range', 'clone'];

/** True for an operation on the file, or a clone into it. */
function concerns(operation: Operation, file: number): boolean {
  return 'file' in operation && (operation.file === file || (operation.kind === 'clone' && operation.target === file));
}

function isWrite({ kind }: Operation): boolean {
  return kind === 'write' || kind === 'direct-write';
}

function writesAll(operation: Operation): boolean {
  return isWrite(operation) && 'range' in operation && operation.range === 'all';
}

/** A write whose end does not take the file beyond the limit. */
function endsSmall(operation: Operation): boolean {
  return (
    isWrite(operation) && 'range' in operation && operation.range !== 'all' && operation.range.end <= maximumInlineSize
  );
}
