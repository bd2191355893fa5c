import { type KindCoverage, profileOf, type StepCoverage, type StepTally } from '../../../engine/index.ts';
import { problemJson } from '../check/json-report.ts';
import { placeOf } from '../source-file.ts';
import { type CoverageRun, type CoveredScenario, isComplete } from './run.ts';

/** Changes when a field is removed or means something else; additions do not change it. */
const version = 1;

/** The report as `coverage --format json` prints it: the contract of docs/cli.md. */
export function jsonReport({ scenarios, report, problems }: CoverageRun): object {
  return {
    version,
    complete: problems.length === 0 && scenarios.every(isComplete),
    scenarios: scenarios.map(scenarioJson),
    operations: report.operations.map(kindJson),
    unusedOperations: report.unused,
    guards: report.guards,
    rules: report.rules,
    problems: problems.map(problemJson),
  };
}

function scenarioJson({ file, lowered, scenario, coverage }: CoveredScenario): object {
  const { states, bound = null, allStates, operations, completions } = coverage;
  return {
    file: file.path,
    name: lowered.name,
    ...placeOf(file, lowered.sources.name),
    kernel: profileOf(scenario).release,
    states,
    bound,
    allStates,
    operations: operations.map(({ task, operation, kind, begun, ended, steps }) => ({
      task: scenario.tasks[task]!.name,
      operation: kind,
      ...placeOf(file, lowered.sources.tasks[task]!.operations[operation]!.span),
      begun,
      ended,
      neverTaken: neverTaken([steps]),
    })),
    completions: { begun: completions.length > 0, neverTaken: neverTaken(completions) },
    switches: coverage.switches,
  };
}

/** The steps that none of these operations, which have the same table, ever takes. */
function neverTaken(tables: readonly (readonly StepCoverage[])[]): string[] {
  const [first = []] = tables;
  return first.flatMap(({ label }, i) => (tables.some((table) => table[i]!.taken) ? [] : [label]));
}

function kindJson({ kind, scenarios, steps }: KindCoverage): object {
  return { operation: kind, scenarios, steps: steps.map(stepJson) };
}

function stepJson({ name, label, does, present, taken, skipped, leftOut, waited, waitsKnown, targets }: StepTally) {
  return {
    step: name,
    label,
    does,
    scenarios: present,
    taken,
    skipped,
    leftOut,
    waited,
    allWaitsKnown: waitsKnown,
    goesTo: targets.map((target) => ({ label: target.label, taken: target.taken })),
  };
}
