// @ts-check
/**
 * `npm run editor [PATH] [--port N]`: VS Code in a browser, on loopback, with the extension and the scenarios.
 * The extension is copied when this starts: start it again to see a new build.
 */
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { InstallError, installVSCode } from './install-vscode.mjs';
import { ensureBuilt, exitOnSignals, installExtension, projectRoot, temporaryFolder } from './project.mjs';
import { ServerError, startServer } from './vscode-server.mjs';

/** Wrong use of the command line. */
class UsageError extends Error {}

try {
  await open(readArguments());
} catch (error) {
  const expected = [InstallError, ServerError, UsageError].some((kind) => error instanceof kind);
  if (!expected || !(error instanceof Error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

/**
 * Runs until it is interrupted.
 * @param {{ target: string, isFile: boolean, port: number }} what
 */
async function open({ target, isFile, port }) {
  ensureBuilt();
  const vscode = installVSCode((line) => process.stderr.write(`${line}\n`));
  exitOnSignals(0);
  const temporary = temporaryFolder();
  const extensions = path.join(temporary, 'extensions');
  mkdirSync(extensions);
  installExtension(extensions);
  const server = await startServer({ vscode, state: path.join(temporary, 'state'), extensions, port });
  const url = isFile
    ? server.workbenchUrl(path.dirname(target), [['openFile', server.remoteUri(target)]])
    : server.workbenchUrl(target);
  process.stdout.write(`${url}\n`);
  await server.ended;
  throw new ServerError(`VS Code's server has ended: ${server.output()}`);
}

/** @returns {{ target: string, isFile: boolean, port: number }} `port` 0 for a free one */
function readArguments() {
  const usage = 'usage: npm run editor -- [PATH] [--port N]';
  let parsed;
  try {
    parsed = parseArgs({ allowPositionals: true, options: { port: { type: 'string', default: '0' } } });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}; ${usage}`);
  }
  const { positionals, values } = parsed;
  if (positionals.length > 1) throw new UsageError(`one PATH at most; ${usage}`);
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new UsageError(`--port ${values.port} is not a port between 0 and 65535`);
  }
  // npm runs scripts in the project's folder, and says where it was called.
  const { INIT_CWD: calledIn = process.cwd() } = process.env;
  const target = path.resolve(calledIn, positionals[0] ?? path.join(projectRoot, 'scenarios'));
  const stats = statSync(target, { throwIfNoEntry: false });
  if (stats === undefined) throw new UsageError(`there is no ${target}`);
  return { target, isFile: stats.isFile(), port };
}
