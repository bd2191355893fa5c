import type * as vscode from 'vscode';
import { LanguageClient, State, TransportKind } from 'vscode-languageclient/node';
import {
  type StatusParams,
  statusMethod,
  type TraceParams,
  type TraceResult,
  traceMethod,
} from '../server/protocol.ts';
import type { ServerState } from './status-text.ts';

interface ServerListener {
  serverChanged(state: ServerState): void;
  statusChanged(status: StatusParams): void;
}

/** The language server: a process of its own, reached by IPC. */
export class LanguageServer {
  readonly #client: LanguageClient;

  /**
   * @param module path of the server's bundle
   * @param output where the server's log goes
   */
  constructor(module: string, output: vscode.LogOutputChannel, listener: ServerListener) {
    const run = { module, transport: TransportKind.ipc };
    this.#client = new LanguageClient(
      'fsrace',
      'fsrace',
      { run, debug: { ...run, options: { execArgv: ['--nolazy', '--inspect=6010'] } } },
      { documentSelector: [{ language: 'fsrace' }], outputChannel: output },
    );
    this.#client.onDidChangeState(({ newState }) => listener.serverChanged(stateName(newState)));
    this.#client.onNotification(statusMethod, (status: StatusParams) => listener.statusChanged(status));
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

  /** Rejects when there is no such interleaving, or the text has changed since the version that was named. */
  trace(params: TraceParams): Promise<TraceResult> {
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
