import * as vscode from 'vscode';
import { LanguageClient, State, TransportKind } from 'vscode-languageclient/node';
import {
  type StatusParams,
  statusMethod,
  type TraceParams,
  type TraceResult,
  traceMethod,
} from '../server/protocol.ts';
import type { ServerStatus } from './server-status.ts';
import type { ServerState } from './status-text.ts';

/** The language server: a process of its own, reached by IPC. */
export class LanguageServer {
  readonly #client: LanguageClient;
  readonly #status: ServerStatus;

  /**
   * @param module path of the server's bundle
   * @param output where the server's log goes
   * @param status kept up to date
   */
  constructor(module: string, output: vscode.LogOutputChannel, status: ServerStatus) {
    const run = { module, transport: TransportKind.ipc };
    this.#client = new LanguageClient(
      'fsrace',
      'fsrace',
      { run, debug: { ...run, options: { execArgv: ['--nolazy', '--inspect=6010'] } } },
      { documentSelector: [{ language: 'fsrace' }], outputChannel: output },
    );
    this.#status = status;
    this.#client.onDidChangeState(({ newState }) => {
      status.state = stateName(newState);
    });
    this.#client.onNotification(statusMethod, (params: StatusParams) => status.update(params));
  }

  /** Rejects when the server cannot be started. */
  start(): Promise<void> {
    return this.#client.start();
  }

  /** Ends the process; resolves also when it does not run. */
  async stop(): Promise<void> {
    if (!this.#client.needsStop()) return;
    // A client cannot be stopped while it starts.
    await this.#client.start();
    await this.#client.stop();
  }

  /**
   * Replays an interleaving of a document, which is opened for that if need be. Rejects when there is no such
   * interleaving, or the text has changed since the version that was named.
   */
  async trace(params: TraceParams): Promise<TraceResult> {
    await vscode.workspace.openTextDocument(vscode.Uri.parse(params.uri));
    // The client may pass on the opening of a document after a request that is made now.
    await this.#status.whenRead(params.uri);
    return this.#client.sendRequest(traceMethod, params);
  }
}

function stateName(state: State): ServerState {
  switch (state) {
    case State.Running:
      return 'running';
    case State.Starting:
      return 'starting';
    default:
      return 'stopped';
  }
}
