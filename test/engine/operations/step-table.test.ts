import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  changingReleases,
  describeOperation,
  newestRelease,
  type OperationKind,
  operationKinds,
  type Scenario,
  stepNames,
} from '../../../engine/index.ts';
import { compile } from '../../../engine/program.ts';
import { shippedScenarios } from '../../shipped-scenarios.ts';
import { randomNames } from '../random-names.ts';
import { failing, randomCloning, randomFailure, randomRace, randomScenario } from '../random-scenario.ts';
import { problemOf, run } from '../run-schedule.ts';

type Kind = OperationKind | 'endio';

/** Names of the steps of a table; only of those that come without a failure, or of all. */
const tables = new Map<string, ReadonlySet<string>>();

function inTable(kind: Kind, kernel: string, fails: boolean): ReadonlySet<string> {
  const key = `${kind} ${kernel} ${fails}`;
  const known = tables.get(key);
  if (known !== undefined) return known;
  const { steps } = describeOperation(kind, kernel);
  const names = new Set(steps.filter((step) => fails || !step.onlyOnFailure).map(({ name }) => name));
  tables.set(key, names);
  return names;
}

function* stepsOf(scenario: Scenario): Generator<{ kind: Kind; name: string; always: boolean }> {
  const { tasks, completions } = compile(scenario);
  for (const { task, steps } of tasks) {
    for (const { operation, step } of steps) {
      const { kind } = scenario.tasks[task]!.operations[operation]!;
      yield { kind, name: step.name, always: step.onlyOnFailure !== true };
    }
  }
  for (const { steps } of completions.flat()) {
    for (const { step } of steps) yield { kind: 'endio', name: step.name, always: step.onlyOnFailure !== true };
  }
}

/** The steps that are in no table: of the release where the scenario has its guards, else of any. */
function undescribed(scenario: Scenario): string[] {
  const { kernel = newestRelease, guards, tasks } = scenario;
  const fails = tasks.some(({ operations }) => operations.some(({ kind }) => kind === 'fault'));
  const missing = new Set<string>();
  for (const { kind, name, always } of stepsOf({ ...scenario, guards: {} })) {
    if (!inTable(kind, kernel, fails || !always).has(name)) missing.add(`${name} of ${kind} on ${kernel}`);
  }
  if (Object.keys(guards).length === 0) return [...missing];
  for (const { kind, name } of stepsOf(scenario)) {
    if (!stepNames(kind).includes(name)) missing.add(`${name} of ${kind} with ${Object.keys(guards).join(', ')}`);
  }
  return [...missing];
}

describe('every step of a compiled program is in the table of its operation', () => {
  test.each(changingReleases)('of the shipped scenarios on %s', (kernel) => {
    expect(shippedScenarios.flatMap(({ scenario }) => undescribed({ ...scenario, kernel }))).toEqual([]);
  });

  const kinds: readonly [string, fc.Arbitrary<Scenario>][] = [
    ['random scenarios', randomScenario({ files: 2, tasks: 3, operations: 3 })],
    ['random scenarios in which something fails', randomScenario({ files: 2, tasks: 2, operations: 3 }).chain(failing)],
    ['random failures', randomFailure()],
    ['random races', randomRace()],
    ['random clones', randomCloning().chain((scenario) => fc.oneof(fc.constant(scenario), failing(scenario)))],
    ['random names', randomNames(3).chain((scenario) => fc.oneof(fc.constant(scenario), failing(scenario)))],
  ];

  test.each(kinds)('of %s', (_, scenarios) => {
    const check = (scenario: Scenario) => {
      expect(undescribed(scenario)).toEqual([]);
    };
    fc.assert(fc.property(scenarios, check), { seed: 7, numRuns: 300 });
  });
});

describe('steps that come only on failure', () => {
  test('are marked, and can be named, in each release', () => {
    const marked = (kind: Kind, kernel: string) =>
      [...inTable(kind, kernel, true)].filter((name) => !inTable(kind, kernel, false).has(name));
    for (const kernel of changingReleases) {
      expect(marked('write', kernel)).toEqual(['sb_rdonly']);
      expect(marked('commit', kernel)).toEqual(['cleanup_transaction']);
      expect(marked('sync', kernel)).toEqual(['cleanup_transaction', 'return']);
      expect(marked('endio', kernel)).toEqual(['btrfs_drop_extent_map_range']);
      expect(marked('read', kernel)).toEqual([]);
      for (const kind of operationKinds) {
        expect(stepNames(kind)).toEqual(expect.arrayContaining([...inTable(kind, kernel, true)]));
      }
    }
  });

  const files = ['I 16K data 0..16K'];
  test('can be run to', () => {
    const tasks = { app: ['write I 0..4K', 'writeback I', 'fault io on app.commit', 'commit', 'write I 0..4K'] };
    const schedule = ['app: write', 'app: writeback', 'app: fault'];
    const { path } = run({ files, tasks }, ...schedule, 'app: commit until cleanup_transaction');
    expect(path.at(-1)).toBe('cleanup_transaction');
    expect(run({ files, tasks }, ...schedule, 'app: commit', 'app: write until sb_rdonly').path).toEqual(['sb_rdonly']);
  });

  test('are not reached where nothing fails', () => {
    const tasks = { app: ['write I 0..4K', 'sync'] };
    expect(problemOf({ files, tasks }, 'app: write', 'app: sync until cleanup_transaction')?.message).toContain(
      'sync ended without cleanup_transaction',
    );
  });
});
