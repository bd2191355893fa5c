import type { Scenario } from '../../engine/index.ts';
import type { ScenarioAnalysis } from './analysis.ts';
import type { Job, JobOutcome, Urgency } from './job.ts';
import type { SearchSettings, WorkerTask } from './worker-protocol.ts';

/** Runs tasks on workers. */
type RunTask = (task: WorkerTask, urgency: Urgency) => Job;

/**
 * `judging` until the verdict is there (its outlook may be there before), `completing` until all stages of the analysis are, `done` then. `stopped`:
 * somebody has ended the search early. `failed`: the checker itself has.
 */
export type CheckingState = 'judging' | 'completing' | 'done' | 'stopped' | 'failed';

/**
 * One scenario being checked, for everybody who shows it. The verdict is urgent; what follows from it
 * gives way to the verdicts of other scenarios.
 */
export class Checking {
  readonly scenario: Scenario;
  /** Resolves when there is a verdict, or will be none. */
  readonly judged: Promise<void>;
  /** Resolves when nothing more will be found out. */
  readonly completed: Promise<void>;
  readonly #run: RunTask;
  readonly #settings: SearchSettings;
  readonly #onChange: () => void;
  #state: CheckingState = 'judging';
  #analysis: ScenarioAnalysis | undefined;
  #failure = '';
  #job: Job | undefined;

  /** Begins at once, or takes up `known`, which was found out before. `onChange` is called at each change of state. */
  constructor(
    scenario: Scenario,
    settings: SearchSettings,
    run: RunTask,
    onChange: () => void,
    known?: ScenarioAnalysis | undefined,
  ) {
    this.scenario = scenario;
    this.#settings = settings;
    this.#run = run;
    this.#onChange = onChange;
    this.#analysis = known;
    if (known !== undefined) this.#state = this.#isComplete(known) ? 'done' : 'completing';
    this.judged = known === undefined ? this.#judge() : Promise.resolve();
    this.completed = this.judged.then(() => this.#complete());
  }

  get state(): CheckingState {
    return this.#state;
  }

  /** What is known by now; undefined until the verdict, or an outlook on it, is there. */
  get analysis(): ScenarioAnalysis | undefined {
    return this.#analysis;
  }

  /** Why there is no verdict; empty unless the checker failed before it. */
  get failure(): string {
    return this.#failure;
  }

  /** Distinct states that the search under way has reached. */
  get states(): number {
    return this.#job?.states ?? 0;
  }

  /** About how many there are in all, as far as that can be told. */
  get estimate(): number | undefined {
    return this.#job?.estimate;
  }

  /** Ends the search early. What is known by then stays. */
  stop(): void {
    this.#job?.stop();
  }

  /** Nobody is interested any more. */
  abandon(): void {
    this.#job?.abandon();
  }

  async #judge(): Promise<void> {
    const { scenario } = this;
    const outcome = await this.#runJob({ kind: 'judge', scenario, settings: this.#settings }, 'now');
    if (outcome.kind === 'analysed') {
      this.#analysis = outcome.analysis;
      const cancelled = outcome.analysis.verdict.bound?.kind === 'cancelled';
      this.#moveTo(cancelled ? 'stopped' : 'completing');
    } else this.#fail(outcome);
  }

  async #complete(): Promise<void> {
    const judged = this.#analysis;
    if (judged === undefined || this.#state !== 'completing') return;
    const task: WorkerTask = { kind: 'complete', scenario: this.scenario, settings: this.#settings, judged };
    const outcome = await this.#runJob(task, 'later');
    if (outcome.kind === 'analysed') {
      this.#analysis = outcome.analysis;
      this.#moveTo(this.#isComplete(outcome.analysis) ? 'done' : 'stopped');
    } else this.#fail(outcome);
  }

  async #runJob(task: WorkerTask, urgency: Urgency): Promise<JobOutcome> {
    this.#job = this.#run(task, urgency);
    this.#job.onOutlook = (analysis) => {
      this.#analysis = analysis;
      this.#onChange();
    };
    const outcome = await this.#job.outcome;
    this.#job = undefined;
    return outcome;
  }

  #fail(outcome: JobOutcome): void {
    if (outcome.kind === 'failed') this.#failure = outcome.message;
    if (outcome.kind === 'lost') this.#failure = `the worker was lost (${outcome.reason}) and is replaced`;
    this.#moveTo(outcome.kind === 'abandoned' ? 'stopped' : 'failed');
  }

  #moveTo(state: CheckingState): void {
    this.#state = state;
    this.#onChange();
  }

  /** The last stage that is asked for was done. */
  #isComplete({ redundantGuards, unsafeReleases }: ScenarioAnalysis): boolean {
    return (this.#settings.releases === true ? unsafeReleases : redundantGuards) !== undefined;
  }
}
