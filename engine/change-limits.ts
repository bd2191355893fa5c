import type { Operation, Scenario } from './scenario.ts';

/** Most changes that a block of a file, and its size, can go through; the widths of fields follow from them. */
export interface ChangeLimits {
  readonly versions: number;
  readonly sizeChanges: number;
}

/** The limits of one file: each operation changes a block, and the size, once at most. */
export function changeLimits({ files, tasks }: Scenario, file: number): ChangeLimits {
  const operations = tasks
    .flatMap((task) => task.operations)
    .filter((operation) => 'file' in operation && operation.file === file);
  const { size } = files[file]!;
  return {
    versions: operations.filter(changesContent).length,
    sizeChanges: operations.filter((operation) => mayChangeSize(operation, size)).length,
  };
}

function changesContent({ kind }: Operation): boolean {
  return kind === 'write';
}

function mayChangeSize(operation: Operation, initialSize: number): boolean {
  return operation.kind === 'write' && operation.range !== 'all' && operation.range.end > initialSize;
}
