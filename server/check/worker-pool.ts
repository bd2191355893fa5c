import type { StartWorker } from './check-worker.ts';
import { Job, type JobOutcome, type Urgency } from './job.ts';
import type { WorkerTask } from './worker-protocol.ts';
import { type Patience, WorkerSlot } from './worker-slot.ts';

export interface PoolOptions {
  readonly start: StartWorker;
  /** Most workers at a time. */
  readonly size: number;
  readonly patience?: Patience | undefined;
}

/** The engine polls many times a second. Where it does not, to wait after a stop takes longer than to start another worker. */
const defaultPatience: Patience = { afterStop: 250, atWork: 60_000 };

/**
 * Long-lived workers that check scenarios, urgent jobs first. A worker that dies or hangs is replaced,
 * and only the job that it was at is lost. Workers start when there is work for them.
 */
export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #slots = new Set<WorkerSlot>();
  readonly #queue: Job[] = [];
  readonly #running = new Map<WorkerSlot, Job>();

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  run(task: WorkerTask, urgency: Urgency): Job {
    const job = new Job(task, urgency, (abandoned) => this.#withdraw(abandoned));
    this.#enqueue(job);
    this.#dispatch();
    return job;
  }

  /** Starts a worker before there is work for it. */
  warmUp(): void {
    if (this.#slots.size === 0) this.#startSlot();
  }

  /** Ends all workers and abandons what they are at. */
  dispose(): void {
    for (const job of [...this.#queue, ...this.#running.values()]) job.abandon();
    for (const slot of this.#slots) slot.terminate();
    this.#running.clear();
    this.#slots.clear();
  }

  #withdraw(job: Job): void {
    const index = this.#queue.indexOf(job);
    if (index >= 0) this.#queue.splice(index, 1);
  }

  #enqueue(job: Job): void {
    const before = this.#queue.findIndex(({ urgency }) => job.urgency === 'now' && urgency === 'later');
    this.#queue.splice(before < 0 ? this.#queue.length : before, 0, job);
  }

  #dispatch(): void {
    for (let job = this.#queue[0]; job !== undefined; job = this.#queue[0]) {
      const slot = [...this.#slots].find(({ isIdle }) => isIdle) ?? this.#makeRoom(job);
      if (slot === undefined) return;
      this.#queue.shift();
      this.#begin(job, slot);
    }
  }

  /**
   * A new worker, if there may be one more and none is about to be free: one that has run for a while is
   * worth waiting for, because its code is compiled.
   */
  #makeRoom({ urgency }: Job): WorkerSlot | undefined {
    if (urgency === 'now') {
      const running = [...this.#running.values()];
      const waiting = this.#queue.filter((job) => job.urgency === 'now').length;
      if (running.filter(({ isYielding }) => isYielding).length >= waiting) return undefined;
      const interrupted = running.find((job) => job.urgency === 'later' && !job.isYielding);
      interrupted?.interrupt();
      if (interrupted !== undefined) return undefined;
    }
    return this.#slots.size < this.#options.size ? this.#startSlot() : undefined;
  }

  #startSlot(): WorkerSlot {
    const { start, patience = defaultPatience } = this.#options;
    const slot: WorkerSlot = new WorkerSlot(start, patience, () => this.#slots.delete(slot));
    this.#slots.add(slot);
    return slot;
  }

  #begin(job: Job, slot: WorkerSlot): void {
    const end = (outcome: JobOutcome) => {
      this.#running.delete(slot);
      if (!job.end(outcome)) this.#enqueue(job);
      this.#dispatch();
    };
    this.#running.set(slot, job);
    job.begin(slot, {
      onOutlook: (analysis) => job.onOutlook?.(analysis),
      onOutcome: end,
      onLost: (reason) => {
        this.#slots.delete(slot);
        end({ kind: 'lost', reason });
      },
    });
  }
}
