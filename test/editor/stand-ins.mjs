// @ts-check
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The server imports some modules that would have to be compiled, or that only report to their vendor. Each gets a small
 * stand-in with the exports that are used; output channels show text only if the log library really writes.
 */
const spdlog = `import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

const names = ['trace', 'debug', 'info', 'warning', 'error', 'critical', 'off'];
export class Logger {
  #file; #level = 2; #bare = false;
  constructor(file) { this.#file = file; mkdirSync(dirname(file), { recursive: true }); }
  #write(level, text) {
    if (level < this.#level) return;
    const line = this.#bare ? text : new Date().toISOString() + ' [' + names[level] + '] ' + text + '\\n';
    try { appendFileSync(this.#file, line); } catch { /* at shutdown the folder goes before the last line */ }
  }
  trace(text) { this.#write(0, text); }
  debug(text) { this.#write(1, text); }
  info(text) { this.#write(2, text); }
  warn(text) { this.#write(3, text); }
  error(text) { this.#write(4, text); }
  critical(text) { this.#write(5, text); }
  getLevel() { return this.#level; }
  setLevel(level) { this.#level = level; }
  setPattern() { this.#bare = false; }
  clearFormatters() { this.#bare = true; }
  flush() {}
  drop() {}
}
export const createRotatingLogger = async (name, file) => new Logger(file);
export const createAsyncRotatingLogger = createRotatingLogger;
export function setFlushOn() {}
export function setLevel() {}
export function shutdown() {}
`;

/** @type {Record<string, string>} module name to its whole source, an ES module */
const standIns = {
  '@vscode/spdlog': spdlog,
  '@vscode/deviceid': "export const getDeviceId = async () => '00000000-0000-4000-8000-000000000000';\n",
  '@microsoft/1ds-core-js': 'export class AppInsightsCore {}\n',
  'native-watchdog': 'export function start() {}\n',
};

/** @param {string} nodeModules the folder that gets one package per stand-in */
export function writeStandIns(nodeModules) {
  for (const [name, source] of Object.entries(standIns)) {
    const folder = path.join(nodeModules, name);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name, type: 'module', exports: './index.js' }));
    writeFileSync(path.join(folder, 'index.js'), source);
  }
}
