import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BrokenPromise, brokenPromises, Losses } from '../../engine/durability/judge.ts';
import {
  check,
  checkSchedule,
  type Scenario,
  type Schedule,
  type ScheduleEntry,
  type Verdict,
  type Violation,
  type WitnessStep,
} from '../../engine/index.ts';
import type { Inode } from '../../engine/model/inode.ts';
import { compile, type Program } from '../../engine/program.ts';
import { Runner } from '../../engine/replay/runner.ts';
import { type Exploration, explore } from '../../engine/search/explore.ts';
import { Field, type State } from '../../engine/state/layout.ts';
import type { Thread } from '../../engine/thread.ts';
import { checkState, checkStep } from './invariants.ts';
import { randomNames } from './random-names.ts';
import { randomCloning, randomFailure, randomRace, randomScenario } from './random-scenario.ts';

const limits = { states: 4000, steps: 10_000, memory: 2 ** 31 };
const scenarios = fc.oneof(
  randomScenario({ files: 2, tasks: 3, operations: 3 }),
  randomRace(),
  randomCloning(),
  randomNames(3),
  randomFailure(),
);

/** Every write to a field is read back, so that no number outgrows its bits. */
const write = Field.prototype.set;
beforeAll(() => {
  Field.prototype.set = function (this: Field, state, value) {
    write.call(this, state, value);
    if (this.get(state) !== value) throw new Error(`${value} does not fit its field`);
  };
});
afterAll(() => {
  Field.prototype.set = write;
});

describe('any scenario', () => {
  test('has a verdict that is consistent in itself', () => {
    const verdicts = new Map<Verdict['verdict'], number>();
    const consistent = (scenario: Scenario) => {
      const { verdict, complete, bound, interleavings, violations, deadlock } = check(scenario, { limits });
      const [total, losing] = [BigInt(interleavings.total), BigInt(interleavings.losing)];
      expect(losing <= total && total > 0n).toBe(true);
      expect(losing > 0n).toBe(violations.length > 0);
      expect([complete, interleavings.exact]).toEqual([bound === undefined, bound === undefined]);
      const bad = violations.length > 0 || deadlock !== undefined;
      expect(verdict).toBe(bad ? 'unsafe' : complete ? 'safe' : 'unknown');
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
    };
    fc.assert(fc.property(scenarios, consistent), { seed: 1, numRuns: 600 });
    expect([...verdicts.keys()].sort()).toEqual(['safe', 'unknown', 'unsafe']);
  });

  test('has witnesses that can be replayed, whose last state and no earlier one breaks the promise', () => {
    let replayed = 0;
    const replays = (scenario: Scenario) => {
      for (const violation of check(scenario, { limits }).violations) {
        const program = compile(scenario);
        const runner = new Runner(program);
        for (const step of violation.witness) {
          expect(breaks(program, runner, violation)).toBe(false);
          expect(runner.follow(step)).toEqual(step);
        }
        expect(breaks(program, runner, violation)).toBe(true);
        replayed++;
      }
    };
    fc.assert(fc.property(randomRace(), replays), { seed: 2, numRuns: 500 });
    expect(replayed).toBeGreaterThan(100);
  });
});

describe('any witness', () => {
  test('runs the same when it is spelled out, step by step, as a schedule', () => {
    let spelledOut = 0;
    const runsAsSchedule = (scenario: Scenario) => {
      const { violations } = check(scenario, { limits });
      const schedules = violations.map(({ witness }) => spellOut(scenario, witness));
      for (const [index, { kind, file, range, promisedBy, witness }] of violations.entries()) {
        const { verdict, violations: found, steps } = checkSchedule({ ...scenario, schedules }, index);
        expect([verdict, steps]).toEqual(['unsafe', witness]);
        expect(found).toContainEqual(expect.objectContaining({ kind, file, range, promisedBy }));
        spelledOut++;
      }
    };
    fc.assert(fc.property(randomRace(), runsAsSchedule), { seed: 4, numRuns: 500 });
    expect(spelledOut).toBeGreaterThan(100);
  });
});

describe('any run', () => {
  test('goes through states that the search visited, and the invariants of the model hold in each', () => {
    let steps = 0;
    const follows = (scenario: Scenario, seed: number) => {
      const program = compile(scenario);
      const walk = new LockstepWalk(program, explore(program, limits), seed);
      for (let run = 0; run < 10; run++) steps += walk.run();
    };
    fc.assert(fc.property(scenarios, fc.nat(), follows), { seed: 3, numRuns: 600 });
    expect(steps).toBeGreaterThan(100_000);
  });
});

describe('any run with the items of trees kept', () => {
  test('has items that say what the images say, and logs from which the same is replayed', () => {
    let steps = 0;
    const holds = (scenario: Scenario, seed: number) => {
      const program = compile(scenario, {}, { tracksItems: true });
      const random = new RandomChoice(seed);
      const runner = new Runner(program);
      for (;;) {
        checkState(program, runner.state);
        const ready = [...program.tasks, ...runner.openCompletions()].filter((thread) => runner.canStep(thread));
        if (ready.length === 0) return;
        runner.step(ready[random.below(ready.length)]!);
        steps++;
      }
    };
    fc.assert(fc.property(scenarios, fc.nat(), holds), { seed: 5, numRuns: 600 });
    expect(steps).toBeGreaterThan(10_000);
  });
});

class RandomChoice {
  #random: number;

  constructor(seed: number) {
    this.#random = seed;
  }

  below(count: number): number {
    this.#random = (Math.imul(this.#random, 1103515245) + 12345) >>> 0;
    return (this.#random >>> 8) % count;
  }
}

/** Runs a program at random, and follows each step along the edges of the state graph. */
class LockstepWalk {
  readonly #program: Program;
  readonly #exploration: Exploration;
  /** What each visited state was found to be, and the other way round. */
  readonly #contents = new Map<number, string>();
  readonly #numbers = new Map<string, number>();
  readonly #random: RandomChoice;

  constructor(program: Program, exploration: Exploration, seed: number) {
    this.#program = program;
    this.#exploration = exploration;
    this.#random = new RandomChoice(seed);
  }

  /** One run to its end, along the graph as far as the search expanded it. Returns its length. */
  run(): number {
    const runner = new Runner(this.#program);
    let length = 0;
    let followed: number | undefined = 0;
    for (;;) {
      checkState(this.#program, runner.state);
      const ready = this.#readyMoves(runner);
      const edges = this.#follow(runner, followed, ready);
      if (ready.length === 0) return length;
      const move = ready[this.#random.below(ready.length)]!;
      const before = runner.state.slice();
      const { actors } = this.#exploration;
      runner.step(actors.thread(actors.actorOf(move)), actors.choiceOf(move));
      checkStep(this.#program, before, runner.state);
      followed = edges.get(move);
      length++;
    }
  }

  /** Every step that can be taken now, as `Actors.code` numbers them. */
  #readyMoves(runner: Runner): number[] {
    const { actors } = this.#exploration;
    const open: readonly Thread[] = [...this.#program.tasks, ...runner.openCompletions()];
    return Array.from({ length: actors.count }, (_, actor) => actor)
      .filter((actor) => open.includes(actors.thread(actor)))
      .flatMap((actor) => [actors.code(actor, 0), actors.code(actor, 1)])
      .filter((move) => runner.canStep(actors.thread(actors.actorOf(move)), actors.choiceOf(move)));
  }

  /** The edges out of the state that the run is in; none where the search stopped before. */
  #follow(runner: Runner, index: number | undefined, ready: readonly number[]): ReadonlyMap<number, number> {
    if (index === undefined) return new Map();
    this.#compare(runner, index);
    const edges = this.#edgesOf(index);
    // At its bound a search keeps no steps to new states.
    const complete = edges.size === ready.length || this.#exploration.bound !== undefined;
    must(complete && [...edges.keys()].every((move) => ready.includes(move)), 'the search took other steps');
    return edges;
  }

  /** The run is in the state that the graph says. */
  #compare({ state }: Runner, index: number): void {
    const content = state.join();
    must((this.#contents.get(index) ?? content) === content, 'one number, two states');
    must((this.#numbers.get(content) ?? index) === index, 'one state, two numbers');
    this.#contents.set(index, content);
    this.#numbers.set(content, index);
    const { inodes } = this.#program.machine;
    const broken = inodes.flatMap((inode) => brokenIn(this.#program, inode, state));
    must(this.#exploration.graph.isLosing(index) === broken.length > 0, 'a state was judged wrongly');
  }

  #edgesOf(state: number): Map<number, number> {
    const { graph } = this.#exploration;
    const edges = new Map<number, number>();
    for (let edge = graph.firstEdge(state); edge < graph.endOfEdges(state); edge++) {
      edges.set(graph.move(edge), graph.target(edge));
    }
    return edges;
  }
}

/** One entry per step, then the crash. */
function spellOut({ tasks }: Scenario, witness: readonly WitnessStep[]): Schedule {
  const entries = witness.map(({ actor, step }): ScheduleEntry => {
    if (actor.kind === 'endio') return { kind: 'endio', file: actor.file, range: actor.range, until: step };
    const { kind } = tasks[actor.task]!.operations[actor.operation]!;
    return { kind: 'task', task: actor.task, operation: kind, until: step };
  });
  return { entries: [...entries, { kind: 'crash' }] };
}

function breaks(program: Program, { state }: Runner, violation: Omit<Violation, 'witness'>): boolean {
  const { machine, syncs } = program;
  const inode = machine.inodes[violation.file]!;
  return brokenIn(program, inode, state).some(({ kind, segments, promisedBy, sizeOnly }) => {
    const by = syncs[promisedBy - 1] ?? null;
    const found = { kind, range: inode.segments.rangeOf(segments), promisedBy: by, sizeOnly };
    return isDeepStrictEqual(found, {
      kind: violation.kind,
      range: violation.range,
      promisedBy: violation.promisedBy,
      sizeOnly: violation.sizeOnly,
    });
  });
}

function brokenIn({ machine, promises }: Program, inode: Inode, state: State): BrokenPromise[] {
  const promise = promises[inode.index]!;
  const losses = new Losses();
  losses.judge(inode, promise, machine, state);
  return brokenPromises(inode, promise, losses, state);
}

function must(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}
