import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node';
import { cli } from './run-cli.ts';

test('`lsp --stdio` is the language server, and ends when it is told to', async () => {
  const child = spawn(process.execPath, [cli, 'lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill();
  });
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  connection.listen();
  const params = { processId: process.pid, rootUri: null, capabilities: {} };
  const exit = once(child, 'exit');
  const initialized = await connection.sendRequest('initialize', params);
  expect(initialized).toMatchObject({ serverInfo: { name: 'fsrace' } });
  await connection.sendRequest('shutdown');
  await connection.sendNotification('exit');
  expect(await exit).toEqual([0, null]);
});
