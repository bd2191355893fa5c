// @ts-check
/**
 * Runs the editor tests in a real VS Code with the built extension, on copies of the scenarios:
 * `node test/editor/run.mjs`. The last line tells how many passed, failed and were skipped; exit code 1 when one failed.
 * FSRACE_EDITOR_LOG=1 adds what the extension host, the browser and the server say.
 */
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { InstallError, installVSCode } from './install-vscode.mjs';
import { integrationTests } from './integration/tests.mjs';
import { ensureBuilt, exitOnSignals, installExtension, projectRoot, temporaryFolder } from './project.mjs';
import { seed } from './seed.mjs';
import { describeResult, parseResult, runJourney, summary } from './test-list.mjs';
import { journeys } from './ui/journeys.mjs';
import { clearScreenshots, screenshot } from './ui/screenshots.mjs';
import { runInExtensionHost, startHost, whyNoChromium } from './vscode-host.mjs';

const stepLimit = 20_000;
const { FSRACE_EDITOR_LOG: logged } = process.env;

/** @type {import('./test-list.mjs').Result[]} */
const results = [];

/** @param {string} line */
const print = (line) => process.stdout.write(`${line}\n`);

/** @param {import('./test-list.mjs').Result} result */
const report = (result) => {
  results.push(result);
  print(describeResult(result));
};

/** @param {string} text */
const log = (text) => {
  if (logged !== undefined) process.stderr.write(`${text}\n`);
};

/**
 * @param {string} temporary
 * @param {string} name
 * @returns {string} a copy of the shipped scenarios, for tests to write into
 */
function copyScenarios(temporary, name) {
  const folder = path.join(temporary, name);
  cpSync(path.join(projectRoot, 'scenarios'), folder, { recursive: true });
  return folder;
}

/**
 * @param {import('./vscode-host.mjs').Host} host
 * @param {string} folder
 */
async function runIntegration(host, folder) {
  const missing = new Set(Object.keys(integrationTests));
  const how = await runInExtensionHost(host, {
    extension: projectRoot,
    tests: fileURLToPath(new URL('integration/index.cjs', import.meta.url)),
    folder,
    onLog: (text) => {
      const result = parseResult(text);
      if (result === undefined || !missing.delete(result.name)) log(text);
      else report(result);
    },
  });
  for (const name of missing) report({ name, outcome: 'failed', detail: `it did not run: ${how}` });
}

/**
 * @param {import('./vscode-host.mjs').Host} host
 * @param {string} folder
 * @param {import('./test-list.mjs').TestList<import('./ui/desk.mjs').Desk>} steps
 */
async function runUserInterface({ server, newPage }, folder, steps) {
  const file = path.join(folder, seed.file);
  const page = await newPage();
  page.setDefaultTimeout(stepLimit);
  page.on('console', (message) => log(message.text()));
  await page.goto(server.workbenchUrl(folder, [['openFile', server.remoteUri(file)]]));
  const desk = { page, folder, text: readFileSync(file, 'utf8') };
  await runJourney(steps, desk, report, (name) => screenshot(page, `failed ${name}`));
  await page.close();
}

/**
 * @param {string} vscode the folder of the installed VS Code
 */
async function runAll(vscode) {
  const temporary = temporaryFolder();
  const extensions = path.join(temporary, 'extensions');
  mkdirSync(extensions);
  installExtension(extensions);
  const host = await startHost({ vscode, state: path.join(temporary, 'state'), extensions });
  try {
    await runIntegration(host, copyScenarios(temporary, 'integration'));
    for (const [index, steps] of journeys.entries()) {
      await runUserInterface(host, copyScenarios(temporary, `journey-${index + 1}`), steps);
    }
  } finally {
    await host.stop();
    log(host.server.output());
  }
}

/** @returns {{ vscode: string } | { reason: string }} the installed VS Code, or why there can be no tests */
function prepare() {
  const reason = whyNoChromium();
  if (reason !== undefined) return { reason };
  try {
    return { vscode: installVSCode(print) };
  } catch (error) {
    if (error instanceof InstallError) return { reason: error.message };
    throw error;
  }
}

exitOnSignals(130);
clearScreenshots();
const prepared = prepare();
if ('vscode' in prepared) {
  try {
    ensureBuilt();
    await runAll(prepared.vscode);
  } catch (error) {
    const detail = error instanceof Error ? String(error.stack) : String(error);
    report({ name: 'VS Code runs with the extension', outcome: 'failed', detail });
  }
} else {
  for (const name of [integrationTests, ...journeys].flatMap(Object.keys)) {
    report({ name, outcome: 'skipped', detail: prepared.reason });
  }
}
print(summary(results));
process.exitCode = results.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
