import type { Program } from '../program.ts';
import type { AccessRecord, State } from '../state/layout.ts';
import type { Thread } from '../thread.ts';
import type { Actors, Birth } from './actors.ts';
import type { Footprints, SharedFootprints } from './footprints.ts';
import { touches } from './futures.ts';

/** What a thread can be in a state: at its end, with steps to come, or the completion of an ordered extent that there is not. */
export type Standing = 'finished' | 'going on' | 'unborn';

/** One step that may come next in a thread: whether it can run, what that reads and writes, and where it leads. */
export interface Move {
  position: number;
  ready: boolean;
  /** It has been run, to find out what it does. */
  ran: boolean;
  readonly reads: Int32Array;
  readonly zeros: Int32Array;
  readonly ones: Int32Array;
  /** The words that it reads or writes, see `touches`. */
  words: number;
  readonly successor: State;
}

/** All threads of a program in one state, with what their next steps do, found out when it is asked for. */
export class Frontier {
  readonly threads: readonly Thread[];
  /** The numbers of the completions. */
  readonly completions: readonly number[];
  readonly footprints: Footprints;
  /** The bits of a state that conditions of steps hang on, by which footprints are told apart. */
  readonly conditions: Int32Array;
  readonly #record: AccessRecord;
  readonly #actors: Actors;
  /** Per completion, its move while it is not there. */
  readonly #births: readonly Move[];
  readonly #moves: readonly Move[][];
  /** How many of the moves are of this state. */
  readonly #count: Int32Array;
  readonly #movable: Uint8Array;
  /** Who holds the step, per thread and position, in the state that had the number in `#heldIn`. */
  readonly #holders: readonly Int32Array[];
  readonly #heldIn: readonly Int32Array[];
  #entered = 0;
  readonly #standing: Standing[];
  readonly #positions: Int32Array;
  #state: State;

  /** `record` is the one that the program was compiled with; what is known of its steps already is in `shared`. */
  constructor(program: Program, actors: Actors, record: AccessRecord, shared: SharedFootprints) {
    this.threads = Array.from({ length: actors.count }, (_, actor) => actors.thread(actor));
    this.conditions = conditionsOf(program);
    this.footprints = shared.of(this.threads, this.conditions);
    this.#record = record;
    this.#actors = actors;
    this.completions = [...this.threads.keys()].filter((actor) => !actors.isTask(actor));
    this.#births = this.threads.map((_, actor) => waitForBirth(program.layout.words, actors.birth(actor)));
    this.#moves = this.threads.map(() => []);
    this.#count = new Int32Array(actors.count);
    this.#movable = new Uint8Array(actors.count);
    this.#holders = this.threads.map(({ steps }) => new Int32Array(steps.length));
    this.#heldIn = this.threads.map(({ steps }) => new Int32Array(steps.length));
    this.#standing = this.threads.map(() => 'finished');
    this.#positions = new Int32Array(actors.count);
    this.#state = program.initial;
  }

  get state(): State {
    return this.#state;
  }

  enter(state: State): void {
    this.#state = state;
    this.#entered = (this.#entered + 1) | 0;
    this.#movable.fill(0);
    for (let actor = 0; actor < this.threads.length; actor++) {
      const unborn = !this.isThere(actor, state);
      const thread = this.threads[actor]!;
      this.#positions[actor] = unborn ? 0 : thread.at(state);
      if (unborn) this.#standing[actor] = 'unborn';
      else this.#standing[actor] = this.#positions[actor] === thread.steps.length ? 'finished' : 'going on';
      if (this.#standing[actor] === 'going on') this.#look(actor);
      else this.#count[actor] = unborn ? 1 : 0;
    }
  }

  standing(actor: number): Standing {
    return this.#standing[actor]!;
  }

  /** Where the thread stands. */
  position(actor: number): number {
    return this.#positions[actor]!;
  }

  /** A task is there; a completion where its ordered extent is, by the bits of a state, which begin at word `offset`. */
  isThere(actor: number, bits: Int32Array, offset = 0): boolean {
    return this.#actors.isThere(actor, bits, offset);
  }

  /** Can one of the steps that may come next run? */
  isMovable(actor: number): boolean {
    return this.#movable[actor] === 1;
  }

  /** The threads each of which has to take a step before this one can (`Step.heldBy`); what tells so is read, too. */
  holders(actor: number, position: number): number {
    const [holders, heldIn] = [this.#holders[actor]!, this.#heldIn[actor]!];
    if (heldIn[position] !== this.#entered) {
      this.#record.clear();
      holders[position] = this.threads[actor]!.steps[position]!.step.heldBy!(this.#state);
      heldIn[position] = this.#entered;
      this.footprints.learnHolders(this.#record);
    }
    return holders[position]!;
  }

  isReady(actor: number, index: number): boolean {
    return this.#standing[actor] !== 'unborn' && this.#moves[actor]![index]!.ready;
  }

  /** Number of steps that may come next: more than one where the first can be left out. */
  countMoves(actor: number): number {
    return this.#count[actor]!;
  }

  /** What the step does is found out when it is first asked for. */
  move(actor: number, index: number): Move {
    if (this.#standing[actor] === 'unborn') return this.#births[actor]!;
    const move = this.#moves[actor]![index]!;
    if (move.ready && !move.ran) this.#run(actor, move);
    return move;
  }

  /** Looks which steps may come next, and whether they can run: also of those that wait it has to be known what they look at. */
  #look(actor: number): void {
    const record = this.#record;
    const thread = this.threads[actor]!;
    record.clear();
    const birth = this.#actors.birth(actor);
    if (birth !== undefined) record.reads[birth.word]! |= birth.bit;
    let count = 0;
    for (let position = thread.next(this.#state); position >= 0; position = thread.without(this.#state, position)) {
      this.#room(actor, count++).position = position;
    }
    // Each of them comes up, or does not, by all that was looked at to find them.
    for (let i = 0; i < count; i++) {
      const move = this.#moves[actor]![i]!;
      move.ready = thread.isReady(this.#state, move.position);
      move.ran = false;
      if (move.ready) this.#movable[actor] = 1;
      else this.footprints.learn(actor, move.position, false, record, this.#state);
      copy(record.reads, move.reads);
    }
    this.#count[actor] = count;
  }

  #run(actor: number, move: Move): void {
    const record = this.#record;
    record.clear();
    record.reads.set(move.reads);
    move.successor.set(this.#state);
    this.threads[actor]!.take(move.successor, move.position);
    this.footprints.learn(actor, move.position, true, record, this.#state);
    const { reads, zeros, ones } = record;
    copy(reads, move.reads);
    copy(zeros, move.zeros);
    copy(ones, move.ones);
    move.words = touches(reads.length, (i) => (reads[i]! | zeros[i]! | ones[i]!) !== 0);
    move.ran = true;
  }

  #room(actor: number, index: number): Move {
    const moves = this.#moves[actor]!;
    moves[index] ??= emptyMove(this.#state.length);
    return moves[index];
  }
}

function emptyMove(length: number): Move {
  const words = () => new Int32Array(length);
  return {
    position: 0,
    ready: false,
    ran: false,
    reads: words(),
    zeros: words(),
    ones: words(),
    words: 0,
    successor: words(),
  };
}

/** A completion that is not there waits for its ordered extent. */
function waitForBirth(length: number, birth: Birth | undefined): Move {
  const move = emptyMove(length);
  if (birth !== undefined) move.reads[birth.word] = birth.bit;
  return move;
}

function copy(from: Int32Array, to: Int32Array): void {
  for (let i = 0; i < to.length; i++) to[i] = from[i]!;
}

/** Sets that decide in many steps whether there is anything to do; more of them cost more than they save. */
function conditionsOf({ machine, layout }: Program): Int32Array {
  const bits = new Int32Array(layout.words);
  for (const { pages, extentMaps, orderedExtents } of machine.inodes) {
    const sets = [pages.dirty, extentMaps.modified, extentMaps.collected.starts, orderedExtents.starts];
    for (const { word, shift, mask } of sets) bits[word]! |= mask << shift;
  }
  return bits;
}
