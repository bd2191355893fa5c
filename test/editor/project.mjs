// @ts-check
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** The folder of package.json. */
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

/** What the packaged extension consists of; entries that do not exist yet are left out. */
const packaged = ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'dist', 'docs', 'scenarios', 'syntaxes'];

/** @returns {{ publisher: string, name: string, version: string, main: string }} */
const manifest = () => JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8'));

/**
 * Builds the extension unless its entry point is there.
 * @throws {Error} when the build fails; its own output says why
 */
export function ensureBuilt() {
  if (existsSync(path.join(projectRoot, manifest().main))) return;
  const { status } = spawnSync('npm', ['run', 'build'], { cwd: projectRoot, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error('the extension does not build: see the messages of `npm run build`');
}

/**
 * Puts the built extension into a folder of extensions, as installing the packaged one would.
 * @param {string} extensions an existing folder
 */
export function installExtension(extensions) {
  const { publisher, name, version } = manifest();
  const folder = path.join(extensions, `${publisher}.${name}-${version}`);
  mkdirSync(folder, { recursive: true });
  for (const entry of packaged) {
    const source = path.join(projectRoot, entry);
    if (existsSync(source)) cpSync(source, path.join(folder, entry), { recursive: true });
  }
}

/**
 * @returns {string} a new folder that is removed when this process ends, also by Ctrl+C; the caller first stops who
 *   writes into it
 */
export function temporaryFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), 'fsrace-editor-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

/**
 * Lets the `exit` listeners clean up when somebody interrupts this process.
 * @param {number} code what the process then ends with
 */
export function exitOnSignals(code) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(code));
}
