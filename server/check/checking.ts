import type { Scenario } from '../../engine/index.ts';
import { partsOfLaterStages, type ScenarioAnalysis } from './analysis.ts';
import type { Job, JobOutcome, Urgency } from './job.ts';
import type { SearchSettings, WorkerTask } from './worker-protocol.ts';

/** What follows from a verdict that took longer to find, in milliseconds, is found out by two workers. */
const longSearch = 200;

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
  /** Those under way. */
  readonly #jobs = new Set<Job>();

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
    return [...this.#jobs].reduce((sum, { states }) => sum + states, 0);
  }

  /** About how many there are in all, as far as that can be told. */
  get estimate(): number | undefined {
    // There is one job while the verdict is looked for; of those after it nothing can be told.
    const [job, ...others] = this.#jobs;
    return others.length > 0 ? undefined : job?.estimate;
  }

  /** Ends the search early. What is known by then stays. */
  stop(): void {
    for (const job of this.#jobs) job.stop();
  }

  /** Nobody is interested any more. */
  abandon(): void {
    for (const job of this.#jobs) job.abandon();
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
    const { scenario } = this;
    const parts = judged.milliseconds > longSearch ? partsOfLaterStages : [partsOfLaterStages.flat()];
    const outcomes = await Promise.all(
      parts.map((stages) =>
        this.#runJob({ kind: 'complete', scenario, settings: this.#settings, judged, stages }, 'later'),
      ),
    );
    let analysis = judged;
    for (const outcome of outcomes) {
      if (outcome.kind !== 'analysed') return this.#fail(outcome);
      analysis = { ...analysis, ...definedIn(outcome.analysis) };
    }
    this.#analysis = analysis;
    this.#moveTo(this.#isComplete(analysis) ? 'done' : 'stopped');
  }

  async #runJob(task: WorkerTask, urgency: Urgency): Promise<JobOutcome> {
    const job = this.#run(task, urgency);
    this.#jobs.add(job);
    job.onOutlook = (analysis) => {
      this.#analysis = analysis;
      this.#onChange();
    };
    const outcome = await job.outcome;
    this.#jobs.delete(job);
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

  /** The last stages that are asked for were done. */
  #isComplete({ losingSchedules, redundantGuards, unsafeReleases }: ScenarioAnalysis): boolean {
    const last = this.#settings.releases === true ? unsafeReleases : redundantGuards;
    return losingSchedules !== undefined && last !== undefined;
  }
}

/** An analysis without what it does not know. */
function definedIn(analysis: ScenarioAnalysis): Partial<ScenarioAnalysis> {
  return Object.fromEntries(Object.entries(analysis).filter(([, value]) => value !== undefined));
}
