import type { Scenario } from '../../../engine/index.ts';
import { Checking } from '../../check/checking.ts';
import { WorkerPool } from '../../check/worker-pool.ts';
import { workerThreads } from '../../check/worker-thread.ts';

/** Stands beside the bundle that this is part of. */
const workerBundle = new URL('./check-worker.cjs', import.meta.url);

/** Checks scenarios on a number of threads. */
export class Workers {
  readonly #pool: WorkerPool;
  readonly #checkings: Checking[] = [];

  constructor(size: number) {
    this.#pool = new WorkerPool({ start: workerThreads(workerBundle), size });
  }

  /** Begins at once when a thread is free. The command line's bounds are in the scenario already. */
  check(scenario: Scenario): Checking {
    const checking = new Checking(
      scenario,
      {},
      (task, urgency) => this.#pool.run(task, urgency),
      () => {},
    );
    this.#checkings.push(checking);
    return checking;
  }

  /** Everything that was begun, in order. */
  get checkings(): readonly Checking[] {
    return this.#checkings;
  }

  /** Ends all threads. */
  dispose(): void {
    this.#pool.dispose();
  }
}
