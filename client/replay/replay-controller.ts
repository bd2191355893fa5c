import * as vscode from 'vscode';
import type { TextRange, TraceParams, TraceResult } from '../../server/protocol.ts';
import type { MessageFromView } from './messages.ts';
import { goToPlace, OperationHighlight, scrollToPlace } from './operation-highlight.ts';
import { clampPosition, lastPosition, openingPosition, type Position } from './positions.ts';
import { restoredReplay, traceParamsOf } from './replay-arguments.ts';
import { ReplayPanel, replayViewType } from './replay-panel.ts';

/** Where traces come from. */
interface TraceSource {
  trace(params: TraceParams): Promise<TraceResult>;
}

/** The one replay that is open, if any: its trace, the selected position, its panel and its mark in the text. */
export class ReplayController implements vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #source: TraceSource;
  readonly #highlight = new OperationHighlight();
  readonly #subscriptions: readonly vscode.Disposable[];
  #panel: ReplayPanel | undefined;
  #shown: { result: TraceResult; position: Position } | undefined;
  /** Counts what was asked for, so that an answer that comes late does not replace a later one. */
  #requests = 0;

  constructor(extensionUri: vscode.Uri, source: TraceSource) {
    this.#extensionUri = extensionUri;
    this.#source = source;
    this.#subscriptions = [
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#textChanged(document)),
      vscode.window.onDidChangeVisibleTextEditors(() => this.#markPlace()),
      vscode.window.onDidChangeTextEditorSelection((event) => this.#selectByClick(event)),
      vscode.window.registerWebviewPanelSerializer(replayViewType, {
        deserializeWebviewPanel: (panel, state) => this.#restore(panel, state),
      }),
    ];
  }

  /**
   * Replays what the argument names, a `TraceParams` as code lenses pass it; anything else means the interleaving
   * or the scenario at the cursor, in the editor of the document when it is a URI.
   */
  async open(argument: unknown): Promise<void> {
    const params = traceParamsOf(argument) ?? paramsAtCursor(argument);
    if (params === undefined) {
      void vscode.window.showInformationMessage('Put the cursor into a scenario to replay it.');
      return;
    }
    this.#requests += 1;
    const request = this.#requests;
    try {
      const result = await this.#source.trace(params);
      if (request !== this.#requests) return;
      this.#panel ??= this.#createPanel();
      this.#show(result, openingPosition(result.trace));
    } catch (error) {
      void vscode.window.showErrorMessage(`Cannot replay: ${messageOf(error)}`);
    }
  }

  /** Selects another position, computed from the one selected and the last one; the nearest that there is. */
  move(target: (position: Position, last: Position) => Position): void {
    if (this.#shown === undefined) return;
    const { result, position } = this.#shown;
    const chosen = clampPosition(result.trace, target(position, lastPosition(result.trace)));
    this.#select(chosen);
    this.#panel?.send({ type: 'select', position: chosen });
  }

  dispose(): void {
    this.#panel?.dispose();
    this.#highlight.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #createPanel(restored?: vscode.WebviewPanel): ReplayPanel {
    const panel = new ReplayPanel(
      this.#extensionUri,
      {
        received: (message) => this.#receive(message),
        closed: () => this.#close(),
      },
      restored,
    );
    void vscode.commands.executeCommand('setContext', 'fsrace.replayOpen', true);
    return panel;
  }

  async #restore(webviewPanel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const restored = restoredReplay(state);
    if (restored === undefined || this.#panel !== undefined) {
      webviewPanel.dispose();
      return;
    }
    const panel = this.#createPanel(webviewPanel);
    this.#panel = panel;
    try {
      const result = await this.#source.trace(restored.params);
      this.#show(result, clampPosition(result.trace, restored.position));
    } catch (error) {
      panel.send({ type: 'failed', message: `Cannot replay: ${messageOf(error)}` });
    }
  }

  #close(): void {
    this.#panel = undefined;
    this.#shown = undefined;
    this.#highlight.clear();
    void vscode.commands.executeCommand('setContext', 'fsrace.replayOpen', false);
  }

  #show(result: TraceResult, position: Position): void {
    this.#shown = { result, position };
    this.#panel?.show(result.title);
    this.#sendShown();
    this.#goAlong();
  }

  #sendShown(): void {
    if (this.#shown === undefined) return;
    const { result, position } = this.#shown;
    const { trace, title, findings, explanation, uri, target } = result;
    const content = { trace, title, findings, explanation };
    this.#panel?.send({ type: 'show', content, position, request: { uri, ...target } });
    this.#panel?.send({ type: 'stale', stale: this.#isStale(result) });
  }

  #receive(message: MessageFromView): void {
    switch (message.type) {
      case 'ready':
        this.#sendShown();
        break;
      case 'selected':
        this.#select(message.position);
        break;
      case 'reveal':
        void this.#goToStep(message.position);
        break;
      case 'replay-again':
        if (this.#shown) void this.open({ uri: this.#shown.result.uri, ...this.#shown.result.target });
        break;
    }
  }

  #select(position: Position): void {
    if (this.#shown === undefined) return;
    this.#shown = { ...this.#shown, position };
    this.#goAlong();
  }

  async #goToStep(position: Position): Promise<void> {
    const place = this.#placeOf(position);
    if (place && this.#shown) await goToPlace(this.#shown.result.uri, place);
  }

  /** The text follows the selected step. */
  #goAlong(): void {
    this.#markPlace();
    const place = this.#shown && this.#placeOf(this.#shown.position);
    if (place && this.#shown) scrollToPlace(this.#shown.result.uri, place);
  }

  #markPlace(): void {
    const place = this.#shown && this.#placeOf(this.#shown.position);
    if (this.#shown === undefined || place === undefined) {
      this.#highlight.clear();
      return;
    }
    const { result, position } = this.#shown;
    const step = result.trace.steps[position - 1]?.step;
    this.#highlight.show(result.uri, place, `${position} of ${lastPosition(result.trace)}: ${step}`);
  }

  /** The operation that takes the step to a position; none at the start, nor when the text has changed since. */
  #placeOf(position: Position): TextRange | undefined {
    if (this.#shown === undefined || this.#isStale(this.#shown.result)) return undefined;
    return this.#shown.result.places[position - 1];
  }

  #isStale({ uri, version }: TraceResult): boolean {
    const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri);
    return document !== undefined && document.version !== version;
  }

  #textChanged(document: vscode.TextDocument): void {
    if (document.uri.toString() !== this.#shown?.result.uri) return;
    this.#panel?.send({ type: 'stale', stale: this.#isStale(this.#shown.result) });
    this.#markPlace();
  }

  /** A click on an operation in the text selects its first step, unless one of its steps is selected already. */
  #selectByClick({ kind, textEditor, selections }: vscode.TextEditorSelectionChangeEvent): void {
    if (kind !== vscode.TextEditorSelectionChangeKind.Mouse || this.#shown === undefined) return;
    const { result, position } = this.#shown;
    const cursor = selections[0]?.active;
    if (cursor === undefined || textEditor.document.uri.toString() !== result.uri || this.#isStale(result)) return;
    const clicked = result.places.findIndex((place) => contains(place, cursor));
    const current = result.places[position - 1];
    if (clicked >= 0 && !(current && contains(current, cursor))) this.move(() => clicked + 1);
  }
}

function contains({ start, end }: TextRange, position: vscode.Position): boolean {
  return new vscode.Range(start.line, start.character, end.line, end.character).contains(position);
}

function paramsAtCursor(of: unknown): TraceParams | undefined {
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  const named = of instanceof vscode.Uri ? of.toString() : undefined;
  const editor = [activeTextEditor, ...visibleTextEditors].find(
    (candidate) => candidate && (named === undefined || candidate.document.uri.toString() === named),
  );
  if (editor?.document.languageId !== 'fsrace') return undefined;
  const { document, selection } = editor;
  const { line, character } = selection.active;
  return { uri: document.uri.toString(), version: document.version, position: { line, character } };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
