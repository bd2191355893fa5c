import type { Scenario } from '../../../engine/index.ts';
import type { SearchLimits } from '../../check/worker-protocol.ts';

/** What the command line changes about scenarios before they are checked. */
export interface CheckSettings {
  readonly kernel?: string | undefined;
  readonly guards?: Readonly<Record<string, boolean>> | undefined;
  readonly bounds?: SearchLimits | undefined;
}

/** The scenario as the command line wants it: its kernel, guards and bounds go before those of the text. */
export function configure(scenario: Scenario, { kernel, guards, bounds = {} }: CheckSettings): Scenario {
  const { states = scenario.bounds.states, steps = scenario.bounds.steps } = bounds;
  return {
    ...scenario,
    kernel: kernel ?? scenario.kernel,
    guards: { ...scenario.guards, ...guards },
    bounds: { states, steps },
  };
}
