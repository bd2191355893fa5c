import { Worker } from 'node:worker_threads';
import type { StartWorker } from './check-worker.ts';
import type { WorkerReply } from './worker-protocol.ts';

/** Starts checking workers as Node threads that run the given bundle of worker.ts. */
export function workerThreads(bundle: URL): StartWorker {
  return (control, listener) => {
    const worker = new Worker(bundle, { workerData: control });
    let gone = false;
    const lost = (reason: string) => {
      if (!gone) listener.onLost(reason);
      gone = true;
    };
    worker.on('message', (reply: WorkerReply) => listener.onReply(reply));
    worker.on('error', (error) => lost(error instanceof Error ? error.message : String(error)));
    worker.on('exit', (code) => lost(`the worker ended with exit code ${code}`));
    // An idle worker must not keep the process alive.
    worker.unref();
    return {
      post: (request) => worker.postMessage(request),
      terminate: () => {
        gone = true;
        void worker.terminate();
      },
    };
  };
}
