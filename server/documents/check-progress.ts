import type { Connection, WorkDoneProgressServerReporter } from 'vscode-languageserver';
import type { Checking } from '../check/checking.ts';
import { describeAll, formatCount } from '../check/wording.ts';

/** A check that takes longer is shown, in milliseconds. */
const patience = 500;
const reportInterval = 250;

/** Checks of a document that are under way, with the names of their scenarios. */
type ChecksUnderWay = ReadonlyMap<Checking, string>;

/**
 * Shows the checks of one document that take long, with a button that ends them. One for all of them:
 * a bar for each scenario would be too many.
 */
export class CheckProgress {
  readonly #connection: Connection;
  #checks: ChecksUnderWay = new Map();
  #timer: NodeJS.Timeout | undefined;
  #reporter: WorkDoneProgressServerReporter | undefined;
  #last = { states: 0, time: 0 };

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Takes note of which checks are under way now. */
  update(checks: ChecksUnderWay): void {
    const goesOn = [...checks.keys()].some((check) => this.#checks.has(check));
    this.#checks = checks;
    if (checks.size === 0 || (!goesOn && this.#reporter === undefined)) this.#end();
    if (checks.size > 0) this.#timer ??= setTimeout(() => this.#begin().catch(noProgress), patience);
  }

  /** The document is closed, or the server ends. */
  dispose(): void {
    this.update(new Map());
  }

  async #begin(): Promise<void> {
    const timer = this.#timer;
    const reporter = await this.#connection.window.createWorkDoneProgress();
    if (timer !== this.#timer) return reporter.done();
    this.#reporter = reporter;
    this.#last = { states: this.#states(), time: performance.now() };
    reporter.begin('fsrace', undefined, this.#describe(0), true);
    reporter.token.onCancellationRequested(() => {
      for (const check of this.#checks.keys()) check.stop();
    });
    this.#timer = setInterval(() => this.#report(), reportInterval);
  }

  #report(): void {
    const now = { states: this.#states(), time: performance.now() };
    const rate = Math.max(0, ((now.states - this.#last.states) * 1000) / (now.time - this.#last.time));
    this.#last = now;
    this.#reporter?.report(this.#describe(rate));
  }

  #describe(rate: number): string {
    const checks = [...this.#checks];
    const whose = checks.length === 1 ? checks[0]![1] : `${checks.length} scenarios`;
    const isJudging = checks.some(([{ state }]) => state === 'judging');
    const states = this.#states();
    const all = describeAll([...this.#checks.keys()], states);
    return `${isJudging ? 'checking' : 'looking for fixes of'} ${whose}: ${formatCount(states)} states${all}, ${formatCount(Math.round(rate))} states/s`;
  }

  #states(): number {
    return [...this.#checks.keys()].reduce((sum, { states }) => sum + states, 0);
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#reporter?.done();
    this.#reporter = undefined;
  }
}

/** A client that refuses to show progress goes without. */
function noProgress(): void {}
