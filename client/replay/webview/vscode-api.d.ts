/** What VS Code gives a webview to talk to its extension; a webview may ask for it once. */
interface WebviewApi {
  /** Sends a message to the extension, where `webview.onDidReceiveMessage` gets it. */
  postMessage(message: unknown): void;
  /** The state last set, also after the view was hidden or the window reloaded; undefined at first. */
  getState(): unknown;
  /** Keeps a JSON value for `getState`. */
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): WebviewApi;

/** The bundler puts an imported style sheet beside the bundle. */
declare module '*.css';
