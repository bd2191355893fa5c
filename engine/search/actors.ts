import type { Program } from '../program.ts';
import type { State } from '../state/layout.ts';
import { CompletionThread, type Thread } from '../thread.ts';

/** The bit of a state that says that a completion is there. */
export interface Birth {
  readonly word: number;
  readonly bit: number;
}

/** Numbers the threads of a program: the tasks, then every place where a completion can begin. */
export class Actors {
  readonly #program: Program;
  /** Per file, the number of the completion at its first segment. */
  readonly #first: number[] = [];
  readonly #threads: readonly Thread[];
  readonly #births: readonly (Birth | undefined)[];

  constructor(program: Program) {
    this.#program = program;
    let next = program.tasks.length;
    for (const completions of program.completions) {
      this.#first.push(next);
      next += completions.length;
    }
    this.#threads = [...program.tasks, ...program.completions.flat()];
    this.#births = this.#threads.map((thread) => {
      if (!(thread instanceof CompletionThread)) return undefined;
      const { word, shift } = program.machine.inodes[thread.file]!.orderedExtents.starts;
      return { word, bit: 1 << (shift + thread.start) };
    });
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

  /** One number for a thread and which of the steps that may come next it takes. */
  code(actor: number, choice: number): number {
    return choice * this.count + actor;
  }

  actorOf(code: number): number {
    return code % this.count;
  }

  choiceOf(code: number): number {
    return Math.floor(code / this.count);
  }

  /** A task is there always; a completion where its ordered extent is, by the bits of a state, which begin at word `offset`. */
  isThere(actor: number, bits: Int32Array, offset = 0): boolean {
    const birth = this.#births[actor];
    return birth === undefined || (bits[offset + birth.word]! & birth.bit) !== 0;
  }

  /** Undefined for a task. */
  birth(actor: number): Birth | undefined {
    return this.#births[actor];
  }

  /** The moves of a thread that can be taken in a state; none when it is not there, has to wait, or has ended. */
  readyMoves(actor: number, state: State): number[] {
    if (!this.isThere(actor, state)) return [];
    const thread = this.#threads[actor]!;
    const ready: number[] = [];
    let position = thread.next(state);
    if (position >= thread.steps.length) return ready;
    for (let choice = 0; position >= 0; choice++) {
      if (thread.isReady(state, position)) ready.push(this.code(actor, choice));
      position = thread.without(state, position);
    }
    return ready;
  }

  /** Takes a move in a state. */
  take(move: number, state: State): void {
    const thread = this.thread(this.actorOf(move));
    thread.take(state, thread.choose(state, this.choiceOf(move)));
  }
}
