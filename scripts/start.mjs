// @ts-check
/**
 * The shortest way to see it work: builds, checks the shipped scenarios in the terminal, then opens them in a
 * VS Code with the extension loaded from this folder.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const scenarios = join(root, 'scenarios');

/**
 * Runs Node on a script of the project in its root, output shown, and ends this script when the exit code is none
 * of those expected.
 * @param {readonly string[]} args
 * @param {readonly number[]} expectedExitCodes
 */
function node(args, expectedExitCodes) {
  const { status, error } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (error) throw error;
  if (status === null || !expectedExitCodes.includes(status)) process.exit(status || 1);
}

/** The desktop `code` executable, when there is one and a display to show it on. */
function findDesktopCode() {
  const { platform, env } = process;
  const hasDisplay = platform === 'win32' || platform === 'darwin' || env['DISPLAY'] || env['WAYLAND_DISPLAY'];
  if (!hasDisplay) return undefined;
  const name = platform === 'win32' ? 'code.cmd' : 'code';
  return (env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

node(['esbuild.mjs'], [0]);
// 1 says that races were found: that is what the shipped scenarios are for.
node(['dist/cli.js', 'check', 'scenarios'], [0, 1]);

const code = findDesktopCode();
if (code) {
  const args = [`--extensionDevelopmentPath=${root}`, scenarios];
  // Windows runs .cmd files by the shell only, which wants paths with spaces quoted.
  const { error } =
    process.platform === 'win32'
      ? spawnSync(
          `"${code}"`,
          args.map((arg) => `"${arg}"`),
          { stdio: 'inherit', shell: true },
        )
      : spawnSync(code, args, { stdio: 'inherit' });
  if (error) throw error;
} else {
  console.log('No desktop VS Code here: `npm run editor` opens one in the browser.');
}
