/** Addresses of what is shipped next to the bundle that this file is part of: dist/server.cjs or dist/cli.js. */

/** Built from check/worker.ts. */
export const checkWorkerBundle = new URL('./check-worker.cjs', import.meta.url);

/** What the diagnostic codes link to. */
export const diagnosticsPage = new URL('../docs/diagnostics.md', import.meta.url);
