import type { FailureKind, FaultOperation, Operation, OperationKind, Scenario } from './scenario.ts';
import type { Field, Layout, State } from './state/layout.ts';

type FailingSteps = Readonly<Partial<Record<FailureKind, readonly string[]>>>;

/** What an fsync writes: data, the log tree, and a super block, of the log or of a commit. */
const fsync: FailingSteps = { io: ['start_ordered_ops', 'sync_log', 'write_super'] };

const sites: Readonly<Partial<Record<OperationKind, FailingSteps>>> = {
  write: { enomem: ['cont_expand'] },
  'direct-write': { enomem: ['create_io_em', 'btrfs_add_ordered_extent'], io: ['end_bio'] },
  writeback: { enomem: ['cow_file_range', 'btrfs_add_ordered_extent'], io: ['end_bio'] },
  truncate: { enomem: ['truncate_inode_items', 'cont_expand'] },
  punch: { enomem: ['btrfs_replace_file_extents'], io: ['start_ordered_ops'] },
  fallocate: { enomem: ['insert_prealloc_file_extent', 'cont_expand'], io: ['start_ordered_ops'] },
  'zero-range': { enomem: ['insert_prealloc_file_extent', 'cont_expand'], io: ['start_ordered_ops'] },
  clone: { enomem: ['btrfs_replace_file_extents', 'cont_expand'], io: ['start_ordered_ops'] },
  close: { io: ['btrfs_release_file'] },
  rename: { io: ['filemap_flush'] },
  fsync,
  fdatasync: fsync,
  sync: { io: ['sync_inodes_sb', 'write_super'] },
  commit: { io: ['write_super'] },
};

/** Steps that write data, which a directory has not. */
const ofFilesOnly: readonly string[] = ['start_ordered_ops'];

/** The steps of an operation that a fault can make fail; one that names no step means the first. */
export function failingSteps(kind: OperationKind, failure: FailureKind, onDirectory = false): readonly string[] {
  const steps = sites[kind]?.[failure] ?? [];
  return onDirectory ? steps.filter((step) => !ofFilesOnly.includes(step)) : steps;
}

/** Operations that a failure of that kind can strike. */
export function failingOperations(failure: FailureKind): OperationKind[] {
  return (Object.keys(sites) as OperationKind[]).filter((kind) => failingSteps(kind, failure).length > 0);
}

/** Does the step of an operation fail? */
export type FailureTest = (state: State, failure: FailureKind, step: string) => boolean;

/** Says whether the fault is in force; nothing fails before it is. */
interface Fault {
  readonly task: number;
  readonly operation: number;
  readonly fault: FaultOperation;
  readonly inForce: Field;
}

/** The `fault` operations of a scenario, each with a bit of the state. */
export class Faults {
  readonly #scenario: Scenario;
  readonly #faults: readonly Fault[];

  constructor(scenario: Scenario, layout: Layout) {
    this.#scenario = scenario;
    this.#faults = scenario.tasks.flatMap(({ operations }, task) =>
      operations.flatMap((fault, operation) =>
        fault.kind === 'fault' ? [{ task, operation, fault, inForce: layout.field(1) }] : [],
      ),
    );
  }

  /** The bit of a `fault` operation; undefined for any other. */
  inForce(task: number, operation: number): Field | undefined {
    return this.#faults.find((fault) => fault.task === task && fault.operation === operation)?.inForce;
  }

  /** What of one operation fails. */
  of(task: number, operation: number): FailureTest {
    const own = this.#faults.filter(({ fault: { on } }) => on.task === task && on.operation === operation);
    return (state, failure, step) =>
      own.some(
        ({ fault, inForce }) =>
          fault.failure === failure && failingStep(this.#scenario, fault) === step && inForce.get(state) === 1,
      );
  }
}

/** The step that a fault is on. */
function failingStep({ tasks }: Scenario, { failure, on }: FaultOperation): string | undefined {
  const operation = tasks[on.task]!.operations[on.operation]!;
  return on.step ?? failingSteps(operation.kind, failure, 'directory' in operation)[0];
}

/** Does some fault of the scenario pass the test? */
function hasFault(scenario: Scenario, test: (fault: FaultOperation, on: Operation) => boolean): boolean {
  const { tasks } = scenario;
  return tasks.some(({ operations }) =>
    operations.some(
      (fault) => fault.kind === 'fault' && test(fault, tasks[fault.on.task]!.operations[fault.on.operation]!),
    ),
  );
}

/** Can a super block fail to be written? The file system goes read-only then. */
export function superWritesCanFail(scenario: Scenario): boolean {
  return hasFault(scenario, (fault) => failingStep(scenario, fault) === 'write_super');
}

/** Can a log fail to be written, its tree or the super block that points to it? */
export function logWritesCanFail(scenario: Scenario): boolean {
  return superWritesCanFail(scenario) || hasFault(scenario, (fault) => failingStep(scenario, fault) === 'sync_log');
}

/** Can blocks of the file fail to be written? Where the file system goes read-only, those of all files can. */
export function writesCanFail(scenario: Scenario, file: number): boolean {
  if (superWritesCanFail(scenario)) return true;
  return hasFault(scenario, (fault, on) => {
    const step = failingStep(scenario, fault);
    if (step === 'sync_log') return false;
    const fails = fault.failure === 'io' || on.kind === 'direct-write' || step === 'btrfs_add_ordered_extent';
    if (!fails) return false;
    if (on.kind === 'clone' && on.target === file) return true;
    return 'file' in on ? on.file === file : true;
  });
}
