import type { Program } from '../program.ts';
import type { Deadlock, Violation } from '../verdict.ts';
import { describeDeadlock, describeViolation } from './describe.ts';
import type { Exploration } from './explore.ts';
import type { FoundViolation } from './found-violations.ts';
import type { Catch } from './hunt.ts';
import type { ReducedExploration } from './reduced-exploration.ts';
import { shortenedWitness, shortestWitness, witnessOf } from './witness.ts';

/** The searches that lead to one verdict, as far as they were needed. */
export interface Searches {
  readonly program: Program;
  readonly all: Exploration;
  readonly caught?: Catch | undefined;
  readonly some?: ReducedExploration | undefined;
}

/** All that was found, with runs that show it: where the search of all states came to it, a shortest one. */
export function findings(
  { program, all, caught, some }: Searches,
  shouldStop: (() => boolean) | undefined,
): { readonly violations: readonly Violation[]; readonly deadlock: Deadlock | undefined } {
  const violations = new Map<string, () => Violation>();
  const shortened = (found: FoundViolation, moves: readonly number[]) =>
    violations.set(keyOf(found), () =>
      describeViolation(program, found, shortenedWitness(program, moves, found, shouldStop)),
    );
  if (caught !== undefined) shortened(caught.violation, caught.moves);
  for (const found of some?.found ?? []) shortened(found, some!.pathTo(found.states[0]!));
  for (const found of all.found) {
    violations.set(keyOf(found), () =>
      describeViolation(program, found, shortestWitness(program, all, found.states, shouldStop)),
    );
  }
  const stuck = all.deadlock !== undefined ? shortestWitness(program, all, [all.deadlock], shouldStop) : undefined;
  const deadlock = stuck ?? (some?.deadlock === undefined ? undefined : witnessOf(program, some.pathTo(some.deadlock)));
  return {
    violations: [...violations.values()].map((describe) => describe()).sort(byPlace),
    deadlock: deadlock && describeDeadlock(program, deadlock),
  };
}

/** The reduced search has found violations that the search of all states has not come to yet. */
export function isWanting({ all, some }: Searches): boolean {
  const keys = new Set(all.found.map(keyOf));
  return some?.found.some((found) => !keys.has(keyOf(found))) === true;
}

function keyOf({ kind, file, segments, promisedBy }: FoundViolation): string {
  return `${kind} ${file} ${segments} ${promisedBy}`;
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
