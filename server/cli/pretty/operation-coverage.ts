import type { KindCoverage, StepTally } from '../../../engine/index.ts';
import type { Terminal } from '../terminal.ts';
import { namesTable } from './names-table.ts';
import { type Cell, table } from './table.ts';
import { count, formatCount } from './words.ts';

/** The steps and branches of an operation that are never taken, with what the steps do; of the rest, names only. */
export function operationCoverage(terminal: Terminal, operation: KindCoverage): string[] {
  const { kind, scenarios, steps } = operation;
  const taken = steps.filter((step) => step.taken > 0);
  const never = steps.filter((step) => step.taken === 0 && step.present > 0);
  return [
    `${terminal.colors.bold(kind)}: ${describeShares([operation])}, in ${count(scenarios, 'scenario')}`,
    ...titledTable(terminal, 'never taken', never.map(stepRow)),
    ...titledTable(terminal, 'never goes on', taken.filter(hasUntakenBranch).map(branchRow)),
    ...namesTable(terminal, [
      ['never left out', labelsOf(taken.filter(isNeverLeftOut))],
      ['never waits', labelsOf(taken.filter(({ waited, waitsKnown }) => waited === 0 && waitsKnown))],
      ['only elsewhere', labelsOf(steps.filter(({ present }) => present === 0))],
    ]),
  ];
}

/** `52 of 67 steps, 26 of 33 branches`: of the steps that some scenario has. Each target of a step is a branch, and its being left out. */
export function describeShares(operations: readonly KindCoverage[]): string {
  const steps = operations.flatMap((operation) => operation.steps.filter(({ present }) => present > 0));
  const branches = steps.flatMap(({ skipped, leftOut, targets }) => [
    ...[skipped, leftOut].filter((number) => number !== null),
    ...targets.map(({ taken }) => taken),
  ]);
  const taken = steps.map((step) => step.taken);
  return [share(taken, 'steps'), ...(branches.length > 0 ? [share(branches, 'branches')] : [])].join(', ');
}

function share(numbers: readonly number[], noun: string): string {
  return `${formatCount(numbers.filter((number) => number > 0).length)} of ${formatCount(numbers.length)} ${noun}`;
}

function isNeverLeftOut({ skipped, leftOut }: StepTally): boolean {
  return skipped === 0 || leftOut === 0;
}

function stepRow({ label, does }: StepTally): Cell[] {
  return [{ text: label }, { text: does }];
}

function branchRow({ label, does, targets }: StepTally): Cell[] {
  const untaken = targets.filter(({ taken }) => taken === 0).map((target) => nameTarget(target.label));
  return [{ text: label }, { text: `to ${untaken.join(', or ')}\n${does}` }];
}

function hasUntakenBranch({ targets }: StepTally): boolean {
  return targets.some(({ taken }) => taken === 0);
}

/** Where a step goes on, in words. */
function nameTarget(label: string): string {
  return { following: 'the next step', end: 'the end' }[label] ?? label;
}

function titledTable({ colors, width }: Terminal, title: string, rows: readonly (readonly Cell[])[]): string[] {
  return rows.length === 0 ? [] : [colors.dim(`  ${title}`), ...table(rows, { width, indent: 4 })];
}

function labelsOf(steps: readonly StepTally[]): string[] {
  return [...new Set(steps.map(({ label }) => label))];
}
