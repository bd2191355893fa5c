import type { Program } from '../program.ts';
import type { Thread } from '../thread.ts';

/** Numbers the threads of a program: the tasks, then every place where a completion can begin. */
export class Actors {
  readonly #program: Program;
  /** Per file, the number of the completion at its first segment. */
  readonly #first: number[] = [];
  readonly #threads: readonly Thread[];

  constructor(program: Program) {
    this.#program = program;
    let next = program.tasks.length;
    for (const completions of program.completions) {
      this.#first.push(next);
      next += completions.length;
    }
    this.#threads = [...program.tasks, ...program.completions.flat()];
  }

  get count(): number {
    return this.#threads.length;
  }

  ofCompletion(file: number, start: number): number {
    return this.#first[file]! + start;
  }

  isTask(actor: number): boolean {
    return actor < this.#program.tasks.length;
  }

  thread(actor: number): Thread {
    return this.#threads[actor]!;
  }
}
