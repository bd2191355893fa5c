import type { Program } from '../../engine/program.ts';
import { Runner } from '../../engine/replay/runner.ts';
import type { WitnessStep } from '../../engine/verdict.ts';

/** Every complete run of a program, step by step. Only for programs with few of them. */
export function allRuns(program: Program): WitnessStep[][] {
  const runs: WitnessStep[][] = [];
  visit([], new Runner(program));
  return runs;

  /** `runner` has taken the steps of `path`. */
  function visit(path: readonly WitnessStep[], runner: Runner): void {
    const ready = [...program.tasks, ...runner.openCompletions()].filter((thread) => runner.canStep(thread));
    if (ready.length === 0) runs.push([...path]);
    for (const [i, thread] of ready.entries()) {
      const branch = i === ready.length - 1 ? runner : replay(path);
      visit([...path, branch.step(thread)], branch);
    }
  }

  function replay(path: readonly WitnessStep[]): Runner {
    const runner = new Runner(program);
    for (const step of path) runner.step(runner.threadOf(step));
    return runner;
  }
}
