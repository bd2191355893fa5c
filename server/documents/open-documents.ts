import { type CheckContent, contentOf } from '../check/check-content.ts';
import type { Checking } from '../check/checking.ts';
import type { CheckingService, CheckingShare } from '../check/checking-service.ts';
import type { SearchLimits } from '../check/worker-protocol.ts';
import type { LoweredScenario } from '../language/index.ts';
import { readScenarios } from '../read-scenarios.ts';
import { ScenarioDocument } from './scenario-document.ts';

/** What has changed about a document: its text (or the limits it is checked under), or what is known of its scenarios. */
export type DocumentChange = 'text' | 'checks';

/**
 * The current version of every open document. Checks begin with the change that calls for them, and
 * those of scenarios that are no longer there end; a result is only ever seen through the document whose
 * text it is about, so none is stale.
 */
export class OpenDocuments {
  readonly #service: CheckingService;
  readonly #onChange: (document: ScenarioDocument, change: DocumentChange) => void;
  readonly #documents = new Map<string, ScenarioDocument>();
  /** Per document, the checks of its scenarios by content. */
  readonly #shares = new Map<string, Map<string, CheckingShare>>();

  constructor(service: CheckingService, onChange: (document: ScenarioDocument, change: DocumentChange) => void) {
    this.#service = service;
    this.#onChange = onChange;
  }

  get(uri: string): ScenarioDocument | undefined {
    return this.#documents.get(uri);
  }

  /** Takes in a new text, or new limits for the same text. */
  update(uri: string, version: number, text: string, limits: SearchLimits): void {
    const reading = readScenarios(text);
    const contents = new Map<LoweredScenario, CheckContent>();
    for (const lowered of reading.scenarios) {
      if (lowered.scenario !== undefined) contents.set(lowered, contentOf(lowered.scenario, { limits }));
    }
    const shares = this.#share(uri, [...contents.values()]);
    const document = new ScenarioDocument(uri, version, text, reading, (lowered) => {
      const key = contents.get(lowered)?.key;
      return key === undefined ? undefined : shares.get(key)?.checking;
    });
    this.#documents.set(uri, document);
    this.#onChange(document, 'text');
  }

  /** The checks of a document that are not done, with the names of their scenarios. */
  underWay(uri: string): ReadonlyMap<Checking, string> {
    const names = new Map(this.get(uri)?.scenarios.map(({ check, lowered }) => [check, lowered.name]));
    const checks = [...(this.#shares.get(uri)?.values() ?? [])].map(({ checking }) => checking);
    const unfinished = checks.filter(({ state }) => state === 'judging' || state === 'completing');
    return new Map(unfinished.map((checking) => [checking, names.get(checking) ?? '']));
  }

  close(uri: string): void {
    for (const share of this.#shares.get(uri)?.values() ?? []) share.release();
    this.#shares.delete(uri);
    this.#documents.delete(uri);
  }

  /** Ends the checks that are no longer wanted, which makes room, then begins those that are new. */
  #share(uri: string, contents: readonly CheckContent[]): ReadonlyMap<string, CheckingShare> {
    const before = this.#shares.get(uri);
    const after = new Map<string, CheckingShare>();
    const wanted = new Set(contents.map(({ key }) => key));
    for (const [key, share] of before ?? []) {
      if (wanted.has(key)) after.set(key, share);
      else share.release();
    }
    for (const content of contents) {
      if (!after.has(content.key))
        after.set(
          content.key,
          this.#service.share(content, () => this.#notify(uri)),
        );
    }
    this.#shares.set(uri, after);
    return after;
  }

  #notify(uri: string): void {
    const document = this.#documents.get(uri);
    if (document !== undefined) this.#onChange(document, 'checks');
  }
}
