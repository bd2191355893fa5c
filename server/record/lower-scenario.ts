import {
  type AllocateOperation,
  type ByteRange,
  blockSize,
  type CloneOperation,
  type FileOperation,
  formatRange,
  type MountOption,
  type Operation,
  type OperationRange,
  type OperationReference,
  type Scenario,
  type ScenarioFile,
  type TruncateOperation,
} from '../../engine/index.ts';
import type { RecordedFile } from '../conform/record.ts';
import { orderOfSchedule, orderOfTasks, type RunOrder } from './run-order.ts';
import { ScenarioPaths } from './scenario-paths.ts';
import { NotRecordable, plainMount, type Workload, type WorkloadOperation } from './workload.ts';

/** A scenario in operations that a real machine can run. */
export interface LoweredWorkload {
  readonly workload: Workload;
  readonly order: RunOrder;
}

/** An operation that cannot be run for real, and where it stands. */
export class NotRunnable extends NotRecordable {
  readonly operation: OperationReference;

  constructor(operation: OperationReference, message: string) {
    super(message);
    this.operation = operation;
  }
}

/** Tags are bytes, and 0 is what holes read as. */
const mostTags = 255;

/**
 * A scenario as a workload: its operations as explicit interleaving number `schedule` has them, or its tasks one after the
 * other. Throws a NotRecordable, or a NotRunnable for an operation.
 */
export function lowerScenario(scenario: Scenario, id: string, schedule: number | undefined): LoweredWorkload {
  const order = schedule === undefined ? orderOfTasks(scenario) : orderOfSchedule(scenario, schedule);
  const tags = new Tags();
  const paths = new ScenarioPaths(scenario);
  const existing = scenario.files.flatMap((file, node) => {
    const [name, ...others] = paths.allOfNode(node);
    return name === undefined ? [] : [{ file: lowerFile(file, name, tags), others }];
  });
  const dirs = paths.directories();
  const links = existing.flatMap(({ file, others }) => others.map((other) => [file.name, other] as const));
  const sizes = scenario.files.map(({ size }) => size);
  const ops = order.operations.map((reference) => {
    const operation = scenario.tasks[reference.task]!.operations[reference.operation]!;
    try {
      const lowered = lowerOperation(operation, paths, sizes, tags);
      paths.follow(operation);
      return lowered;
    } catch (error) {
      throw error instanceof NotRecordable ? new NotRunnable(reference, error.message) : error;
    }
  });
  const workload: Workload = {
    id,
    family: 'fsrace',
    mkfs: scenario.mount?.includes('holes') ? ['-O', '^no-holes'] : [],
    mount: [plainMount, ...(scenario.mount ?? []).flatMap((option) => mountArguments[option])].join(','),
    start: startOf(scenario.files),
    files: existing.map(({ file }) => file),
    ...(dirs.length > 0 && { dirs }),
    ...(links.length > 0 && { links }),
    ops,
  };
  return { workload, order };
}

/** What mount(8) calls an option; those that mkfs decides have none. */
const mountArguments: Readonly<Record<MountOption, readonly string[]>> = {
  holes: [],
  nodatasum: ['nodatasum'],
  nodatacow: ['nodatacow'],
  notreelog: ['notreelog'],
  flushoncommit: ['flushoncommit'],
  compress: ['compress=zlib'],
};

/** Files are made in the mount that is recorded or in one before: there is no third way. */
function startOf(files: readonly ScenarioFile[]): Workload['start'] {
  const full = files.filter(({ needsFullSync }) => needsFullSync).length;
  if (full > 0 && full < files.length) {
    throw new NotRecordable(
      'files of one mount all begin with a full fsync, or none does: put needs-full-sync on all of them',
    );
  }
  return full > 0 ? 'warm' : 'cold';
}

/** A byte for everything that is written, so that what is found tells who wrote it. */
class Tags {
  #last = 0;

  next(): number {
    if (this.#last === mostTags) throw new NotRecordable(`more than ${mostTags} things are written: each needs a byte`);
    return ++this.#last;
  }
}

function lowerFile({ size, data, prealloc = [], nodatacow }: ScenarioFile, name: string, tags: Tags): RecordedFile {
  const fill = data.map(({ start, end }): [number, number, number] => {
    if (start % blockSize !== 0 || (end % blockSize !== 0 && end !== size)) {
      throw new NotRecordable(
        `data ${formatRange({ start, end })} of ${name} is not made of whole blocks of ${blockSize}`,
      );
    }
    return [start / blockSize, Math.ceil((end - start) / blockSize), tags.next()];
  });
  const allocated = prealloc.map(({ start, end }): [number, number] => [start / blockSize, (end - start) / blockSize]);
  return {
    name,
    size,
    fill,
    ...(fill.length > 1 && { split: true }),
    ...(allocated.length > 0 && { prealloc: allocated }),
    ...(nodatacow && { nodatacow }),
  };
}

/** The operation as recordings call it; `sizes` are those of the files until now, and are kept up to date. */
function lowerOperation(operation: Operation, paths: ScenarioPaths, sizes: number[], tags: Tags): WorkloadOperation {
  switch (operation.kind) {
    case 'fault':
      throw new NotRecordable('a real kernel fails only by chance');
    case 'clone':
      return lowerClone(operation, paths, sizes);
    case 'sync':
    case 'commit':
      return { op: operation.kind };
    case 'create':
    case 'mkdir':
      return { op: operation.kind, file: paths.ofName(operation.name) };
    case 'link':
    case 'rename':
      return { op: operation.kind, file: paths.ofName(operation.name), to: paths.ofName(operation.to) };
    // As in the model, where files are open as long as the scenario runs.
    case 'unlink': {
      const file = paths.ofName(operation.name);
      return paths.isDirectory(operation.name) ? { op: 'rmdir', file } : { op: 'unlink', file, keep_open: true };
    }
    default:
      return 'directory' in operation
        ? { op: operation.kind, file: paths.ofNode(operation.directory) }
        : lowerDataOperation(operation, paths.ofNode(operation.file), sizes, tags);
  }
}

/** FICLONERANGE; `all` is what a length of 0 means to it. */
function lowerClone(operation: CloneOperation, paths: ScenarioPaths, sizes: number[]): WorkloadOperation {
  const { file, range, target, offset } = operation;
  const [size, sizeBefore] = [sizes[file]!, sizes[target]!];
  const { start, end } = range === 'all' ? { start: 0, end: size } : range;
  // What generic_remap_checks refuses; a last block that is not whole can be refused, too, but makes no file larger then.
  const isWhole = end === size || (end < size && end % blockSize === 0);
  const overlaps = file === target && Math.abs(offset - start) < end - start;
  if (isWhole && !overlaps && end > start) sizes[target] = Math.max(sizeBefore, offset + end - start);
  const bytes = range === 'all' ? {} : { off: start, len: end - start };
  return { op: 'clone', file: paths.ofNode(file), ...bytes, to: paths.ofNode(target), to_off: offset };
}

/** An operation on the content of the file that has a path by then. */
function lowerDataOperation(
  operation: FileOperation | AllocateOperation | TruncateOperation,
  file: string,
  sizes: number[],
  tags: Tags,
): WorkloadOperation {
  const size = sizes[operation.file]!;
  const grow = (end: number) => {
    sizes[operation.file] = Math.max(size, end);
  };
  if (operation.kind === 'truncate') {
    sizes[operation.file] = operation.size;
    return { op: 'truncate', file, size: operation.size };
  }
  const some = (behind = Number.POSITIVE_INFINITY) => extentOf(operation, size, behind, file);
  switch (operation.kind) {
    case 'write':
    case 'direct-write': {
      const { off, len } = some();
      grow(off + len);
      return { op: operation.kind === 'write' ? 'write' : 'dwrite', file, off, len, tag: tags.next() };
    }
    case 'mmap-write':
      return { op: 'mwrite', file, ...some(size), tag: tags.next() };
    case 'read':
      return { op: 'read', file, ...some() };
    case 'punch':
      return { op: 'punch', file, ...some() };
    case 'fallocate':
    case 'zero-range': {
      const { off, len } = some();
      if (!operation.keepSize) grow(off + len);
      const op = operation.kind === 'fallocate' ? 'falloc' : 'zero_range';
      return { op, file, off, len, keep_size: operation.keepSize };
    }
    case 'writeback':
      return { op: 'writeback', file, ...(operation.range !== 'all' && some()) };
    // Nothing but fadvise releases pages of one file; it writes back what is dirty, too.
    case 'releasepage':
      return { op: 'release', file, ...(operation.range !== 'all' && some()) };
    case 'close':
      return { op: 'reopen', file };
    // msync syncs what a mapping covers; nothing but that asks for a range.
    case 'fsync':
      return operation.range === 'all' ? { op: 'fsync', file } : { op: 'rfsync', file, ...some() };
    case 'fdatasync':
    case 'evict':
      return { op: operation.kind, file };
  }
}

/** A range as the system calls take it, cut at `behind`; they refuse an empty one. */
function extentOf(
  { kind, range }: { readonly kind: string; readonly range: OperationRange },
  size: number,
  behind: number,
  file: string,
): { readonly off: number; readonly len: number } {
  const { start, end }: ByteRange = range === 'all' ? { start: 0, end: size } : range;
  const len = Math.min(end, behind) - start;
  if (len <= 0) throw new NotRecordable(`${file} has nothing there to ${kind}: its size is ${size} by then`);
  return { off: start, len };
}
