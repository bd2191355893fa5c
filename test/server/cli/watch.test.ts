import { spawn } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { cli, plainEnvironment } from './run-cli.ts';
import { safe, unsafe } from './scenarios.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Starts `check --watch` and gives back how to wait for its next report. */
function watch(folder: string, ...paths: readonly string[]) {
  const child = spawn(process.execPath, [cli, 'check', '--watch', ...paths], { cwd: folder, env: plainEnvironment });
  onTestFinished(() => {
    child.kill();
  });
  let text = '';
  let announce = () => {};
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
    announce();
  });
  return async function next(): Promise<string> {
    for (;;) {
      const [report] = /^[\s\S]*?^\d+ scenarios? checked: .*\n/m.exec(text) ?? [];
      if (report !== undefined) {
        text = text.slice(report.length);
        return report;
      }
      await new Promise<void>((resolve) => {
        announce = resolve;
      });
    }
  };
}

test.each([
  ['a folder', '.'],
  ['a file', 'a.fsrace'],
])('checks %s again when a file changes, also when it is replaced', async (_, path) => {
  const folder = temporaryFolder({ 'a.fsrace': unsafe });
  const next = watch(folder, path);
  expect(await next()).toContain('lost-extent');
  writeFileSync(join(folder, 'a.fsrace'), safe);
  expect(await next()).toContain('1 safe');
  writeFileSync(join(folder, 'a.fsrace~'), unsafe);
  renameSync(join(folder, 'a.fsrace~'), join(folder, 'a.fsrace'));
  expect(await next()).toContain('lost-extent');
});
