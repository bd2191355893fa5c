import type { Program } from '../program.ts';
import { Actors } from '../search/actors.ts';
import { lowest } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import type { OperationCoverage, ScenarioCoverage } from './coverage.ts';
import { ThreadRecord } from './thread-record.ts';

/**
 * Takes note of what the threads of a scenario do while it is searched. The program is one of its own, so that looking at
 * states leaves no trace in a search that records accesses; states of any program of that scenario and profile will do.
 */
export class CoverageRecorder {
  readonly #program: Program;
  readonly #actors: Actors;
  /** By actor. */
  readonly #records: readonly ThreadRecord[];

  constructor(program: Program) {
    this.#program = program;
    this.#actors = new Actors(program);
    this.#records = Array.from(
      { length: this.#actors.count },
      (_, actor) => new ThreadRecord(this.#actors.thread(actor)),
    );
  }

  /** For `SearchControl`. */
  readonly noteStep = (actor: number, position: number, before: State, after: State): void => {
    this.#records[actor]!.noteStep(position, before, after);
  };

  /** For `SearchControl`. */
  readonly noteState = (state: State): void => {
    const { tasks, machine } = this.#program;
    for (let task = 0; task < tasks.length; task++) this.#records[task]!.noteWaiting(state);
    for (const { index, orderedExtents } of machine.inodes) {
      for (let rest = orderedExtents.starts.get(state); rest !== 0; rest &= rest - 1) {
        this.#records[this.#actors.ofCompletion(index, lowest(rest))]!.noteWaiting(state);
      }
    }
  };

  /** What was noted so far. */
  coverage(): Pick<ScenarioCoverage, 'operations' | 'completions'> {
    const { tasks } = this.#program;
    const completions = this.#records.slice(tasks.length).map((record) => record.steps());
    return {
      operations: tasks.flatMap((_, task) => this.#operationsOf(task)),
      completions: completions.filter((steps) => steps.some(({ taken, waited }) => taken || waited === true)),
    };
  }

  #operationsOf(task: number): OperationCoverage[] {
    const record = this.#records[task]!;
    const { steps } = this.#program.tasks[task]!;
    return this.#program.scenario.tasks[task]!.operations.map(({ kind }, operation) => {
      const { first, next } = steps.find((placed) => placed.operation === operation)!;
      const table = record.steps(first, next);
      return {
        task,
        operation,
        kind,
        begun: table.some(({ taken }) => taken),
        ended: record.hasEnded(first, next),
        steps: table,
      };
    });
  }
}
