import * as vscode from 'vscode';
import { replayCommand } from '../server/protocol.ts';
import { LanguageServer } from './language-server.ts';
import { ReplayController } from './replay/replay-controller.ts';
import { ServerStatus } from './server-status.ts';
import { StatusItem } from './status-item.ts';

let server: LanguageServer | undefined;

/** Called by VS Code when a scenario is opened, or a replay is to be restored. */
export async function activate({ extensionUri, subscriptions }: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel('fsrace', { log: true });
  const status = new ServerStatus();
  const bundle = vscode.Uri.joinPath(extensionUri, 'dist/server.cjs').fsPath;
  const languageServer = new LanguageServer(bundle, output, status);
  server = languageServer;
  const replay = new ReplayController(extensionUri, languageServer);
  const command = (name: string, run: (argument: unknown) => unknown) => vscode.commands.registerCommand(name, run);
  subscriptions.push(
    output,
    status,
    new StatusItem(status),
    replay,
    command(replayCommand, (argument) => replay.open(argument)),
    command('fsrace.replay.firstStep', () => replay.move(() => 0)),
    command('fsrace.replay.previousStep', () => replay.move((position) => position - 1)),
    command('fsrace.replay.nextStep', () => replay.move((position) => position + 1)),
    command('fsrace.replay.lastStep', () => replay.move((_, last) => last)),
    command('fsrace.showOutput', () => output.show()),
    command('fsrace.restartServer', async () => {
      await languageServer.stop();
      await languageServer.start();
    }),
  );
  await languageServer.start();
}

/** Called by VS Code when it ends or the extension is disabled. */
export async function deactivate(): Promise<void> {
  await server?.stop();
}
