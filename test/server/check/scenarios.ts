import type { Scenario } from '../../../engine/index.ts';
import { analyseScenario, type ScenarioAnalysis } from '../../../server/check/analysis.ts';
import { readScenarios } from '../../../server/read-scenarios.ts';

/** The first scenario of a text, lowered. */
export function scenarioOf(text: string): Scenario {
  const { scenarios, diagnostics } = readScenarios(text);
  const scenario = scenarios[0]?.scenario;
  if (scenario === undefined) throw new Error(`no scenario: ${diagnostics.map(({ message }) => message).join('; ')}`);
  return scenario;
}

/** A scenario of the given name in which a page release races with a fast fsync. */
export function race(name = 'race', kernel = '5.8'): Scenario {
  return scenarioOf(
    `scenario "${name}" { kernel ${kernel} file I size 32M task app { write I 0..4K fsync I } task k { releasepage I } }`,
  );
}

/** A scenario that no search finishes while a test waits. */
export function endless(name = 'endless'): Scenario {
  const tasks = ['a', 'b', 'c', 'd', 'e'].map(
    (task, i) => `task ${task} { write I ${8 * i}K..${8 * i + 4}K fsync I write I ${8 * i}K..${8 * i + 4}K fsync I }`,
  );
  return scenarioOf(`scenario "${name}" { kernel 5.8 file I size 32M ${tasks.join(' ')} }`);
}

/** What a worker would answer about a scenario. */
export function analysisOf(scenario: Scenario): ScenarioAnalysis {
  return analyseScenario(scenario, { now: () => 0 });
}
