import type { Connection } from 'vscode-languageserver';
import { defaultLimits } from '../../engine/index.ts';
import type { SearchLimits } from '../check/worker-protocol.ts';

const section = 'fsrace.search.maxStates';
const defaults: SearchLimits = { states: defaultLimits.states };

/** The user's settings, asked for once per document and whenever they change. */
export class Settings {
  readonly #connection: Pick<Connection, 'workspace' | 'console'>;
  /** The client answers `workspace/configuration`. */
  readonly #canAsk: boolean;
  readonly #onChange: (uri: string) => void;
  readonly #limits = new Map<string, SearchLimits>();

  /** `onChange` is called when the settings of a document turn out to be other than they were thought to be. */
  constructor(connection: Pick<Connection, 'workspace' | 'console'>, canAsk: boolean, onChange: (uri: string) => void) {
    this.#connection = connection;
    this.#canAsk = canAsk;
    this.#onChange = onChange;
  }

  /** Limits of searches in a document: the defaults until the client has answered. */
  limits(uri: string): SearchLimits {
    const known = this.#limits.get(uri);
    if (known !== undefined) return known;
    this.#limits.set(uri, defaults);
    if (this.#canAsk) void this.#ask(uri);
    return defaults;
  }

  /** The user has changed something: asks again about every document. */
  reload(): void {
    if (this.#canAsk) for (const uri of this.#limits.keys()) void this.#ask(uri);
  }

  /** The document is closed. */
  forget(uri: string): void {
    this.#limits.delete(uri);
  }

  async #ask(uri: string): Promise<void> {
    const answer: unknown = await this.#connection.workspace
      .getConfiguration({ scopeUri: uri, section })
      .catch((error: unknown) => this.#connection.console.warn(`${section} is unknown: ${error}`));
    const valid = typeof answer === 'number' && Number.isSafeInteger(answer) && answer > 0;
    const limits = valid ? { states: answer } : defaults;
    const before = this.#limits.get(uri);
    if (before === undefined || before.states === limits.states) return;
    this.#limits.set(uri, limits);
    this.#onChange(uri);
  }
}
