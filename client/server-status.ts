import * as vscode from 'vscode';
import type { StatusParams } from '../server/protocol.ts';
import type { ServerState } from './status-text.ts';

/** How the language server is, and the last it said about each open document. */
export class ServerStatus implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  /** By URI. */
  readonly #documents = new Map<string, StatusParams>();
  readonly #closing = vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#documents.delete(uri.toString()));
  #state: ServerState = 'starting';

  get state(): ServerState {
    return this.#state;
  }

  set state(state: ServerState) {
    this.#state = state;
    if (state !== 'running') this.#documents.clear();
    this.#changed.fire();
  }

  /** Undefined until the server has read the document. */
  of(uri: string): StatusParams | undefined {
    return this.#documents.get(uri);
  }

  update(status: StatusParams): void {
    this.#documents.set(status.uri, status);
    this.#changed.fire();
  }

  /** Resolves when the server has read the document; rejects when it does not run, or ends before. */
  async whenRead(uri: string): Promise<void> {
    while (this.of(uri) === undefined) {
      if (this.state === 'stopped') throw new Error('the language server does not run');
      await new Promise<void>((resolve) => {
        const subscription = this.onDidChange(() => {
          subscription.dispose();
          resolve();
        });
      });
    }
  }

  dispose(): void {
    this.#closing.dispose();
    this.#changed.dispose();
  }
}
