import type { ScenarioAnalysis } from './analysis.ts';
import type { WorkerOutcome, WorkerTask } from './worker-protocol.ts';
import type { SlotListener, WorkerSlot } from './worker-slot.ts';

/** `later` gives way to `now`: it is stopped, and begun again when nothing urgent waits. */
export type Urgency = 'now' | 'later';

export type JobOutcome =
  | WorkerOutcome
  /** The worker died over it, or had to be ended. */
  | { readonly kind: 'lost'; readonly reason: string }
  /** Nobody wanted it any more. */
  | { readonly kind: 'abandoned' };

/** A task that somebody waits for. */
export class Job {
  readonly task: WorkerTask;
  readonly urgency: Urgency;
  /** Told what is certain before the outcome is there. */
  onOutlook: ((analysis: ScenarioAnalysis) => void) | undefined;
  /** Never rejects. */
  readonly outcome: Promise<JobOutcome>;
  readonly #withdraw: (job: Job) => void;
  #settle: (outcome: JobOutcome) => void = () => {};
  #slot: WorkerSlot | undefined;
  #isInterrupted = false;
  #isAbandoned = false;
  #isStopped = false;

  /** `withdraw` takes it out of the queue. */
  constructor(task: WorkerTask, urgency: Urgency, withdraw: (job: Job) => void) {
    this.task = task;
    this.urgency = urgency;
    this.#withdraw = withdraw;
    this.outcome = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** Distinct states that the search under way has reached. */
  get states(): number {
    return this.#slot?.states ?? 0;
  }

  /** About how many there are in all, as far as that can be told. */
  get estimate(): number | undefined {
    return this.#slot?.estimate;
  }

  /** Its worker is about to be free. */
  get isYielding(): boolean {
    return this.#isInterrupted || this.#isAbandoned;
  }

  /** Ends the search early; the outcome tells what was found by then. */
  stop(): void {
    this.#isStopped = true;
    this.#slot?.stop();
  }

  /** Nobody waits any more: makes room for others at once. */
  abandon(): void {
    this.#isAbandoned = true;
    this.onOutlook = undefined;
    this.#withdraw(this);
    this.#slot?.stopOrEnd();
    this.#settle({ kind: 'abandoned' });
  }

  /** Makes room for something urgent; see `end`. */
  interrupt(): void {
    this.#isInterrupted = true;
    this.#slot?.stopOrEnd();
  }

  begin(slot: WorkerSlot, listener: SlotListener): void {
    this.#slot = slot;
    slot.begin(this.task, listener);
    if (this.#isStopped) slot.stop();
  }

  /** Its worker has done with it. False when it was interrupted and has to be begun again. */
  end(outcome: JobOutcome): boolean {
    const endedEarly = outcome.kind === 'lost' || (outcome.kind === 'analysed' && outcome.stopped);
    const again = this.#isInterrupted && !this.#isAbandoned && !this.#isStopped && endedEarly;
    this.#slot = undefined;
    this.#isInterrupted = false;
    if (!again) this.#settle(outcome);
    return !again;
  }
}
