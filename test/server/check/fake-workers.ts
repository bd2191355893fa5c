import type { ScenarioAnalysis } from '../../../server/check/analysis.ts';
import type { CheckWorker, StartWorker, WorkerListener } from '../../../server/check/check-worker.ts';
import { WorkerControl } from '../../../server/check/worker-control.ts';
import type { WorkerOutcome, WorkerRequest } from '../../../server/check/worker-protocol.ts';

/** A worker that does nothing until a test tells it what to answer. */
export class FakeWorker implements CheckWorker {
  readonly control: WorkerControl;
  readonly #listener: WorkerListener;
  request: WorkerRequest | undefined;
  isTerminated = false;

  constructor(control: SharedArrayBuffer, listener: WorkerListener) {
    this.control = new WorkerControl(control);
    this.#listener = listener;
  }

  post(request: WorkerRequest): void {
    if (this.request !== undefined) throw new Error('the worker is busy');
    this.request = request;
  }

  terminate(): void {
    this.isTerminated = true;
  }

  /** Name of the scenario that it is at. */
  get scenario(): string | undefined {
    return this.request?.task.scenario.name;
  }

  /** It was told to end its request early. */
  get isStopped(): boolean {
    return this.request !== undefined && this.control.isStopped(this.request.id);
  }

  /** Tells what is certain before the answer. */
  tell(analysis: ScenarioAnalysis): void {
    this.#listener.onReply({ id: this.request!.id, kind: 'outlook', analysis });
  }

  answer(outcome: WorkerOutcome): void {
    const { id } = this.request!;
    this.request = undefined;
    this.#listener.onReply({ id, ...outcome });
  }

  die(reason: string): void {
    this.#listener.onLost(reason);
  }
}

/** Starts fake workers and keeps them in the order in which they started. */
export function fakeWorkers(): { readonly start: StartWorker; readonly workers: FakeWorker[] } {
  const workers: FakeWorker[] = [];
  const start: StartWorker = (control, listener) => {
    const worker = new FakeWorker(control, listener);
    workers.push(worker);
    return worker;
  };
  return { start, workers };
}
