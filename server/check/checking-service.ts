import type { Scenario } from '../../engine/index.ts';
import type { ScenarioAnalysis } from './analysis.ts';
import type { CheckContent } from './check-content.ts';
import { Checking } from './checking.ts';
import type { Job } from './job.ts';
import { type PoolOptions, WorkerPool } from './worker-pool.ts';
import type { Replay, RunToTrace, SearchSettings } from './worker-protocol.ts';

/** One asker's share in a checking. */
export interface CheckingShare {
  readonly checking: Checking;
  /** Ends the share; when it is the last one, ends the checking. */
  release(): void;
}

interface ServiceOptions extends PoolOptions {
  /** So many results of scenarios that nobody shows any more are kept, for undo and the like; 256 unless told. */
  readonly keptResults?: number | undefined;
}

/**
 * Checks scenarios on workers, each content once: askers with equal scenarios and settings share the
 * checking, and a content that comes back soon is not checked again.
 */
export class CheckingService {
  readonly #pool: WorkerPool;
  readonly #mostKept: number;
  readonly #shared = new Map<string, { readonly checking: Checking; readonly listeners: Set<() => void> }>();
  /** The least recently kept first. */
  readonly #kept = new Map<string, ScenarioAnalysis>();

  constructor({ keptResults = 256, ...options }: ServiceOptions) {
    this.#mostKept = keptResults;
    this.#pool = new WorkerPool(options);
  }

  /** Starts a worker, so that the first check need not wait for one. */
  warmUp(): void {
    this.#pool.warmUp();
  }

  /** Asks for a scenario to be checked; `onChange` is called whenever more is known. */
  share(content: CheckContent, onChange: () => void): CheckingShare {
    const { key } = content;
    const entry = this.#shared.get(key) ?? this.#begin(content);
    // Two shares of one asker may have the same callback.
    const listener = () => onChange();
    entry.listeners.add(listener);
    return {
      checking: entry.checking,
      release: () => {
        if (!entry.listeners.delete(listener) || entry.listeners.size > 0) return;
        this.#shared.delete(key);
        this.#keep(key, entry.checking);
        entry.checking.abandon();
      },
    };
  }

  /** Finds out what the interleavings of a scenario exercise. */
  cover(scenario: Scenario, settings: SearchSettings): Job {
    return this.#pool.run({ kind: 'cover', scenario, settings }, 'now');
  }

  /** Replays a run of a scenario. Rejects when the engine or the worker fails. */
  async replay(scenario: Scenario, run: RunToTrace): Promise<Replay> {
    const outcome = await this.#pool.run({ kind: 'trace', scenario, run }, 'now').outcome;
    if (outcome.kind === 'traced') return outcome.replay;
    throw new Error(outcome.kind === 'failed' ? outcome.message : 'the checking worker was lost');
  }

  /** Ends all workers. */
  dispose(): void {
    this.#pool.dispose();
  }

  #begin({ key, scenario, settings }: CheckContent) {
    const listeners = new Set<() => void>();
    const run = this.#pool.run.bind(this.#pool);
    const notify = () => {
      for (const listener of [...listeners]) listener();
    };
    const entry = { checking: new Checking(scenario, settings, run, notify, this.#kept.get(key)), listeners };
    this.#shared.set(key, entry);
    return entry;
  }

  #keep(key: string, { analysis }: Checking): void {
    if (analysis === undefined || analysis.isOutlook || analysis.verdict.bound?.kind === 'cancelled') return;
    this.#kept.delete(key);
    this.#kept.set(key, analysis);
    if (this.#kept.size <= this.#mostKept) return;
    for (const oldest of this.#kept.keys()) {
      this.#kept.delete(oldest);
      return;
    }
  }
}
