import * as vscode from 'vscode';
import type { ServerStatus } from './server-status.ts';
import { describeStatus } from './status-text.ts';

/** The item in the status bar that says how far the check of the active scenario file is. */
export class StatusItem implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('fsrace.status', vscode.StatusBarAlignment.Left);
  readonly #status: ServerStatus;
  readonly #subscriptions: readonly vscode.Disposable[];
  #document: vscode.TextDocument | undefined;

  constructor(status: ServerStatus) {
    this.#item.name = 'fsrace';
    this.#status = status;
    const update = () => this.#update();
    this.#subscriptions = [
      status.onDidChange(update),
      vscode.window.onDidChangeActiveTextEditor(update),
      vscode.window.onDidChangeVisibleTextEditors(update),
      vscode.workspace.onDidChangeTextDocument(update),
    ];
    update();
  }

  dispose(): void {
    this.#item.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #update(): void {
    this.#document = this.#documentToShow();
    const document = this.#document;
    if (document === undefined) {
      this.#item.hide();
      return;
    }
    const { state } = this.#status;
    const { text, tooltip, broken } = describeStatus(state, this.#status.of(document.uri.toString()), document.version);
    this.#item.text = text;
    this.#item.tooltip = tooltip;
    this.#item.accessibilityInformation = { label: tooltip };
    this.#item.backgroundColor = broken ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
    this.#item.command = broken ? 'fsrace.showOutput' : 'workbench.actions.view.problems';
    this.#item.show();
  }

  #documentToShow(): vscode.TextDocument | undefined {
    const { activeTextEditor, visibleTextEditors } = vscode.window;
    const visible = visibleTextEditors
      .map(({ document }) => document)
      .filter(({ languageId }) => languageId === 'fsrace');
    // One without a column is no editor of a file, but a view such as the output.
    if (activeTextEditor?.viewColumn) return visible.find((document) => document === activeTextEditor.document);
    // While a view has the focus, as the replay, the item stays with the last file.
    return visible.find((document) => document === this.#document) ?? visible[0];
  }
}
