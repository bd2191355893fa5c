import { availableParallelism } from 'node:os';
import { checkWorkerBundle, diagnosticsPage } from './bundle.ts';
import { workerThreads } from './check/worker-thread.ts';
import type { ServerEnvironment } from './language-server.ts';

/** Two workers even on one core, so that a long search does not hold up the verdict on another scenario. */
const fewestWorkers = 2;
const mostWorkers = 4;

/** The language server's environment under Node: worker threads, and files next to the bundle. */
export function nodeEnvironment(): ServerEnvironment {
  return {
    startWorker: workerThreads(checkWorkerBundle),
    workers: Math.min(Math.max(availableParallelism() - 1, fewestWorkers), mostWorkers),
    diagnosticsPage: diagnosticsPage.href,
  };
}
