import {
  CodeLensRefreshRequest,
  type Connection,
  DidChangeConfigurationNotification,
  type InitializeResult,
  MessageType,
  PositionEncodingKind,
  ShowMessageNotification,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { StartWorker } from './check/check-worker.ts';
import { CheckingService } from './check/checking-service.ts';
import { type ClientSupport, clientSupport } from './client-support.ts';
import { CheckProgress } from './documents/check-progress.ts';
import { type DocumentChange, OpenDocuments } from './documents/open-documents.ts';
import { Publisher } from './documents/publisher.ts';
import type { ScenarioDocument } from './documents/scenario-document.ts';
import { Settings } from './documents/settings.ts';
import { featureCapabilities, registerFeatures } from './features/register.ts';

/** What the language server needs from where it runs. */
interface ServerEnvironment {
  readonly startWorker: StartWorker;
  /** Most checking workers at a time. */
  readonly workers: number;
  /** Address of docs/diagnostics.md. */
  readonly diagnosticsPage: string;
}

/** Serves one client until it says `exit`. Checking happens on workers, everything else on this thread. */
export function serveLanguage(connection: Connection, environment: ServerEnvironment): void {
  connection.onInitialize(({ capabilities }): InitializeResult => {
    const server = new LanguageServer(connection, environment, clientSupport(capabilities));
    connection.onInitialized(() => server.begin());
    connection.onShutdown(() => server.dispose());
    return {
      serverInfo: { name: 'fsrace' },
      capabilities: {
        positionEncoding: PositionEncodingKind.UTF16,
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        ...featureCapabilities,
      },
    };
  });
  connection.listen();
}

/** Connects the parts: texts come in, are read and checked, and what was found goes out. */
class LanguageServer {
  readonly #connection: Connection;
  readonly #support: ClientSupport;
  readonly #service: CheckingService;
  readonly #texts = new TextDocuments(TextDocument);
  readonly #documents: OpenDocuments;
  readonly #settings: Settings;
  readonly #publisher: Publisher;
  readonly #progress = new Map<string, CheckProgress>();
  /** Failures that were shown to the user: each once. */
  readonly #shownFailures = new Set<string>();

  constructor(connection: Connection, environment: ServerEnvironment, support: ClientSupport) {
    const { startWorker, workers, diagnosticsPage } = environment;
    this.#connection = connection;
    this.#support = support;
    this.#service = new CheckingService({ start: startWorker, size: workers });
    this.#service.warmUp();
    this.#settings = new Settings(connection, support.configuration, (uri) => this.#read(uri));
    this.#publisher = new Publisher({
      connection,
      page: diagnosticsPage,
      onVerdicts: () => {
        if (support.lensRefresh) this.#ask(connection.sendRequest(CodeLensRefreshRequest.type));
      },
      now: () => performance.now(),
    });
    this.#documents = new OpenDocuments(this.#service, (document, change) => this.#show(document, change));
    this.#texts.onDidChangeContent(({ document }) => this.#read(document.uri));
    this.#texts.onDidClose(({ document }) => this.#close(document.uri));
    this.#texts.listen(connection);
    registerFeatures({ connection, support, documents: this.#documents, service: this.#service });
  }

  /** The client is ready for requests of the server. */
  begin(): void {
    const { client } = this.#connection;
    if (this.#support.configurationEvents) this.#ask(client.register(DidChangeConfigurationNotification.type));
    this.#connection.onDidChangeConfiguration(() => this.#settings.reload());
  }

  dispose(): void {
    for (const progress of this.#progress.values()) progress.dispose();
    this.#service.dispose();
  }

  /** Reads the text of a document as it is now, under the settings as they are now. */
  #read(uri: string): void {
    const text = this.#texts.get(uri);
    if (text !== undefined) this.#documents.update(uri, text.version, text.getText(), this.#settings.limits(uri));
  }

  /** Asks the client for something that the server can do without. */
  #ask(request: Promise<unknown>): void {
    request.catch((error: unknown) => this.#connection.console.warn(`the client refused a request: ${error}`));
  }

  #close(uri: string): void {
    this.#documents.close(uri);
    this.#settings.forget(uri);
    this.#progress.get(uri)?.dispose();
    this.#progress.delete(uri);
    this.#publisher.withdraw(uri);
  }

  #show(document: ScenarioDocument, change: DocumentChange): void {
    this.#publisher.publish(document, change);
    this.#showProgress(document.uri);
    for (const { check } of document.scenarios) if (check !== undefined) this.#showFailure(check.failure);
  }

  #showProgress(uri: string): void {
    if (!this.#support.progress) return;
    const progress = this.#progress.get(uri) ?? new CheckProgress(this.#connection);
    this.#progress.set(uri, progress);
    progress.update(this.#documents.underWay(uri));
  }

  #showFailure(failure: string): void {
    if (failure === '' || this.#shownFailures.has(failure)) return;
    this.#shownFailures.add(failure);
    const message = `fsrace could not check a scenario: ${failure}`;
    void this.#connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Error, message });
  }
}
