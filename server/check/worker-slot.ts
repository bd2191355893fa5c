import type { ScenarioAnalysis } from './analysis.ts';
import type { CheckWorker, StartWorker } from './check-worker.ts';
import { WorkerControl } from './worker-control.ts';
import type { WorkerOutcome, WorkerTask } from './worker-protocol.ts';

/** How long a worker may be silent, in milliseconds. */
export interface Patience {
  /** After it was told to stop. */
  readonly afterStop: number;
  /** While it works. */
  readonly atWork: number;
}

export interface SlotListener {
  /** What is certain before the task is done. */
  onOutlook(analysis: ScenarioAnalysis): void;
  onOutcome(outcome: WorkerOutcome): void;
  /** The worker died, or hung and was ended; the slot is of no use any more. */
  onLost(reason: string): void;
}

/** One worker and what it is doing. */
export class WorkerSlot {
  readonly #control = new WorkerControl();
  readonly #worker: CheckWorker;
  readonly #patience: Patience;
  #listener: SlotListener | undefined;
  #request = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `onLostIdle` is called when the worker dies while it has nothing to do. */
  constructor(start: StartWorker, patience: Patience, onLostIdle: () => void) {
    this.#patience = patience;
    this.#worker = start(this.#control.buffer, {
      onReply: ({ id, ...reply }) => {
        if (id !== this.#request) return;
        if (reply.kind === 'outlook') this.#listener?.onOutlook(reply.analysis);
        else this.#release()?.onOutcome(reply);
      },
      onLost: (reason) => {
        const listener = this.#release();
        if (listener === undefined) onLostIdle();
        else listener.onLost(reason);
      },
    });
  }

  get isIdle(): boolean {
    return this.#listener === undefined;
  }

  /** Distinct states that the task under way has reached. */
  get states(): number {
    return this.#control.states;
  }

  /** About how many there are in all, as far as that can be told. */
  get estimate(): number | undefined {
    return this.#control.estimate;
  }

  /** Begins a task; the slot must be idle. */
  begin(task: WorkerTask, listener: SlotListener): void {
    this.#listener = listener;
    this.#request++;
    this.#watch(this.#control.beats);
    this.#worker.post({ id: this.#request, task });
  }

  /** Asks the worker to end its task early. */
  stop(): void {
    this.#control.stop(this.#request);
  }

  /** The same, and ends the worker when it does not answer soon. */
  stopOrEnd(): void {
    this.stop();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#giveUp('it did not stop'), this.#patience.afterStop);
  }

  /** Ends the worker, whatever it is doing; nobody hears of it. */
  terminate(): void {
    this.#release();
    this.#worker.terminate();
  }

  #watch(beats: number): void {
    this.#timer = setTimeout(() => {
      if (this.#control.beats === beats) {
        this.#giveUp(`it showed no sign of life for ${this.#patience.atWork / 1000} s`);
      } else {
        this.#watch(this.#control.beats);
      }
    }, this.#patience.atWork);
  }

  #giveUp(reason: string): void {
    const listener = this.#release();
    this.#worker.terminate();
    listener?.onLost(reason);
  }

  #release(): SlotListener | undefined {
    clearTimeout(this.#timer);
    const listener = this.#listener;
    this.#listener = undefined;
    return listener;
  }
}
