import { storageOf } from './model/storage.ts';
import type { Operation, Scenario } from './scenario.ts';

type InlineParts = Pick<Scenario, 'mount' | 'files' | 'tasks'>;

/**
 * Can the file be one inline extent at some time? It is at the start if it is that small and holds data, becomes one in
 * writeback while it is that small (cow_file_range_inline), and when such a file is cloned into it from the beginning.
 */
export function mayBeInline(scenario: InlineParts, file: number): boolean {
  return inlineFiles(scenario).has(file);
}

function inlineFiles(scenario: InlineParts): ReadonlySet<number> {
  const found = new Set(scenario.files.flatMap((_, file) => (becomesInline(scenario, file) ? [file] : [])));
  const copies = scenario.tasks
    .flatMap((task) => task.operations)
    .filter((operation) => operation.kind === 'clone')
    .filter(({ range, offset }) => offset === 0 && (range === 'all' || range.start === 0));
  // An inline extent can go through all of the clones.
  for (const _ of copies) for (const { file, target } of copies) if (found.has(file)) found.add(target);
  return found;
}

function becomesInline(scenario: InlineParts, file: number): boolean {
  const { maximumInline } = storageOf(scenario, file);
  const operations = scenario.tasks.flatMap((task) => task.operations).filter((operation) => concerns(operation, file));
  const cuts = operations.flatMap((operation) => (operation.kind === 'truncate' ? [operation.size] : []));
  const small = [scenario.files[file]!.size, ...cuts].filter((size) => size <= maximumInline);
  if (maximumInline === 0 || small.length === 0) return false;
  return small.some((size) => size > 0) || operations.some((operation) => endOf(operation) <= maximumInline);
}

/** True for an operation on the file, or a clone into it. */
export function concerns(operation: Operation, file: number): boolean {
  return 'file' in operation && (operation.file === file || (operation.kind === 'clone' && operation.target === file));
}

/** Where an operation that makes an empty file larger ends. */
function endOf(operation: Operation): number {
  if (operation.kind === 'clone') return operation.offset;
  return 'range' in operation && operation.range !== 'all' ? operation.range.end : Infinity;
}
