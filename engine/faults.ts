import type { FailureKind, FaultOperation, OperationKind, Scenario } from './scenario.ts';
import type { Field, Layout, State } from './state/layout.ts';

type FailingSteps = Readonly<Partial<Record<FailureKind, readonly string[]>>>;

/** An operation that drops extent maps has to split those that stick out, which takes memory. */
const splits = (step: string): FailingSteps => ({ enomem: [step] });

const sites: Readonly<Partial<Record<OperationKind, FailingSteps>>> = {
  writeback: { enomem: ['cow_file_range', 'btrfs_add_ordered_extent'], io: ['end_bio'] },
  truncate: splits('truncate_inode_items'),
  punch: splits('btrfs_replace_file_extents'),
  fallocate: splits('insert_prealloc_file_extent'),
  'zero-range': splits('insert_prealloc_file_extent'),
  clone: splits('btrfs_replace_file_extents'),
  fsync: { io: ['start_ordered_ops'] },
  fdatasync: { io: ['start_ordered_ops'] },
};

/** The steps of an operation that a fault can make fail; one that names no step means the first. */
export function failingSteps(kind: OperationKind, failure: FailureKind): readonly string[] {
  return sites[kind]?.[failure] ?? [];
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
    const { kind } = this.#scenario.tasks[task]!.operations[operation]!;
    const own = this.#faults.filter(({ fault: { on } }) => on.task === task && on.operation === operation);
    return (state, failure, step) =>
      own.some(
        ({ fault, inForce }) =>
          fault.failure === failure &&
          (fault.on.step ?? failingSteps(kind, failure)[0]) === step &&
          inForce.get(state) === 1,
      );
  }
}

/** Can blocks of the file fail to be written? */
export function writesCanFail({ tasks }: Scenario, file: number): boolean {
  return tasks.some(({ operations }) =>
    operations.some((fault) => {
      if (fault.kind !== 'fault') return false;
      const on = tasks[fault.on.task]!.operations[fault.on.operation]!;
      const fails = fault.failure === 'io' || fault.on.step === 'btrfs_add_ordered_extent';
      return fails && 'file' in on && on.file === file;
    }),
  );
}
