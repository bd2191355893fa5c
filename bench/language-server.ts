import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createProtocolConnection,
  type Diagnostic,
  DidChangeTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  type ProtocolConnection,
  PublishDiagnosticsNotification,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { summarize } from './statistics.ts';

const uri = 'file:///bench/page-release-vs-fast-fsync.fsrace';

/** The built server in a process of its own, spoken to over stdio. */
class Session {
  readonly #process: ChildProcess;
  readonly #connection: ProtocolConnection;
  readonly #listeners = new Set<(version: number, diagnostics: readonly Diagnostic[]) => void>();

  constructor(root: string) {
    this.#process = spawn(process.execPath, [join(root, 'dist/server.cjs'), '--stdio'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#connection = createProtocolConnection(
      new StreamMessageReader(this.#process.stdout!),
      new StreamMessageWriter(this.#process.stdin!),
    );
    this.#connection.onNotification(PublishDiagnosticsNotification.type, ({ version, diagnostics }) => {
      for (const listener of this.#listeners) listener(version ?? 0, diagnostics);
    });
    this.#connection.listen();
  }

  async initialize(): Promise<void> {
    await this.#connection.sendRequest(InitializeRequest.type, {
      processId: process.pid,
      rootUri: null,
      capabilities: {},
    });
    await this.#connection.sendNotification(InitializedNotification.type, {});
  }

  /** Opens the document; resolves when the verdict is published. */
  async open(text: string): Promise<void> {
    const verdict = this.#verdictOf(1);
    const textDocument = { uri, languageId: 'fsrace', version: 1, text };
    await this.#connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument });
    await verdict;
  }

  /** Replaces the text; resolves when the verdict of that version is published. */
  async change(version: number, text: string): Promise<void> {
    const verdict = this.#verdictOf(version);
    await this.#connection.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument: { uri, version },
      contentChanges: [{ text }],
    });
    await verdict;
  }

  async close(): Promise<void> {
    await this.#connection.sendRequest(ShutdownRequest.type);
    await this.#connection.sendNotification(ExitNotification.type);
    this.#connection.dispose();
  }

  #verdictOf(version: number): Promise<void> {
    return new Promise((resolve) => {
      const listener = (published: number, diagnostics: readonly Diagnostic[]) => {
        if (published !== version || !diagnostics.some(({ code }) => code === 'lost-extent')) return;
        this.#listeners.delete(listener);
        resolve();
      };
      this.#listeners.add(listener);
    });
  }
}

/** From the start of the server process to the verdict of the seed's scenario. */
export async function benchStartUp(root: string): Promise<void> {
  const text = seedOf(root);
  const samples: number[] = [];
  for (let run = 0; run < 10; run++) {
    const start = performance.now();
    const session = new Session(root);
    await session.initialize();
    await session.open(text);
    samples.push(performance.now() - start);
    await session.close();
  }
  console.log(`start-up to the first verdict: ${summarize(samples)} (10 processes)`);
}

/** From an edit to its verdict: every edit moves the write by a page, so that nothing is cached. */
export async function benchEditToVerdict(root: string): Promise<void> {
  const text = seedOf(root);
  const session = new Session(root);
  await session.initialize();
  await session.open(text);
  const samples: number[] = [];
  for (let edit = 0; edit < 220; edit++) {
    const page = 4 * (edit + 1);
    const edited = text.replaceAll('0..4K', `${page}K..${page + 4}K`);
    const start = performance.now();
    await session.change(edit + 2, edited);
    // The first edits warm the compiler up, as a person's first seconds do.
    if (edit >= 20) samples.push(performance.now() - start);
  }
  await session.close();
  console.log(`edit to verdict of the seed's scenario: ${summarize(samples)} (200 edits)`);
}

function seedOf(root: string): string {
  return readFileSync(join(root, 'scenarios/page-release-vs-fast-fsync.fsrace'), 'utf8');
}
