/** Entry point of the checking worker: answers requests one after the other. */
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { perform } from './perform-task.ts';
import { WorkerControl } from './worker-control.ts';
import type { WorkerOutcome, WorkerOutlook, WorkerReply, WorkerRequest } from './worker-protocol.ts';

const port = parentPort;
if (isMainThread || port === null) throw new Error('the checking worker runs as a worker thread');
const control = new WorkerControl(workerData);

port.on('message', ({ id, task }: WorkerRequest) => {
  control.states = 0;
  control.estimate = undefined;
  const reply = (what: WorkerOutcome | WorkerOutlook) => port.postMessage({ id, ...what } satisfies WorkerReply);
  const outcome = perform(task, {
    now: () => performance.now(),
    shouldStop: () => control.isStopped(id),
    progress: (states, _, estimate) => {
      control.states = states;
      control.estimate = estimate;
    },
    onStage: (stage, analysis) => {
      if (stage === 'outlook') reply({ kind: 'outlook', analysis });
    },
  });
  reply(outcome);
});
