// @ts-check
/**
 * Runs the integration tests in a desktop VS Code, named by FSRACE_VSCODE_EXECUTABLE:
 * `FSRACE_VSCODE_EXECUTABLE=/usr/share/code/code node test/editor/run-electron.mjs`.
 * Needs a display. Not yet run: where this was written there is no desktop VS Code, so only its syntax and types are checked.
 */
import { cpSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { runTests } from '@vscode/test-electron';
import { ensureBuilt, exitOnSignals, projectRoot, temporaryFolder } from './project.mjs';

const { FSRACE_VSCODE_EXECUTABLE: vscodeExecutablePath } = process.env;
if (vscodeExecutablePath === undefined) {
  process.stderr.write('name the executable of a desktop VS Code in FSRACE_VSCODE_EXECUTABLE\n');
  process.exit(2);
}
exitOnSignals(130);
ensureBuilt();
const temporary = temporaryFolder();
const workspace = path.join(temporary, 'scenarios');
cpSync(path.join(projectRoot, 'scenarios'), workspace, { recursive: true });
process.exitCode = await runTests({
  vscodeExecutablePath,
  extensionDevelopmentPath: projectRoot,
  extensionTestsPath: fileURLToPath(new URL('integration/index.cjs', import.meta.url)),
  launchArgs: [
    workspace,
    '--disable-extensions',
    '--disable-workspace-trust',
    ...['--user-data-dir', path.join(temporary, 'user')],
    ...['--extensions-dir', path.join(temporary, 'extensions')],
  ],
});
