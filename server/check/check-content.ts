import type { Scenario } from '../../engine/index.ts';
import type { SearchSettings } from './worker-protocol.ts';

/** What is to be checked. Equal keys mean equal verdicts. */
export interface CheckContent {
  readonly key: string;
  readonly scenario: Scenario;
  readonly settings: SearchSettings;
}

/** The content of a check. A scenario has no places of the text in it, so its key outlives edits elsewhere. */
export function contentOf(scenario: Scenario, settings: SearchSettings): CheckContent {
  return { key: JSON.stringify([scenario, settings]), scenario, settings };
}
