import type { Program } from '../../engine/program.ts';
import { Runner } from '../../engine/replay/runner.ts';
import type { State } from '../../engine/state/layout.ts';
import type { Thread } from '../../engine/thread.ts';
import type { WitnessStep } from '../../engine/verdict.ts';

/** Every complete run of a program, step by step. Only for programs with few of them. */
export function allRuns(program: Program): WitnessStep[][] {
  const runs: WitnessStep[][] = [];
  visit([], new Runner(program));
  return runs;

  /** `runner` has taken the steps of `path`. */
  function visit(path: readonly WitnessStep[], runner: Runner): void {
    const ready = [...program.tasks, ...runner.openCompletions()].flatMap((thread) =>
      stepsThatMayCome(thread, runner.state).flatMap((_, choice) =>
        runner.canStep(thread, choice) ? [{ thread, choice }] : [],
      ),
    );
    if (ready.length === 0) runs.push([...path]);
    for (const [i, { thread, choice }] of ready.entries()) {
      const branch = i === ready.length - 1 ? runner : replay(path);
      visit([...path, branch.step(thread, choice)], branch);
    }
  }

  function replay(path: readonly WitnessStep[]): Runner {
    const runner = new Runner(program);
    for (const step of path) runner.follow(step);
    return runner;
  }
}

/** Names of the steps of a thread one of which comes next, by how many optional ones are left out. */
export function stepsThatMayCome(thread: Thread, state: State): string[] {
  const names: string[] = [];
  for (let position = thread.next(state); position >= 0; position = thread.without(state, position)) {
    const placed = thread.steps[position];
    if (placed !== undefined) names.push(placed.step.name);
  }
  return names;
}
