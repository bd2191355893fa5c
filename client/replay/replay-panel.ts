import * as vscode from 'vscode';
import type { MessageFromView, MessageToView } from './messages.ts';

/** Kind of the panel, also named in package.json: VS Code wakes the extension to restore one. */
export const replayViewType = 'fsrace.replay';

interface PanelListener {
  received(message: MessageFromView): void;
  closed(): void;
}

/** The webview panel that the replay view lives in. */
export class ReplayPanel implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel;

  /** @param restored the empty panel that VS Code brought back; without one a new panel opens beside the text */
  constructor(extensionUri: vscode.Uri, listener: PanelListener, restored?: vscode.WebviewPanel) {
    this.#panel =
      restored ??
      vscode.window.createWebviewPanel(replayViewType, 'Replay', vscode.ViewColumn.Beside, { enableFindWidget: true });
    const { webview } = this.#panel;
    const bundles = vscode.Uri.joinPath(extensionUri, 'dist');
    webview.options = { enableScripts: true, localResourceRoots: [bundles] };
    webview.onDidReceiveMessage((message: MessageFromView) => listener.received(message));
    this.#panel.onDidDispose(() => listener.closed());
    webview.html = page(webview, bundles);
  }

  show(title: string): void {
    this.#panel.title = title === '' ? 'Replay' : `Replay: ${title}`;
    this.#panel.reveal(undefined, false);
  }

  /** Messages to a hidden view are lost; it asks again when it comes back. */
  send(message: MessageToView): void {
    void this.#panel.webview.postMessage(message);
  }

  dispose(): void {
    this.#panel.dispose();
  }
}

function page(webview: vscode.Webview, bundles: vscode.Uri): string {
  const nonce = crypto.randomUUID();
  const script = webview.asWebviewUri(vscode.Uri.joinPath(bundles, 'replay.js'));
  const style = webview.asWebviewUri(vscode.Uri.joinPath(bundles, 'replay.css'));
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="stylesheet" href="${style}">
  <title>Replay</title>
</head>
<body>
  <script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
