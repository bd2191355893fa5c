import * as vscode from 'vscode';
import type { StatusParams } from '../server/protocol.ts';
import { describeStatus, type ServerState } from './status-text.ts';

/** The item in the status bar that says how far the check of the active scenario file is. */
export class StatusItem implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('fsrace.status', vscode.StatusBarAlignment.Left);
  /** By document URI. */
  readonly #statuses = new Map<string, StatusParams>();
  readonly #subscriptions: readonly vscode.Disposable[];
  #server: ServerState = 'starting';
  #document: vscode.TextDocument | undefined;

  constructor() {
    this.#item.name = 'fsrace';
    const update = () => this.#update();
    this.#subscriptions = [
      vscode.window.onDidChangeActiveTextEditor(update),
      vscode.window.onDidChangeVisibleTextEditors(update),
      vscode.workspace.onDidChangeTextDocument(update),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#statuses.delete(uri.toString())),
    ];
    update();
  }

  setServer(state: ServerState): void {
    this.#server = state;
    if (state !== 'running') this.#statuses.clear();
    this.#update();
  }

  setStatus(status: StatusParams): void {
    this.#statuses.set(status.uri, status);
    this.#update();
  }

  dispose(): void {
    this.#item.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #update(): void {
    const { activeTextEditor, visibleTextEditors } = vscode.window;
    // While a view has the focus, as the replay, no text editor is active: the item stays with the last one.
    const shown = activeTextEditor ?? visibleTextEditors.find(({ document }) => document === this.#document);
    const document = shown?.document.languageId === 'fsrace' ? shown.document : undefined;
    this.#document = document;
    if (document === undefined) {
      this.#item.hide();
      return;
    }
    const status = this.#statuses.get(document.uri.toString());
    const { text, tooltip, broken } = describeStatus(this.#server, status, document.version);
    this.#item.text = text;
    this.#item.tooltip = tooltip;
    this.#item.accessibilityInformation = { label: tooltip };
    this.#item.backgroundColor = broken ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
    this.#item.command = this.#server === 'running' ? 'workbench.actions.view.problems' : 'fsrace.showOutput';
    this.#item.show();
  }
}
