import fc from 'fast-check';
import {
  type ByteRange,
  changingReleases,
  type FileOperation,
  failingSteps,
  guards,
  type MountOption,
  newestRelease,
  type Operation,
  type OrderConstraint,
  type Scenario,
  type ScenarioFile,
  type StepReference,
  stepNames,
} from '../../engine/index.ts';

/** How large a random scenario may get; every number is a maximum. */
interface ScenarioLimits {
  readonly files: number;
  readonly tasks: number;
  readonly operations: number;
}

const block = 4096;
const mountOptions: readonly MountOption[] = [
  'holes',
  'nodatasum',
  'nodatacow',
  'notreelog',
  'flushoncommit',
  'compress',
];
const large = 32 * 1024 * 1024;

/** Any tasks, on files of a few blocks or sparse ones larger than 16 MiB, on every modelled kernel. */
export function randomScenario(limits: ScenarioLimits): fc.Arbitrary<Scenario> {
  return fc.array(randomFile(), { minLength: 1, maxLength: limits.files }).chain((files) =>
    fc
      .array(fc.array(randomOperation(files.length), { minLength: 1, maxLength: limits.operations }), {
        minLength: 1,
        maxLength: limits.tasks,
      })
      .chain((tasks) => scenarioOf(files, tasks)),
  );
}

/**
 * Clones between files that are inline or without COW, in what one task does, while another writes, syncs or commits. Now and
 * then the copy is synced and goes again, and the source is overwritten.
 */
export function randomCloning(): fc.Arbitrary<Scenario> {
  const nodatacow = fc.array(randomFile(fc.constantFrom(0, 2 * block, 4 * block), [true]), twoFiles);
  const inline = fc.array(randomFile(fc.constantFrom(0, 100, 1000, block)), twoFiles);
  const others = fc.array(fc.oneof(fileOperation(0, 'writeback', 'fsync'), randomOperation(2)), {
    minLength: 1,
    maxLength: 2,
  });
  const any = fc.tuple(others, randomClone(2), others).map(([before, clone, after]) => [...before, clone, ...after]);
  return fc
    .record({
      files: fc.oneof(nodatacow, inline),
      clones: fc.oneof({ weight: 3, arbitrary: any }, { weight: 1, arbitrary: overwrittenSource }),
      other: fc.array(randomOperation(2), { maxLength: 1 }),
    })
    .chain(({ files, clones, other }) =>
      scenarioOf(
        files,
        [clones, other].filter((operations) => operations.length > 0),
      ),
    );
}

const overwrittenSource = fc
  .tuple(fc.constantFrom('truncate' as const, 'punch' as const), fc.boolean())
  .map(([removal, commits]): Operation[] => [
    { kind: 'write', file: 0, range: { start: 0, end: block } },
    { kind: 'clone', file: 0, range: 'all', target: 1, offset: 0 },
    { kind: 'fsync', file: 1, range: 'all' },
    ...(commits ? [{ kind: 'commit' } as const] : []),
    removal === 'truncate' ? { kind: removal, file: 1, size: 0 } : { kind: removal, file: 1, range: 'all' },
    { kind: 'write', file: 0, range: { start: 0, end: block } },
    { kind: 'writeback', file: 0, range: 'all' },
  ]);

const twoFiles = { minLength: 2, maxLength: 2 };

/**
 * One task writes and writes back; when that is complete an fsync meets what may disturb it. There are
 * few interleavings, and many of these scenarios lose data.
 */
export function randomRace(): fc.Arbitrary<Scenario> {
  return fc
    .record({
      file: randomFile(fc.constant(large)),
      range: randomRange,
      syncs: fc.array(fc.oneof({ weight: 3, arbitrary: fileOperation(0, 'fsync') }, randomOperation(1)), {
        minLength: 1,
        maxLength: 2,
      }),
      disturbers: fc.array(
        fc.oneof({ weight: 2, arbitrary: fileOperation(0, 'releasepage', 'fdatasync') }, randomOperation(1)),
        { minLength: 1, maxLength: 2 },
      ),
    })
    .chain(({ file, range, syncs, disturbers }) => {
      const written = (['write', 'writeback'] as const).map((kind): Operation => ({ kind, file: 0, range }));
      const complete = { task: 0, operation: 1, step: 'finish_ordered_io' };
      const orders = [1, 2].map((task) => ({ before: complete, after: { task, operation: 0 } }));
      return scenarioOf([file], [written, syncs, disturbers], orders);
    });
}

function scenarioOf(
  files: readonly ScenarioFile[],
  tasks: readonly (readonly Operation[])[],
  orders: readonly OrderConstraint[] = [],
): fc.Arbitrary<Scenario> {
  const sound = { tasks, orders };
  return fc
    .oneof({ weight: 5, arbitrary: fc.constant(sound) }, { weight: 1, arbitrary: withFault(sound) })
    .chain((ordered) => withProfile(files, ordered));
}

/** The same scenario, with a failure of something that can fail. */
export function failing(scenario: Scenario): fc.Arbitrary<Scenario> {
  const sound = { tasks: scenario.tasks.map(({ operations }) => operations), orders: scenario.orders };
  return withFault(sound).map(({ tasks, orders }) => ({
    ...scenario,
    tasks: tasks.map((operations, i) => ({ ...scenario.tasks[i]!, operations })),
    orders,
  }));
}

/** Writes and syncs of which something fails, and whatever comes besides. */
export function randomFailure(): fc.Arbitrary<Scenario> {
  const syncs = fc.oneof(
    { weight: 3, arbitrary: fileOperation(0, 'fsync') },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('sync' as const, 'commit') }) },
  );
  const task = fc.array(fc.oneof({ weight: 2, arbitrary: syncs }, randomOperation(1)), { minLength: 1, maxLength: 2 });
  return fc
    .record({
      file: randomFile(),
      first: rangeOperation(0, 'write', 'direct-write'),
      app: task,
      others: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.tuple(task) }),
    })
    .chain(({ file, first, app, others }) => scenarioOf([file], [[first, ...app], ...others]))
    .chain(failing);
}

interface OrderedTasks {
  readonly tasks: readonly (readonly Operation[])[];
  readonly orders: readonly OrderConstraint[];
}

/** Some step that can fail does: its task begins with the fault. The same tasks where nothing can fail. */
function withFault({ tasks, orders }: OrderedTasks): fc.Arbitrary<OrderedTasks> {
  const faults = tasks.flatMap((operations, task) =>
    operations.flatMap((on, operation) =>
      (['enomem', 'io'] as const).flatMap((failure) =>
        failingSteps(on.kind, failure, 'directory' in on).map((step) => ({ failure, on: { task, operation, step } })),
      ),
    ),
  );
  if (faults.length === 0) return fc.constant({ tasks, orders });
  return fc.constantFrom(...faults).map(({ failure, on }) => {
    const behind = (place: StepReference) =>
      place.task === on.task ? { ...place, operation: place.operation + 1 } : place;
    const fault: Operation = { kind: 'fault', failure, on: behind(on) };
    return {
      tasks: tasks.map((operations, task) => (task === on.task ? [fault, ...operations] : operations)),
      orders: orders.map(({ before, after }) => ({ before: behind(before), after: behind(after) })),
    };
  });
}

function withProfile(files: readonly ScenarioFile[], { tasks, orders }: OrderedTasks): fc.Arbitrary<Scenario> {
  return fc
    .record({
      kernel: fc.constantFrom(...changingReleases, newestRelease),
      guards: fc.dictionary(fc.constantFrom(...guards.map(({ name }) => name)), fc.boolean(), { maxKeys: 2 }),
      mount: fc.oneof(
        { weight: 2, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.subarray([...mountOptions], { maxLength: 2 }) },
      ),
      more: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: randomOrders(tasks) }),
    })
    .map(({ kernel, guards: chosen, mount, more }) => ({
      name: 'random',
      kernel,
      guards: chosen,
      mount,
      files: files.map((file, i) => ({ ...file, name: `F${i}` })),
      tasks: tasks.map((operations, i) => ({ name: `t${i}`, operations })),
      orders: [...orders, ...more],
      schedules: [],
      expect: [],
      bounds: {},
    }));
}

function randomFile(
  sizes = fc.constantFrom(0, 1000, block, 2 * block, 4 * block, 6000, large, large, large),
  nodatacow = [false, false, false, false, true],
) {
  return sizes.chain((size) =>
    fc.record({
      name: fc.constant(''),
      size: fc.constant(size),
      data: fc.oneof(
        { weight: 3, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: randomRange.map((range) => within(size, range)) },
      ),
      // Behind every `data`.
      prealloc: fc.constantFrom([], [], [], [{ start: 6 * block, end: 7 * block }]),
      nodatacow: fc.constantFrom(...nodatacow),
      needsFullSync: fc.constantFrom(false, false, false, true),
    }),
  );
}

/** What of a range lies before a size, if anything. */
function within(size: number, { start, end }: ByteRange): ByteRange[] {
  return start < size ? [{ start, end: Math.min(end, size) }] : [];
}

/** Whole blocks mostly; now and then a range ends inside a block and cuts it, perhaps where a file is inline. */
const randomRange = fc
  .record({
    start: fc.nat({ max: 3 }),
    length: fc.integer({ min: 1, max: 3 }),
    half: fc.constantFrom(0, 0, 0, 0, 0, block / 2, block - 1000),
  })
  .map(({ start, length, half }) => ({ start: start * block, end: (start + length) * block - half }));

function randomOperation(files: number): fc.Arbitrary<Operation> {
  const file = fc.nat({ max: files - 1 });
  return fc.oneof(
    { weight: 6, arbitrary: file.chain((f) => rangeOperation(f, 'write')) },
    { weight: 10, arbitrary: file.chain((f) => fileOperation(f, 'writeback', 'releasepage', 'fsync', 'fdatasync')) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('commit' as const, 'commit', 'sync') }) },
    { weight: 3, arbitrary: file.chain((f) => rangeOperation(f, 'mmap-write', 'direct-write', 'punch')) },
    { weight: 2, arbitrary: file.chain(randomTruncate) },
    { weight: 2, arbitrary: file.chain(randomAllocation) },
    { weight: 2, arbitrary: file.chain((f) => fileOperation(f, 'read', 'close', 'evict')) },
    { weight: 1, arbitrary: randomClone(files) },
  );
}

function rangeOperation(
  file: number,
  ...kinds: ('write' | 'mmap-write' | 'direct-write' | 'punch')[]
): fc.Arbitrary<FileOperation> {
  return fc.record({ kind: fc.constantFrom(...kinds), file: fc.constant(file), range: randomRange });
}

/** Also ones that are refused, for where they end or because they overlap. */
function randomClone(files: number): fc.Arbitrary<Operation> {
  const file = fc.nat({ max: files - 1 });
  const range = fc.oneof(fc.constant('all' as const), randomRange);
  const offset = fc.nat({ max: 4 }).map((blocks) => blocks * block);
  return fc.record({ kind: fc.constant('clone' as const), file, range, target: file, offset });
}

/** To nothing, to a block boundary, or into a block. */
function randomTruncate(file: number): fc.Arbitrary<Operation> {
  const size = fc.constantFrom(0, block, 2 * block, 4 * block, 1000, 5000, 6000, 3 * block - 1);
  return fc.record({ kind: fc.constant('truncate' as const), file: fc.constant(file), size });
}

function randomAllocation(file: number): fc.Arbitrary<Operation> {
  const kind = fc.constantFrom('fallocate' as const, 'zero-range' as const);
  return fc.record({ kind, file: fc.constant(file), range: randomRange, keepSize: fc.boolean() });
}

const wholeFile: readonly Operation['kind'][] = ['close', 'evict'];
const syncs: readonly Operation['kind'][] = ['fsync', 'fdatasync'];

function fileOperation(file: number, ...kinds: FileOperation['kind'][]): fc.Arbitrary<FileOperation> {
  return fc
    .record({
      kind: fc.constantFrom(...kinds),
      file: fc.constant(file),
      range: fc.oneof(fc.constant('all' as const), randomRange),
      ofRange: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
    })
    .map(({ kind, file, range, ofRange }) => {
      const whole = wholeFile.includes(kind) || (syncs.includes(kind) && !ofRange);
      return { kind, file, range: whole ? 'all' : range };
    });
}

/** Any two references each, so that some orders contradict each other or the order within a task. */
export function randomOrders(tasks: readonly (readonly Operation[])[]): fc.Arbitrary<OrderConstraint[]> {
  const references = fc.record({ before: randomReference(tasks), after: randomReference(tasks) });
  return fc
    .array(references, { minLength: 1, maxLength: 2 })
    .map((orders) =>
      orders.filter(({ before, after }) => before.task !== after.task || before.operation !== after.operation),
    );
}

function randomReference(tasks: readonly (readonly Operation[])[]): fc.Arbitrary<StepReference> {
  const operations = tasks.flatMap((kinds, task) => kinds.map(({ kind }, operation) => ({ kind, task, operation })));
  return fc.constantFrom(...operations).chain(({ kind, task, operation }) => {
    const steps = kind === 'writeback' ? [...stepNames(kind), ...stepNames('endio')] : stepNames(kind);
    return fc
      .option(fc.constantFrom(...steps), { nil: undefined })
      .map((step): StepReference => ({ task, operation, step }));
  });
}
