import type { Program } from '../program.ts';
import type { State } from '../state/layout.ts';
import type { Frontier } from './frontier.ts';
import type { Futures } from './futures.ts';

/** Knows which bits of a state somebody will still read, by the footprints learned so far. */
export class LiveBits {
  readonly #frontier: Frontier;
  readonly #futures: Futures;
  /** The bits that tell where the threads are, and which there are. */
  readonly #whereabouts: Int32Array;
  /** Of the state at hand, the bits that are read, and those that can become 1. */
  readonly #read: Int32Array;
  readonly #set: Int32Array;

  constructor(program: Program, frontier: Frontier, futures: Futures) {
    const { machine, layout } = program;
    this.#frontier = frontier;
    this.#futures = futures;
    this.#whereabouts = new Int32Array(layout.words);
    this.#read = new Int32Array(layout.words);
    this.#set = new Int32Array(layout.words);
    const positions = frontier.threads.map(({ position }) => position);
    for (const { word, shift, mask } of [...positions, ...machine.inodes.map((inode) => inode.orderedExtents.starts)]) {
      this.#whereabouts[word]! |= mask << shift;
    }
  }

  /**
   * Clears the bits of a state that no thread will read any more, nor a judgement. What follows on two states that differ in nothing else
   * is the same, so that one of them is enough. What is left is no state to run a step on.
   */
  forgetDead(state: State): void {
    const { threads, footprints, completions } = this.#frontier;
    for (let i = 0; i < state.length; i++) {
      this.#read[i] = this.#whereabouts[i]! | footprints.judged[i]! | footprints.holders[i]!;
      this.#set[i] = 0;
    }
    this.#futures.assumeNothing();
    for (let actor = 0; actor < threads.length; actor++) {
      const position = threads[actor]!.at(state);
      if (this.#frontier.isThere(actor, state) && position < threads[actor]!.steps.length) this.#add(actor, position);
    }
    // Completions also start over, for every ordered extent that somebody brings about.
    for (let born = 0, before = -1; born !== before; ) {
      before = born;
      for (const actor of completions) {
        if ((born & (1 << actor)) !== 0 || !this.#frontier.isThere(actor, this.#set)) continue;
        born |= 1 << actor;
        this.#add(actor, 0);
      }
    }
    for (let i = 0; i < state.length; i++) state[i]! &= this.#read[i]!;
  }

  /** Adds what a thread may read and set from `position` on. */
  #add(actor: number, position: number): void {
    const words = this.#read.length;
    const { accesses } = this.#futures.of(actor, position, 0);
    for (let i = 0; i < words; i++) {
      this.#read[i]! |= accesses[i]!;
      this.#set[i]! |= accesses[2 * words + i]!;
    }
  }
}
