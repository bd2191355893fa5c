import type { Connection } from 'vscode-languageserver';
import { diagnostics } from '../features/diagnostics.ts';
import { documentStatus } from '../features/status.ts';
import { statusMethod } from '../protocol.ts';
import type { DocumentChange } from './open-documents.ts';
import type { ScenarioDocument } from './scenario-document.ts';

/** Publishing may take one part in this many of the time, so that a thousand verdicts do not cost a thousand publications. */
const share = 10;

/** What was published about a document. */
interface Publication {
  readonly findings: string;
  readonly status: string;
  /** When another may follow, in milliseconds. */
  readonly next: number;
}

interface PublisherOptions {
  readonly connection: Pick<Connection, 'sendDiagnostics' | 'sendNotification'>;
  /** Address of docs/diagnostics.md. */
  readonly page: string;
  /** Called when verdicts were published: lenses show them too. */
  readonly onVerdicts: () => void;
  /** A clock in milliseconds. */
  readonly now: () => number;
}

/**
 * Sends diagnostics and status. A change of the text is published at once, with the verdicts that still
 * hold for it; so is a verdict, unless there are so many that publishing would become the main work.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #publications = new Map<string, Publication>();
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  publish(document: ScenarioDocument, change: DocumentChange): void {
    const { uri } = document;
    this.#cancelTimer(uri);
    const wait = (this.#publications.get(uri)?.next ?? 0) - this.#options.now();
    const more = document.scenarios.some(({ check }) => check?.state === 'judging' || check?.state === 'completing');
    if (change === 'text' || wait <= 0 || !more) this.#send(document, change);
    else
      this.#timers.set(
        uri,
        setTimeout(() => this.#send(document, change), wait),
      );
  }

  /** Takes back what was published about a document that is closed. */
  withdraw(uri: string): void {
    this.#cancelTimer(uri);
    this.#publications.delete(uri);
    void this.#options.connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  #send(document: ScenarioDocument, change: DocumentChange): void {
    const { connection, page, onVerdicts, now } = this.#options;
    const { uri, version } = document;
    const start = now();
    const last = this.#publications.get(uri);
    const findings = signature(document);
    if (change === 'text' || findings !== last?.findings) {
      void connection.sendDiagnostics({ uri, version, diagnostics: diagnostics(document, page) });
      if (change === 'checks') onVerdicts();
    }
    const params = documentStatus(document);
    const status = JSON.stringify(params);
    if (status !== last?.status) void connection.sendNotification(statusMethod, params);
    this.#publications.set(uri, { findings, status, next: now() + (now() - start) * (share - 1) });
  }

  #cancelTimer(uri: string): void {
    clearTimeout(this.#timers.get(uri));
    this.#timers.delete(uri);
  }
}

/** Changes when the diagnostics of a document may have changed, and costs less than they do. */
function signature({ scenarios }: ScenarioDocument): string {
  const checks = scenarios.map(({ check }) => {
    const { analysis, failure = '' } = check ?? {};
    if (analysis === undefined) return `none ${failure}`;
    const { verdict, isOutlook = false, redundantGuards = [], explanations = [], preventions = [] } = analysis;
    const found = [redundantGuards, explanations, preventions].map(({ length }) => length);
    return `${isOutlook} ${verdict.complete} ${found.join(' ')} ${failure}`;
  });
  return checks.join('\n');
}
