import type { Connection } from 'vscode-languageserver';
import { defaultLimits } from '../../engine/index.ts';
import type { SearchLimits } from '../check/worker-protocol.ts';

/** The settings, each with the limit that it sets, and what one of it is in the engine's unit. */
const sections = [
  { section: 'fsrace.search.maxStates', limit: 'states', unit: 1 },
  { section: 'fsrace.search.maxMemory', limit: 'memory', unit: 2 ** 20 },
  { section: 'fsrace.search.maxSeconds', limit: 'milliseconds', unit: 1000 },
] as const;
const defaults: SearchLimits = limitsIn([]);

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
    const answers: unknown[] = await this.#connection.workspace
      .getConfiguration(sections.map(({ section }) => ({ scopeUri: uri, section })))
      .catch((error: unknown) => {
        this.#connection.console.warn(`the settings fsrace.search are unknown: ${error}`);
        return [];
      });
    const limits = limitsIn(answers);
    const before = this.#limits.get(uri);
    if (before === undefined || sections.every(({ limit }) => before[limit] === limits[limit])) return;
    this.#limits.set(uri, limits);
    this.#onChange(uri);
  }
}

/** The limits that the client's answers set, parallel to the sections; the default where one makes no sense. */
function limitsIn(answers: readonly unknown[]): SearchLimits {
  const given = sections.flatMap(({ limit, unit }, i): [string, number][] => {
    const answer = answers[i];
    const isLimit = typeof answer === 'number' && Number.isFinite(answer) && answer > 0;
    return isLimit ? [[limit, Math.ceil(answer * unit)]] : [];
  });
  return { states: defaultLimits.states, ...Object.fromEntries(given) };
}
