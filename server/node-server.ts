import { availableParallelism } from 'node:os';
import type { Connection } from 'vscode-languageserver';
import { checkWorkerBundle, diagnosticsPage } from './bundle.ts';
import { workerThreads } from './check/worker-thread.ts';
import { serveLanguage } from './language-server.ts';

/** Two workers even on one core, so that a long search does not hold up the verdict on another scenario. */
const fewestWorkers = 2;
const mostWorkers = 4;

/** Runs the language server under Node, in the bundle's folder, until the client says `exit`. */
export function serveUnderNode(connection: Connection): void {
  // An error that nobody has foreseen costs the answer that it happened in, never the server.
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    process.on(event, (error) => process.stderr.write(`fsrace: ${error instanceof Error ? error.stack : error}\n`));
  }
  serveLanguage(connection, {
    startWorker: workerThreads(checkWorkerBundle),
    workers: Math.min(Math.max(availableParallelism() - 1, fewestWorkers), mostWorkers),
    diagnosticsPage: diagnosticsPage.href,
  });
}
