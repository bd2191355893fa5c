import { brokenPromises, Losses } from '../durability/judge.ts';
import { formatRange } from '../format.ts';
import { firstTransaction } from '../model/transaction.ts';
import { compile, type ProfileOverrides, type Program } from '../program.ts';
import type { Scenario, ScheduleEntry } from '../scenario.ts';
import { type CompletionThread, TaskThread, type Thread } from '../thread.ts';
import type { OperationReference, Violation, WitnessStep } from '../verdict.ts';
import { Runner } from './runner.ts';

/** How one explicit interleaving went. */
export interface ScheduleVerdict {
  readonly verdict: 'safe' | 'unsafe' | 'infeasible';
  /** At the `crash` entry; without one, at the first point of the run at which each was broken. */
  readonly violations: readonly Violation[];
  /** Why the schedule cannot be run, and the entry at which that shows. */
  readonly problem?: { readonly entry: number; readonly message: string } | undefined;
  readonly steps: readonly WitnessStep[];
  /** For each step, the entry that it belongs to. */
  readonly entryOfStep: readonly number[];
  /** Operations of tasks that have ended, in that order. */
  readonly ended: readonly OperationReference[];
}

/**
 * Runs explicit interleaving number `index` of a scenario. Where a step may as well be left out, both is tried: a run that
 * loses data goes before one that does not, and that before one that gets stuck; a short one before a long one that loses as
 * much. Throws `TooManySegments`.
 */
export function checkSchedule(scenario: Scenario, index: number, overrides: ProfileOverrides = {}): ScheduleVerdict {
  const program = compile(scenario, overrides);
  const { entries } = scenario.schedules[index]!;
  const verdicts: ScheduleVerdict[] = [];
  let choices: readonly boolean[] | undefined = [];
  while (choices !== undefined) {
    const run: ScheduleRun = new ScheduleRun(program, choices);
    verdicts.push(run.run(entries));
    choices = run.nextChoices();
  }
  return verdicts.reduce((best, other) => (isRatherTold(other, best) ? other : best));
}

function isRatherTold(one: ScheduleVerdict, other: ScheduleVerdict): boolean {
  const [rank, otherRank] = [ranks.indexOf(one.verdict), ranks.indexOf(other.verdict)];
  return rank < otherRank || (rank === otherRank && one.verdict === 'unsafe' && one.steps.length < other.steps.length);
}

const ranks: readonly ScheduleVerdict['verdict'][] = ['unsafe', 'safe', 'infeasible'];

/** More choices than that are not tried out; from then on no step is left out. */
const mostChoices = 8;

class Infeasible extends Error {}

class ScheduleRun {
  readonly #program: Program;
  readonly #runner: Runner;
  readonly #steps: WitnessStep[] = [];
  readonly #entryOfStep: number[] = [];
  readonly #ended: OperationReference[] = [];
  readonly #violations = new Map<string, Violation>();
  /** For each step that may be left out, in the order in which they came up, whether it is. */
  readonly #choices: readonly boolean[];
  readonly #made = new Map<string, boolean>();
  #entry = 0;

  constructor(program: Program, choices: readonly boolean[]) {
    this.#program = program;
    this.#choices = choices;
    this.#runner = new Runner(program);
  }

  run(entries: readonly ScheduleEntry[]): ScheduleVerdict {
    const crashes = entries.some(({ kind }) => kind === 'crash');
    try {
      for (const [index, entry] of entries.entries()) {
        this.#entry = index;
        if (entry.kind === 'crash') {
          this.#judge();
          break;
        }
        if (entry.kind === 'task') this.#runTask(entry, !crashes);
        else this.#runCompletions(entry, !crashes);
      }
    } catch (error) {
      if (!(error instanceof Infeasible)) throw error;
      return this.#result('infeasible', { entry: this.#entry, message: error.message });
    }
    return this.#result(this.#violations.size > 0 ? 'unsafe' : 'safe');
  }

  /** The choices of the run to try next; undefined when all have been tried. */
  nextChoices(): boolean[] | undefined {
    const made = [...this.#made.values()].slice(0, mostChoices);
    const last = made.lastIndexOf(false);
    return last < 0 ? undefined : [...made.slice(0, last), true];
  }

  /** How many of the thread's next steps are left out. */
  #choice(thread: Thread): number {
    const { state } = this.#runner;
    const position = thread.next(state);
    if (thread.without(state, position) < 0) return 0;
    const key = `${thread instanceof TaskThread ? thread.task : ''} ${position}`;
    const choice = this.#made.get(key) ?? this.#choices[this.#made.size] ?? false;
    this.#made.set(key, choice);
    return choice ? 1 : 0;
  }

  #canStep(thread: Thread): boolean {
    return this.#runner.canStep(thread, this.#choice(thread));
  }

  #result(verdict: ScheduleVerdict['verdict'], problem?: ScheduleVerdict['problem']): ScheduleVerdict {
    const violations = [...this.#violations.values()];
    const [steps, entryOfStep, ended] = [this.#steps, this.#entryOfStep, this.#ended];
    return { verdict, violations, problem, steps, entryOfStep, ended };
  }

  #runTask(entry: Extract<ScheduleEntry, { kind: 'task' }>, judges: boolean): void {
    const { scenario, tasks } = this.#program;
    const thread = tasks[entry.task]!;
    const { name, operations } = scenario.tasks[entry.task]!;
    const operation = thread.steps[thread.next(this.#runner.state)]?.operation;
    if (operation === undefined) throw new Infeasible(`${name} has no operation left`);
    const { kind } = operations[operation]!;
    if (kind !== entry.operation)
      throw new Infeasible(`the next operation of ${name} is ${kind}, not ${entry.operation}`);
    const path: string[] = [];
    const started = new Set<CompletionThread>();
    const isUnderWay = () => thread.steps[thread.next(this.#runner.state)]?.operation === operation;
    while (isUnderWay()) {
      if (!this.#canStep(thread)) {
        if (this.#complete(started, judges)) continue;
        throw new Infeasible(this.#explainWait(thread, `${name}: ${kind}`));
      }
      const before = new Set(this.#runner.openCompletions());
      const step = this.#step(thread, judges);
      for (const completion of this.#runner.openCompletions()) if (!before.has(completion)) started.add(completion);
      path.push(step);
      if (!isUnderWay()) this.#ended.push({ task: entry.task, operation });
      if (step === entry.until) return;
    }
    if (entry.until !== undefined) {
      throw new Infeasible(`${kind} ended without ${entry.until}: it went ${path.join(', ')}`);
    }
    this.#complete(started, judges);
  }

  #runCompletions(entry: Extract<ScheduleEntry, { kind: 'endio' }>, judges: boolean): void {
    const { name, segments, orderedExtents, size } = this.#program.machine.inodes[entry.file]!;
    const { state } = this.#runner;
    const wanted = segments.maskAt(entry.range, size.get(state));
    const open = this.#runner
      .openCompletions()
      .filter(({ file, start }) => file === entry.file && (orderedExtents.from(state, start) & wanted) !== 0);
    if (open.length === 0) {
      const range = entry.range === 'all' ? '' : ` ${formatRange(entry.range)}`;
      throw new Infeasible(`${name}${range} has no ordered extent to complete`);
    }
    for (const thread of open) {
      const path: string[] = [];
      while (this.#isOpen(thread) && (entry.until === undefined || path.at(-1) !== entry.until)) {
        if (!this.#canStep(thread)) throw new Infeasible(this.#explainWait(thread, `endio: ${name}`));
        path.push(this.#step(thread, judges));
      }
      if (entry.until !== undefined && path.at(-1) !== entry.until) {
        throw new Infeasible(`endio ended without ${entry.until}: it went ${path.join(', ')}`);
      }
    }
  }

  /** Runs the given completions as far as they go. False when none of them could do a step. */
  #complete(threads: ReadonlySet<CompletionThread>, judges: boolean): boolean {
    const before = this.#steps.length;
    for (const thread of threads) {
      while (this.#isOpen(thread) && this.#canStep(thread)) this.#step(thread, judges);
    }
    return this.#steps.length > before;
  }

  #isOpen(thread: CompletionThread): boolean {
    return this.#runner.openCompletions().includes(thread);
  }

  #step(thread: Thread, judges: boolean): string {
    const step = this.#runner.step(thread, this.#choice(thread));
    this.#steps.push(step);
    this.#entryOfStep.push(this.#entry);
    if (judges) this.#judge();
    return step.step;
  }

  #judge(): void {
    const { machine, promises, syncs } = this.#program;
    const { state } = this.#runner;
    const losses = new Losses();
    for (const inode of machine.inodes) {
      const promise = promises[inode.index]!;
      losses.judge(inode, promise, machine, state);
      for (const { kind, file, segments, promisedBy, sizeOnly } of brokenPromises(inode, promise, losses, state)) {
        const key = `${kind} ${file} ${segments} ${promisedBy}`;
        if (this.#violations.has(key)) continue;
        this.#violations.set(key, {
          kind,
          file,
          range: inode.segments.rangeOf(segments),
          promisedBy: syncs[promisedBy - 1] ?? null,
          sizeOnly,
          transaction: firstTransaction + machine.transaction.generation.get(state),
          witness: [...this.#steps],
        });
      }
    }
  }

  /** What the thread waits for, and who would release it if it ran on. */
  #explainWait(thread: Thread, who: string): string {
    const position = thread.next(this.#runner.state);
    const { step } = thread.steps[position]!;
    const released = thread.isReleased(this.#runner.state, position);
    const reason = released ? (step.waitsFor ?? 'another task') : 'an order constraint';
    const releaser = this.#releaserOf(thread);
    return `${who} waits at ${step.name} for ${reason}${releaser === undefined ? '' : `; ${releaser} would release it`}`;
  }

  #releaserOf(waiting: Thread): string | undefined {
    const { scenario, machine } = this.#program;
    const candidates: [Thread, string][] = [
      ...this.#program.tasks.map((thread, task): [Thread, string] => [thread, scenario.tasks[task]!.name]),
      ...this.#runner.openCompletions().map((thread): [Thread, string] => {
        const { name, segments, orderedExtents } = machine.inodes[thread.file]!;
        const range = segments.rangeOf(orderedExtents.from(this.#runner.state, thread.start));
        return [thread, `endio: ${name} ${formatRange(range)}`];
      }),
    ];
    for (const withCompletions of [false, true]) {
      const releaser = candidates.find(
        ([thread]) => thread !== waiting && this.#releases(thread, waiting, withCompletions),
      );
      if (releaser !== undefined) return releaser[1];
    }
    return undefined;
  }

  /** Would running `thread` let `waiting` go on? Perhaps `withCompletions` that it waits for itself. */
  #releases(thread: Thread, waiting: Thread, withCompletions: boolean): boolean {
    const state = this.#runner.state.slice();
    const ready = (candidate: Thread) => {
      const position = candidate.next(state);
      return position < candidate.steps.length && candidate.isReady(state, position);
    };
    const helpers = withCompletions ? this.#runner.openCompletions() : [];
    for (let steps = 0; steps < 1000; steps++) {
      const next = [thread, ...helpers].find((candidate) => candidate !== waiting && ready(candidate));
      if (next === undefined) return false;
      next.take(state, next.next(state));
      if (ready(waiting)) return true;
    }
    return false;
  }
}
