import type { WorkerReply, WorkerRequest } from './worker-protocol.ts';

/** A checking worker, seen from the server. */
export interface CheckWorker {
  post(request: WorkerRequest): void;
  /** Ends it at once, whatever it is doing. Its listener hears nothing more. */
  terminate(): void;
}

export interface WorkerListener {
  onReply(reply: WorkerReply): void;
  /** The worker is gone, by no wish of the server. */
  onLost(reason: string): void;
}

/** Starts a worker that shares `control` (see `WorkerControl`). What kind of worker depends on where the server runs. */
export type StartWorker = (control: SharedArrayBuffer, listener: WorkerListener) => CheckWorker;
