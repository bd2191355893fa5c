import { compile } from '../program.ts';
import type { Scenario } from '../scenario.ts';
import { type CheckOptions, check } from '../search/check.ts';
import type { ScenarioCoverage } from './coverage.ts';
import { CoverageRecorder } from './recorder.ts';

/**
 * Finds out what of its operations a scenario exercises, over all interleavings, by the search for its verdict. Where that
 * is reduced, it still takes every step that some interleaving takes, from the same place and to the same one: it tries all
 * orders of steps that touch the same things. But it need not see every wait. Throws `TooManySegments`.
 */
export function coverScenario(scenario: Scenario, options: CheckOptions = {}): ScenarioCoverage {
  const program = compile(scenario, options.overrides);
  const recorder = new CoverageRecorder(program);
  const consulted = new Set<string>();
  const { states, bound, interleavings } = check(scenario, {
    ...options,
    noteStep: recorder.noteStep,
    noteState: recorder.noteState,
    noteSwitch: (name) => consulted.add(name),
  });
  const { rules, guards } = program.profile;
  const switches = Object.entries({ ...rules, ...guards }).filter(([name]) => consulted.has(name));
  return {
    ...recorder.coverage(),
    switches: Object.fromEntries(switches),
    states,
    bound,
    allStates: interleavings.exact,
  };
}
