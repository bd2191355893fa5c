import type { Connection } from 'vscode-languageserver';
import { defaultLimits } from '../../engine/index.ts';
import type { SearchLimits } from '../check/worker-protocol.ts';

const section = 'fsrace.search.maxStates';

/** The user's settings, asked for once per document and whenever they change. */
export class Settings {
  readonly #connection: Connection;
  /** The client answers `workspace/configuration`. */
  readonly #canAsk: boolean;
  readonly #limits = new Map<string, SearchLimits>();

  constructor(connection: Connection, canAsk: boolean) {
    this.#connection = connection;
    this.#canAsk = canAsk;
  }

  /** Limits of searches in a document if they are known; otherwise `load` finds them out. */
  known(uri: string): SearchLimits | undefined {
    return this.#limits.get(uri) ?? (this.#canAsk ? undefined : defaults);
  }

  /** Asks the client. A client that fails to answer leaves the defaults. */
  async load(uri: string): Promise<void> {
    const answer: unknown = await this.#connection.workspace
      .getConfiguration({ scopeUri: uri, section })
      .catch((error: unknown) => this.#connection.console.warn(`${section} is unknown: ${error}`));
    const valid = typeof answer === 'number' && Number.isSafeInteger(answer) && answer > 0;
    this.#limits.set(uri, valid ? { states: answer } : defaults);
  }

  /** The user has changed something. */
  forgetAll(): void {
    this.#limits.clear();
  }

  forget(uri: string): void {
    this.#limits.delete(uri);
  }
}

const defaults: SearchLimits = { states: defaultLimits.states };
