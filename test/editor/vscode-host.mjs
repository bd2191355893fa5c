// @ts-check
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { format } from 'node:util';
import { chromium } from 'playwright-core';
import { startServer } from './vscode-server.mjs';

/** Settings that keep pictures and timings the same from run to run. */
const steadySettings = {
  'editor.accessibilitySupport': 'off',
  'editor.cursorBlinking': 'solid',
  'editor.hover.delay': 100,
  'editor.minimap.enabled': false,
  'files.autoSave': 'off',
  'workbench.layoutControl.enabled': false,
  'workbench.reduceMotion': 'on',
};

const integrationLimit = 120_000;

/** @returns {string} the executable of Chromium, which need not exist */
function chromiumPath() {
  const { FSRACE_CHROMIUM: named = '/usr/bin/chromium' } = process.env;
  return named;
}

/** @returns {string | undefined} why no test can drive a browser here */
export function whyNoChromium() {
  const executable = chromiumPath();
  return existsSync(executable)
    ? undefined
    : `there is no ${executable}: install Chromium or name one in FSRACE_CHROMIUM`;
}

/**
 * @typedef {object} Host a running VS Code with a browser
 * @property {import('./vscode-server.mjs').Server} server
 * @property {() => Promise<import('playwright-core').Page>} newPage an empty browser page of 1280 by 800
 * @property {() => Promise<void>} stop ends the browser and the server
 */

/**
 * @param {object} options
 * @param {string} options.vscode the folder that installVSCode returned
 * @param {string} options.state an empty folder for everything VS Code writes
 * @param {string} options.extensions the folder of installed extensions
 * @returns {Promise<Host>}
 */
export async function startHost({ vscode, state, extensions }) {
  const [server, browser] = await Promise.allSettled([
    startServer({ vscode, state, extensions, settings: steadySettings }),
    chromium.launch({
      executablePath: chromiumPath(),
      // The sandbox does not work for root; the only page it opens is the one that this process serves.
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
      env: { ...process.env, XDG_CONFIG_HOME: path.join(state, 'config'), XDG_CACHE_HOME: path.join(state, 'cache') },
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    }),
  ]);
  const stop = async () => {
    if (browser.status === 'fulfilled') await browser.value.close();
    if (server.status === 'fulfilled') await server.value.stop();
  };
  if (server.status === 'rejected' || browser.status === 'rejected') {
    await stop();
    throw server.status === 'rejected' ? server.reason : browser.status === 'rejected' && browser.reason;
  }
  return {
    server: server.value,
    newPage: () => browser.value.newPage({ viewport: { width: 1280, height: 800 } }),
    stop,
  };
}

/**
 * Runs a test module in the extension host, as `@vscode/test-electron` does in a desktop VS Code.
 * @param {Host} host
 * @param {object} options
 * @param {string} options.extension the folder of the extension under development
 * @param {string} options.tests a CommonJS module with `run()`
 * @param {string} options.folder the workspace
 * @param {(text: string) => void} options.onLog each thing that the extension host writes to the console
 * @returns {Promise<string>} how it ended: `exit 0` when `run()` resolved, `exit 1` when it rejected or cannot be loaded
 */
export async function runInExtensionHost({ server, newPage }, { extension, tests, folder, onLog }) {
  const page = await newPage();
  try {
    /** @type {Promise<string>} */
    const ended = new Promise((resolve) => {
      const timer = setTimeout(() => resolve(`no end within ${integrationLimit / 1000} s`), integrationLimit);
      /** @param {string} how */
      const end = (how) => {
        clearTimeout(timer);
        resolve(how);
      };
      page.on('crash', () => end('the browser page crashed'));
      // The workbench calls these two globals when it was asked to run tests.
      page.exposeFunction('codeAutomationExit', (/** @type {number} */ code) => end(`exit ${code}`));
      page.exposeFunction('codeAutomationLog', (/** @type {string} */ _kind, /** @type {unknown[]} */ values) =>
        onLog(format(...values)),
      );
    });
    await page.goto(
      server.workbenchUrl(folder, [
        ['skipWelcome', 'true'],
        ['extensionDevelopmentPath', server.remoteUri(extension)],
        ['extensionTestsPath', server.remoteUri(path.resolve(tests))],
      ]),
    );
    return await ended;
  } finally {
    await page.close();
  }
}
