import { firstTransaction } from '../model/transaction.ts';
import { compile, type ProfileOverrides, type Program } from '../program.ts';
import { Runner } from '../replay/runner.ts';
import type { Scenario } from '../scenario.ts';
import type { Deadlock, InterleavingCount, Verdict, Violation, WitnessStep } from '../verdict.ts';
import { countInterleavings } from './count.ts';
import { type Exploration, type ExploreLimits, explore, type SearchControl } from './explore.ts';
import type { FoundViolation } from './found-violations.ts';
import { shortestPath } from './shortest-path.ts';

/** Limits in force where a scenario sets none. */
export const defaultLimits: ExploreLimits = { states: 2_000_000, steps: 1_000_000, memory: 2 ** 31 };

/** How a scenario is to be checked; everything is optional. */
export interface CheckOptions extends SearchControl {
  readonly overrides?: ProfileOverrides | undefined;
  /** Limits instead of the default ones; the scenario's own bounds go before both. */
  readonly limits?: Partial<ExploreLimits> | undefined;
  /** Told the name of each guard and each rule of the kernel that the operations look at, as often as they do. */
  readonly noteSwitch?: ((name: string) => void) | undefined;
}

/**
 * Searches all interleavings of a scenario for a power failure that loses what a completed sync
 * promised. Throws `TooManySegments`; anything else thrown is a bug in the engine.
 */
export function check(scenario: Scenario, options: CheckOptions = {}): Verdict {
  const program = compile(scenario, options.overrides, { noteSwitch: options.noteSwitch });
  const limits = {
    ...defaultLimits,
    ...options.limits,
    ...(scenario.bounds.states === undefined ? {} : { states: scenario.bounds.states }),
    ...(scenario.bounds.steps === undefined ? {} : { steps: scenario.bounds.steps }),
  };
  const exploration = explore(program, limits, options);
  const { graph, found, bound, effects } = exploration;
  const complete = bound === undefined;
  const verdict = found.length > 0 || exploration.deadlock !== undefined ? 'unsafe' : complete ? 'safe' : 'unknown';
  return {
    verdict,
    complete,
    bound,
    interleavings: count(exploration, complete),
    states: graph.states,
    transitions: graph.edges,
    violations: found.map((violation) => describe(program, exploration, violation)).sort(byPlace),
    deadlock: describeDeadlock(program, exploration),
    // What waits for ever has not had its chance.
    noEffect: complete && exploration.deadlock === undefined ? effects.ineffective() : [],
  };
}

function count({ graph, actors }: Exploration, exact: boolean): InterleavingCount {
  const { total, losing } = countInterleavings(graph, actors.count);
  return { total: total.toString(), losing: losing.toString(), exact };
}

function describe(program: Program, exploration: Exploration, violation: FoundViolation): Violation {
  const inode = program.machine.inodes[violation.file]!;
  return {
    kind: violation.kind,
    file: violation.file,
    range: inode.segments.rangeOf(violation.segments),
    promisedBy: program.syncs[violation.promisedBy - 1] ?? null,
    sizeOnly: violation.sizeOnly,
    transaction: firstTransaction + violation.transaction,
    witness: witnessTo(program, exploration, violation.states),
  };
}

/** A shortest run into one of the states, which are all at the same depth. */
function witnessTo(program: Program, { graph, actors }: Exploration, states: readonly number[]): WitnessStep[] {
  const runner = new Runner(program);
  return shortestPath(graph, states).map((edge) => runner.step(actors.thread(graph.actor(edge))));
}

function describeDeadlock(program: Program, exploration: Exploration): Deadlock | undefined {
  if (exploration.deadlock === undefined) return undefined;
  const { graph, actors, deadlock } = exploration;
  const runner = new Runner(program);
  const witness = shortestPath(graph, [deadlock]).map((edge) => runner.step(actors.thread(graph.actor(edge))));
  const waiting = program.tasks.flatMap((thread) => {
    const position = thread.next(runner.state);
    const placed = thread.steps[position];
    if (placed === undefined) return [];
    const { operation, step } = placed;
    const released = thread.isReleased(runner.state, position);
    return [
      {
        task: thread.task,
        operation,
        step: step.name,
        reason: released ? (step.waitsFor ?? '') : 'an order constraint',
      },
    ];
  });
  return { witness, waiting };
}

/** By file, then range, then who promised. */
function byPlace(a: Violation, b: Violation): number {
  return (
    a.file - b.file ||
    a.range.start - b.range.start ||
    a.range.end - b.range.end ||
    (a.promisedBy?.task ?? -1) - (b.promisedBy?.task ?? -1) ||
    (a.promisedBy?.operation ?? -1) - (b.promisedBy?.operation ?? -1)
  );
}
