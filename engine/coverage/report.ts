import { guards } from '../guards/catalogue.ts';
import { kernelRules } from '../kernel-rules.ts';
import { operationKinds } from '../operations/describe.ts';
import { stepTables } from '../operations/step-table.ts';
import type { OperationKind, Scenario } from '../scenario.ts';
import type { ScenarioCoverage } from './coverage.ts';
import { type StepTally, TableTally } from './table-tally.ts';

/** What scenarios exercise together. Every number counts scenarios. */
export interface CoverageReport {
  /** Those that some scenario has (of `endio`: begins), in the order of `operationKinds`. An `fdatasync` counts as an `fsync`. */
  readonly operations: readonly KindCoverage[];
  /** Kinds of operations that no scenario has, or for `endio`, begins. */
  readonly unused: readonly (OperationKind | 'endio')[];
  readonly guards: readonly SwitchCoverage[];
  readonly rules: readonly RuleCoverage[];
}

/** The table of one operation, put together from those of all scenarios that have it, and their profiles. */
export interface KindCoverage {
  readonly kind: OperationKind | 'endio';
  readonly scenarios: number;
  /** In table order. */
  readonly steps: readonly StepTally[];
}

/** How many scenarios look at a guard or a rule of the kernel, by its setting. */
export interface SwitchCoverage {
  readonly name: string;
  readonly on: number;
  readonly off: number;
}

/** A rule of the kernel, and what the kernel does where it holds. */
export interface RuleCoverage extends SwitchCoverage {
  readonly does: string;
}

/** A scenario and what it exercises. */
export interface CoveredScenario {
  readonly scenario: Pick<Scenario, 'kernel' | 'guards'>;
  readonly coverage: ScenarioCoverage;
}

/** Puts together what scenarios exercise. */
export function reportCoverage(scenarios: readonly CoveredScenario[]): CoverageReport {
  const tallies = new Map<OperationKind | 'endio', TableTally>();
  const tallyOf = (kind: OperationKind | 'endio') => {
    const tally = tallies.get(kind) ?? new TableTally();
    tallies.set(kind, tally);
    return tally;
  };
  const used = new Set<OperationKind | 'endio'>();
  for (const [number, { coverage }] of scenarios.entries()) {
    const { operations, completions, allStates } = coverage;
    for (const { kind, steps } of operations) {
      used.add(kind);
      tallyOf(tableOf(kind)).add(number, steps, allStates);
    }
    for (const steps of completions) {
      used.add('endio');
      tallyOf('endio').add(number, steps, allStates);
    }
  }
  for (const [kind, tally] of tallies) {
    for (const table of stepTables(kind, profilesOf(scenarios, kind))) tally.addPossible(table);
  }
  const having = operationKinds.flatMap((kind) => {
    const tally = tallies.get(kind);
    return tally === undefined ? [] : [{ kind, scenarios: tally.scenarios, steps: tally.steps }];
  });
  return {
    operations: having,
    unused: operationKinds.filter((kind) => !used.has(kind)),
    guards: guards.map(({ name }) => switchCoverage(name, scenarios)),
    rules: Object.entries(kernelRules).map(([name, { does }]) => ({ ...switchCoverage(name, scenarios), does })),
  };
}

/** btrfs ignores the difference. */
function tableOf(kind: OperationKind): OperationKind {
  return kind === 'fdatasync' ? 'fsync' : kind;
}

/** Of the scenarios that have such an operation. */
function profilesOf(
  scenarios: readonly CoveredScenario[],
  kind: OperationKind | 'endio',
): CoveredScenario['scenario'][] {
  return scenarios.flatMap(({ scenario, coverage: { operations, completions } }) => {
    const has = operations.some((operation) => tableOf(operation.kind) === kind);
    return has || (kind === 'endio' && completions.length > 0) ? [scenario] : [];
  });
}

function switchCoverage(name: string, scenarios: readonly CoveredScenario[]): SwitchCoverage {
  const settings = scenarios.map(({ coverage: { switches } }) => switches[name]);
  const count = (setting: boolean) => settings.filter((own) => own === setting).length;
  return { name, on: count(true), off: count(false) };
}
