import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import {
  type ClientCapabilities,
  type CodeAction,
  CodeActionRequest,
  CodeLensRefreshRequest,
  ConfigurationRequest,
  createProtocolConnection,
  type Diagnostic,
  DidChangeConfigurationNotification,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  type InitializeResult,
  ProgressType,
  type ProtocolConnection,
  PublishDiagnosticsNotification,
  type PublishDiagnosticsParams,
  type Range,
  RegistrationRequest,
  ShowMessageNotification,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  WorkDoneProgressCreateRequest,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { type StatusParams, statusMethod } from '../../server/protocol.ts';

/** A client that talks to the built server over its standard input and output, and remembers what it was told. */
export class LspClient {
  readonly connection: ProtocolConnection;
  readonly published: PublishDiagnosticsParams[] = [];
  readonly statuses: StatusParams[] = [];
  readonly messages: string[] = [];
  /** Values of every progress, each with its token. */
  readonly progress: {
    readonly token: string | number;
    readonly value: { readonly kind: string } & Record<string, unknown>;
  }[] = [];
  lensRefreshes = 0;
  /** Answers to requests for settings, by section. */
  settings: Readonly<Record<string, unknown>> = {};
  initialized: InitializeResult | undefined;
  readonly #process: ChildProcess;
  readonly #listeners = new Set<() => void>();

  /** Starts the server that is in a folder and shakes hands with it. */
  static async start(folder: string, capabilities: ClientCapabilities = {}): Promise<LspClient> {
    const client = new LspClient(folder);
    const params = { processId: process.pid, rootUri: null, capabilities };
    client.initialized = await client.connection.sendRequest(InitializeRequest.type, params);
    await client.connection.sendNotification(InitializedNotification.type, {});
    return client;
  }

  private constructor(folder: string) {
    this.#process = spawn(process.execPath, [join(folder, 'server.cjs'), '--stdio'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const { stdin, stdout } = this.#process;
    if (stdin === null || stdout === null) throw new Error('the server has no standard streams');
    this.connection = createProtocolConnection(new StreamMessageReader(stdout), new StreamMessageWriter(stdin));
    const on = this.connection;
    on.onNotification(PublishDiagnosticsNotification.type, (params) => this.#note(this.published, params));
    on.onNotification(statusMethod, (params: StatusParams) => this.#note(this.statuses, params));
    on.onNotification(ShowMessageNotification.type, ({ message }) => this.#note(this.messages, message));
    on.onRequest(ConfigurationRequest.type, ({ items }) =>
      items.map(({ section = '' }) => this.settings[section] ?? null),
    );
    on.onRequest(RegistrationRequest.type, () => {});
    on.onRequest(CodeLensRefreshRequest.type, () => {
      this.lensRefreshes++;
      this.#tell();
    });
    on.onRequest(WorkDoneProgressCreateRequest.type, ({ token }) => {
      on.onProgress(new ProgressType<LspClient['progress'][0]['value']>(), token, (value) =>
        this.#note(this.progress, { token, value }),
      );
    });
    on.listen();
  }

  get isAlive(): boolean {
    return this.#process.exitCode === null;
  }

  /** Resolves with what `look` finds as soon as it finds something; it looks after each message. */
  until<Found>(look: () => Found | undefined): Promise<Found> {
    return new Promise((resolve) => {
      const listener = () => {
        const found = look();
        if (found === undefined) return;
        this.#listeners.delete(listener);
        resolve(found);
      };
      this.#listeners.add(listener);
      listener();
    });
  }

  async open(uri: string, text: string): Promise<OpenDocument> {
    const textDocument = { uri, languageId: 'fsrace', version: 1, text };
    await this.connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument });
    return new OpenDocument(this, uri, text);
  }

  async changeSettings(settings: Readonly<Record<string, unknown>>): Promise<void> {
    this.settings = settings;
    await this.connection.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
  }

  /** Says goodbye and waits for the server's exit code. */
  async stop(): Promise<number | null> {
    const exited = new Promise<number | null>((resolve) => this.#process.on('exit', resolve));
    await this.connection.sendRequest(ShutdownRequest.type);
    await this.connection.sendNotification(ExitNotification.type);
    const code = await exited;
    this.connection.dispose();
    return code;
  }

  #note<Item>(items: Item[], item: Item): void {
    items.push(item);
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** A document that the client has open. */
class OpenDocument {
  readonly uri: string;
  readonly #client: LspClient;
  #document: TextDocument;

  constructor(client: LspClient, uri: string, text: string) {
    this.#client = client;
    this.uri = uri;
    this.#document = TextDocument.create(uri, 'fsrace', 1, text);
  }

  get version(): number {
    return this.#document.version;
  }

  get text(): string {
    return this.#document.getText();
  }

  /** Place of the first occurrence of a part of the text. */
  rangeOf(part: string): Range {
    const start = this.text.indexOf(part);
    if (start < 0) throw new Error(`the text has no ${part}`);
    return { start: this.#document.positionAt(start), end: this.#document.positionAt(start + part.length) };
  }

  textAt(range: Range): string {
    return this.#document.getText(range);
  }

  /** Replaces the first occurrence of a part of the text, and tells the server just that. */
  async replace(part: string, text: string): Promise<void> {
    await this.edit([{ range: this.rangeOf(part), text }]);
  }

  async edit(contentChanges: { range: Range; text: string }[]): Promise<void> {
    TextDocument.update(this.#document, contentChanges, this.version + 1);
    await this.#client.connection.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument: { uri: this.uri, version: this.version },
      contentChanges,
    });
  }

  async close(): Promise<void> {
    await this.#client.connection.sendNotification(DidCloseTextDocumentNotification.type, {
      textDocument: { uri: this.uri },
    });
  }

  /** Waits until what is published about the current version is as wanted. */
  diagnostics(wanted: (diagnostics: readonly Diagnostic[]) => boolean): Promise<readonly Diagnostic[]> {
    return this.#client.until(() => {
      const last = this.#client.published.findLast(({ uri }) => uri === this.uri);
      return last?.version === this.version && wanted(last.diagnostics) ? last.diagnostics : undefined;
    });
  }

  /** Waits until every scenario of the current version is judged; resolves with what is published then. */
  async verdict(): Promise<readonly Diagnostic[]> {
    await this.#client.until(() => {
      const last = this.#client.statuses.findLast(({ uri }) => uri === this.uri);
      return last?.version === this.version && last.checking === 0 ? last : undefined;
    });
    return this.diagnostics(() => true);
  }

  codeActions(at: Range, diagnostics: readonly Diagnostic[] = []): Promise<CodeAction[]> {
    const params = { textDocument: { uri: this.uri }, range: at, context: { diagnostics: [...diagnostics] } };
    return this.#client.connection.sendRequest(CodeActionRequest.type, params).then((actions) => {
      return (actions ?? []).filter(
        (action): action is CodeAction => !('command' in action && typeof action.command === 'string'),
      );
    });
  }

  /** Applies a code action as an editor would. */
  async apply({ edit }: CodeAction): Promise<void> {
    const edits = edit?.changes?.[this.uri] ?? [];
    await this.edit(edits.map(({ range, newText }) => ({ range, text: newText })));
  }
}
