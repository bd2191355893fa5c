import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runCli } from './run-cli.ts';

/**
 * Transcripts of sessions: `$ fsrace …` is run in the folder of the transcripts; what it prints follows,
 * lines on standard error after `! `, and the exit code when it is not 0. UPDATE_FIXTURES=1 writes them anew.
 */
const folder = fileURLToPath(new URL('../../fixtures/cli/', import.meta.url));
const transcripts = readdirSync(folder).filter((name) => name.endsWith('.txt'));

test.each(transcripts)('%s', async (name) => {
  const expected = readFileSync(folder + name, 'utf8');
  const commands = expected.split('\n').filter((line) => line.startsWith('$ fsrace'));
  expect(commands).not.toEqual([]);
  let session = '';
  for (const command of commands) session += await transcribe(command);
  if (process.env['UPDATE_FIXTURES']) writeFileSync(folder + name, session);
  else expect(session).toBe(expected);
});

async function transcribe(command: string): Promise<string> {
  const { code, stdout, stderr } = await runCli(wordsOf(command), folder);
  const errors = stderr.replaceAll(/^(?=.)/gm, '! ');
  return `${command}\n${withoutTimes(stdout)}${errors}${code === 0 ? '' : `[exit code ${code}]\n`}\n`;
}

/** The words after `fsrace`; double quotes keep a word together. */
function wordsOf(command: string): string[] {
  const words = command.match(/"[^"]*"|\S+/g) ?? [];
  return words.slice(2).map((word) => word.replaceAll('"', ''));
}

function withoutTimes(text: string): string {
  return text.replaceAll(/\b\d+(\.\d+)? (ms|s)$/gm, 'TIME').replace(/(?<=default: )\d+/, 'N');
}
