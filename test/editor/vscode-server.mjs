// @ts-check
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import process from 'node:process';

/** Settings without which a fresh VS Code asks the network, or covers the editor with things that are not about it. */
const quietSettings = {
  'chat.agent.enabled': false,
  'chat.commandCenter.enabled': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'remote.autoForwardPorts': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'window.confirmBeforeClose': 'never',
  'workbench.enableExperiments': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

const startLimit = 60_000;
const stopLimit = 3_000;

/** An expected obstacle, told in one line that says what to do. */
export class ServerError extends Error {}

/**
 * @typedef {object} ServerOptions
 * @property {string} vscode the folder that installVSCode returned
 * @property {string} state an empty folder for everything the server writes
 * @property {string} extensions the folder whose subfolders are the installed extensions
 * @property {number} [port] 0 or none for a free one
 * @property {Record<string, unknown>} [settings] user settings, over the quiet ones
 *
 * @typedef {object} Server
 * @property {(file: string) => string} remoteUri how the workbench names a file on the server's side
 * @property {(folder: string, payload?: [name: string, value: string][]) => string} workbenchUrl the page that opens
 *   the folder; the payload is the one of VS Code's own integration tests (`openFile`, `extensionTestsPath`, …)
 * @property {() => string} output what the server has printed so far
 * @property {Promise<unknown>} ended resolves when the server has ended, asked to or not
 * @property {() => Promise<void>} stop ends the server with its extension host, file watcher and language server
 */

/**
 * Starts VS Code's server on loopback. It is reached only with the token in its URLs: the workbench can write files,
 * and any web page may try to connect to a port on loopback.
 * @param {ServerOptions} options
 * @returns {Promise<Server>} when it listens
 * @throws {ServerError} when it ends, or does not listen within a minute
 */
export async function startServer({ vscode, state, extensions, port: wantedPort = 0, settings = {} }) {
  const port = await freePort(wantedPort);
  const token = randomBytes(16).toString('hex');
  const userFolder = path.join(state, 'data/User');
  mkdirSync(userFolder, { recursive: true });
  writeFileSync(path.join(userFolder, 'settings.json'), JSON.stringify({ ...quietSettings, ...settings }, null, 2));

  const child = spawn(
    process.execPath,
    [
      path.join(vscode, 'out/server-main.js'),
      ...['--host', '127.0.0.1', '--port', String(port), '--connection-token', token],
      ...['--server-data-dir', state, '--extensions-dir', extensions, '--telemetry-level', 'off'],
      '--accept-server-license-terms',
      '--disable-telemetry',
      '--disable-update-check',
      '--disable-workspace-trust',
      '--disable-getting-started-override',
    ],
    // Without a gallery nothing is looked up; as leader of its own process group it can be ended with all its children.
    { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: { ...process.env, EXTENSIONS_GALLERY: '{}' } },
  );
  /** @param {NodeJS.Signals} signal */
  const signalGroup = (signal) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // the group has already ended
    }
  };
  const killAtExit = () => signalGroup('SIGKILL');
  process.prependOnceListener('exit', killAtExit);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let output = '';

  const stop = async () => {
    signalGroup('SIGTERM');
    const timer = setTimeout(killAtExit, stopLimit);
    await ended;
    clearTimeout(timer);
    killAtExit();
    process.off('exit', killAtExit);
  };

  try {
    await /** @type {Promise<void>} */ (
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new ServerError(`VS Code's server does not start: ${output}`)),
          startLimit,
        );
        /** @param {Buffer} chunk */
        const read = (chunk) => {
          output += chunk;
          if (output.includes('Extension host agent listening')) {
            clearTimeout(timer);
            resolve();
          }
        };
        child.stdout.on('data', read);
        child.stderr.on('data', read);
        child.once('error', reject);
        ended.then((code) => {
          clearTimeout(timer);
          reject(new ServerError(`VS Code's server ended with ${code}: ${output}`));
        });
      })
    );
  } catch (error) {
    await stop();
    throw error;
  }

  const authority = `127.0.0.1:${port}`;
  return {
    remoteUri: (file) => `vscode-remote://${authority}${path.resolve(file)}`,
    workbenchUrl: (folder, payload = []) => {
      const query = new URLSearchParams({ tkn: token, folder: path.resolve(folder) });
      if (payload.length > 0) query.set('payload', JSON.stringify(payload));
      return `http://${authority}/?${query}`;
    },
    output: () => output,
    ended,
    stop,
  };
}

/**
 * @param {number} wanted 0 for any
 * @returns {Promise<number>} a port of loopback on which nothing listens
 * @throws {ServerError} when the wanted port is taken
 */
function freePort(wanted) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => reject(new ServerError(`port ${wanted} cannot be used (${error.message})`)));
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address();
      const port = address !== null && typeof address === 'object' ? address.port : wanted;
      probe.close(() => resolve(port));
    });
  });
}
