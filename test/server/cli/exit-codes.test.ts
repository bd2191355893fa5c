import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from './run-cli.ts';
import { deadlock, expectedLoss, infeasible, safe, syntaxError, unmetExpectation, unsafe } from './scenarios.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Of files by name: what `check` exits with, and whether it complains. */
const cases: readonly [name: string, files: Record<string, string | Uint8Array>, args: string[], code: number][] = [
  ['nothing found', { 'a.fsrace': safe }, [], 0],
  ['a loss that is expected', { 'a.fsrace': expectedLoss }, [], 0],
  ['a loss that is not expected', { 'a.fsrace': unsafe }, [], 1],
  ['an expected loss that does not happen', { 'a.fsrace': unmetExpectation }, [], 1],
  ['an interleaving that cannot run', { 'a.fsrace': infeasible }, [], 1],
  ['a deadlock', { 'a.fsrace': deadlock }, [], 1],
  ['a bound', { 'a.fsrace': safe }, ['--bound', 'states=10'], 3],
  ['an expected loss and a bound', { 'a.fsrace': expectedLoss }, ['--bound', 'states=215'], 3],
  ['a loss and a bound', { 'a.fsrace': unsafe, 'b.fsrace': `${safe.slice(0, -2)}  bound states 10\n}\n` }, [], 1],
  ['a syntax error', { 'a.fsrace': syntaxError }, [], 2],
  ['a syntax error and a loss', { 'a.fsrace': syntaxError, 'b.fsrace': unsafe }, [], 2],
  ['no scenario file', { 'a.txt': safe }, [], 2],
  ['a path that is not there', { 'a.fsrace': safe }, ['nowhere', 'a.fsrace'], 2],
  ['an empty file', { 'a.fsrace': '' }, [], 0],
  ['a binary file', { 'a.fsrace': new Uint8Array([0, 255, 254, 10, 128, 7]) }, [], 2],
];

test.each(cases)('%s', async (_, files, args, code) => {
  const result = await runCli(['check', ...args], temporaryFolder(files));
  expect(result).toMatchObject({ code });
  expect(result.stderr).toMatch(code === 2 ? /^fsrace: .+\n$/ : /^$/);
});

// Root may read everything.
test.skipIf(process.getuid?.() === 0)('a file that may not be read', async () => {
  const folder = temporaryFolder({ 'a.fsrace': safe });
  chmodSync(join(folder, 'a.fsrace'), 0);
  const { code, stderr } = await runCli(['check'], folder);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^fsrace: cannot read a\.fsrace: it is not permitted/);
});
