import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

/** A folder with the bundles of the server, as in dist/. */
export interface BuiltServer {
  readonly folder: string;
  /** Deletes the folder. */
  readonly remove: () => void;
}

/**
 * Trouble that a checking worker can have, by name of the scenario that it is given. It wraps the real
 * worker, which knows nothing of it.
 */
const troubledWorker = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', ({ task }) => {
  if (task.scenario.name === 'crash the worker') process.exit(7);
  if (task.scenario.name === 'throw in the worker') throw new Error('thrown on purpose');
  if (task.scenario.name === 'hang the worker') for (;;);
});
require('./real-worker.cjs');
`;

/** Bundles the server and its worker into a temporary folder, as esbuild.mjs does into dist/. */
export async function buildServer(): Promise<BuiltServer> {
  const folder = mkdtempSync(join(tmpdir(), 'fsrace-server-'));
  await build({
    entryPoints: { server: 'server/main.ts', 'check-worker': 'server/check/worker.ts' },
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    target: 'node20',
    platform: 'node',
    format: 'cjs',
    define: { 'import.meta.url': 'bundleUrl' },
    banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
    logLevel: 'warning',
  });
  renameSync(join(folder, 'check-worker.cjs'), join(folder, 'real-worker.cjs'));
  writeFileSync(join(folder, 'check-worker.cjs'), troubledWorker);
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}
