import { compile, type ProfileOverrides, type Program } from '../program.ts';
import type { Scenario } from '../scenario.ts';
import { lowest } from '../state/bits.ts';
import { AccessRecord, type State } from '../state/layout.ts';
import type { BoundHit } from '../verdict.ts';
import { Actors } from './actors.ts';
import { EffectTracker } from './effects.ts';
import { SharedFootprints } from './footprints.ts';
import { type FoundViolation, FoundViolations } from './found-violations.ts';
import { NumberList } from './number-list.ts';
import { mostThreads, PersistentSets } from './persistent-sets.ts';
import { StateList } from './state-list.ts';
import { StateStore } from './state-store.ts';
import { type ExploreLimits, type SearchControl, Watch } from './watch.ts';

/** States between two looks at the watch: it takes some ten times as long for each as the search of all does. */
const pollInterval = 64;

/** What a reduced search learned. It may have left out states and interleavings, but no way to break a promise. */
export interface ReducedExploration {
  readonly program: Program;
  readonly actors: Actors;
  readonly states: number;
  readonly transitions: number;
  /** Memory that its states, their table and what leads to them take. */
  readonly bytes: number;
  readonly found: readonly FoundViolation[];
  readonly deadlock: number | undefined;
  readonly bound: BoundHit | undefined;
  readonly effects: EffectTracker;
  /** The moves (see `Actors.code`) that led to a state. */
  pathTo(state: number): number[];
}

/** Can the search of a scenario be reduced? There is room for so many threads; and the reduction has no idea of depth. */
export function isReducible(program: Program, { steps }: ExploreLimits, usualSteps: number): boolean {
  return new Actors(program).count <= mostThreads && steps >= usualSteps;
}

/**
 * Searches a scenario as `explore` does, but tries in each state only the threads of a persistent set. It finds the same
 * kinds of loss, and the same deadlocks; paths may be longer than they need be, and it knows of fewer operations without effect.
 *
 * The sets rest on what steps were seen to read and write. When something new is seen, the search starts over; so it is
 * practised first, unless something is known already: depth first, which comes soon to what is far from the start.
 */
export function exploreReduced(
  scenario: Scenario,
  overrides: ProfileOverrides | undefined,
  limits: ExploreLimits,
  control: SearchControl & { readonly noteSwitch?: ((name: string) => void) | undefined } = {},
  watch: Watch = new Watch(limits, control),
  shared: SharedFootprints = new SharedFootprints(),
): ReducedExploration {
  const record = new AccessRecord();
  const program = compile(scenario, overrides, { record, noteSwitch: control.noteSwitch });
  const sets = new PersistentSets(program, new Actors(program), record, shared);
  const begin = (expected?: number) => new ReducedSearch(program, record, sets, limits, control, watch, expected);
  let expected: number | undefined;
  if (sets.version === 0) {
    const practice = begin().practise();
    // What it has found is there, and another search would come to the same bound.
    if (practice.bound !== undefined) return practice;
    expected = practice.states;
  }
  for (;;) {
    const { version } = sets;
    const search = begin(expected).run();
    if (search.bound !== undefined || sets.version === version) return search;
    expected = search.states;
  }
}

class ReducedSearch implements ReducedExploration {
  readonly program: Program;
  readonly actors: Actors;
  readonly effects: EffectTracker;
  deadlock: number | undefined;
  bound: BoundHit | undefined;
  transitions = 0;
  /** The search before had about as many states. */
  readonly estimate: number | undefined;
  readonly #record: AccessRecord;
  readonly #sets: PersistentSets;
  readonly #limits: ExploreLimits;
  readonly #control: SearchControl;
  readonly #watch: Watch;
  /** The states that were visited, and what of each was alive. */
  readonly #states: StateList;
  readonly #store: StateStore;
  readonly #violations: FoundViolations;
  readonly #current: State;
  readonly #live: State;
  #visited = 0;
  readonly #depths = new NumberList();
  readonly #parents = new NumberList();
  readonly #moves = new NumberList();

  constructor(
    program: Program,
    record: AccessRecord,
    sets: PersistentSets,
    limits: ExploreLimits,
    control: SearchControl,
    watch: Watch,
    estimate: number | undefined,
  ) {
    this.program = program;
    this.actors = new Actors(program);
    this.effects = new EffectTracker(program);
    this.#record = record;
    this.#sets = sets;
    this.#limits = limits;
    this.#control = control;
    this.#watch = watch;
    this.estimate = estimate;
    this.#states = new StateList(program.layout.words);
    this.#store = new StateStore(program.layout.words);
    this.#violations = new FoundViolations(program);
    this.#current = new Int32Array(program.layout.words);
    this.#live = new Int32Array(program.layout.words);
  }

  get states(): number {
    return this.#store.count;
  }

  get bytes(): number {
    const lists = this.#depths.bytes + this.#parents.bytes + this.#moves.bytes;
    return this.#states.bytes + this.#store.bytes + lists;
  }

  get found(): readonly FoundViolation[] {
    return this.#violations.all;
  }

  /** The search itself, breadth first: its runs are short. */
  run(): this {
    this.#add(this.program.initial, 0, -1, -1);
    for (let index = 0; index < this.#store.count && this.bound === undefined; index++) this.#visit(index);
    return this;
  }

  /** Visits the same states in another order, for the sake of what is learned. */
  practise(): this {
    this.#add(this.program.initial, 0, -1, -1);
    const open = [0];
    for (let index = open.pop(); index !== undefined && this.bound === undefined; index = open.pop()) {
      const known = this.#store.count;
      this.#visit(index);
      for (let found = known; found < this.#store.count; found++) open.push(found);
    }
    return this;
  }

  #visit(index: number): void {
    if (this.#visited++ % pollInterval === 0) this.bound ??= this.#watch.look(this);
    if (this.bound !== undefined) return;
    this.#states.read(index, this.#current);
    this.#expand(this.#current, index);
  }

  pathTo(state: number): number[] {
    const path: number[] = [];
    for (let at = state; at > 0; at = this.#parents.at(at)) path.push(this.#moves.at(at));
    return path.reverse();
  }

  #expand(state: State, index: number): void {
    const { frontier } = this.#sets;
    const last = index === 0 ? -1 : this.actors.actorOf(this.#moves.at(index));
    const set = this.#sets.choose(state, last);
    if (set === 0 && this.program.tasks.some((_, task) => frontier.standing(task) !== 'finished')) {
      this.deadlock ??= index;
      this.#stopAtFirst();
    }
    for (let rest = set; rest !== 0; rest &= rest - 1) {
      const actor = lowest(rest);
      const count = frontier.countMoves(actor);
      for (let choice = 0; choice < count; choice++) {
        const { ready, position, zeros, ones, successor } = frontier.move(actor, choice);
        if (!ready) continue;
        this.transitions++;
        this.effects.noteWrites(actor, frontier.threads[actor]!.steps[position]!, zeros, ones);
        this.#control.noteStep?.(actor, position, state, successor);
        this.#add(successor, this.#depths.at(index) + 1, index, this.actors.code(actor, choice));
      }
    }
  }

  #add(state: State, depth: number, parent: number, move: number): void {
    const before = this.#store.count;
    this.#live.set(state);
    this.#sets.liveBits.forgetDead(this.#live);
    const index = this.#store.add(this.#live, this.#limits.states);
    if (index < 0) this.bound ??= { kind: 'states', limit: this.#limits.states };
    if (index !== before) return;
    this.#states.push(state);
    this.#depths.push(depth);
    this.#parents.push(parent);
    this.#moves.push(move);
    this.#record.clear();
    const losing = this.#violations.judge(state, index, depth);
    this.#sets.learnJudgement();
    if (losing) this.#stopAtFirst();
  }

  #stopAtFirst(): void {
    if (this.#control.untilFirstViolation) this.bound ??= { kind: 'violation', limit: 1 };
  }
}
