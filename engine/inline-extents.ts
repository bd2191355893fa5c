import type { Scenario } from './scenario.ts';

/** Largest file that btrfs stores as one inline extent (the mount option max_inline, 2048 by default). */
export const maximumInlineSize = 2048;

/**
 * Could writeback store the file inline (cow_file_range_inline)? That needs a write while i_size is at most
 * `maximumInlineSize`. Such scenarios are beyond the model.
 */
export function mayBecomeInline({ files, tasks }: Pick<Scenario, 'files' | 'tasks'>, file: number): boolean {
  const { size } = files[file]!;
  if (size > maximumInlineSize) return false;
  return tasks.some(({ operations }) =>
    operations.some(
      (operation) =>
        operation.kind === 'write' &&
        operation.file === file &&
        (operation.range === 'all' ? size > 0 : operation.range.end <= maximumInlineSize),
    ),
  );
}
