import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The built command line: its worker, and the server that it starts, stand beside it. */
export const cli = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url));

interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Without colours, 100 columns wide. */
export const plainEnvironment = { ...process.env, NO_COLOR: '1', COLUMNS: '100' };

/** Runs the command line in a folder until it ends. */
export function runCli(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = plainEnvironment) {
  if (!existsSync(cli)) throw new Error('these tests run what is built: `npm run build` first');
  return new Promise<CliResult>((resolve, reject) => {
    const child = spawn(process.execPath, [cli, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
