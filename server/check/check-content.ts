import type { Scenario } from '../../engine/index.ts';
import type { SearchSettings } from './worker-protocol.ts';

/** What is to be checked. Equal keys mean equal verdicts, but for how far a bound of time lets them come. */
export interface CheckContent {
  readonly key: string;
  readonly scenario: Scenario;
  readonly settings: SearchSettings;
}

/**
 * The content of a check. A scenario has no places of the text in it, so its key outlives edits elsewhere, and
 * other places for the same guards.
 */
export function contentOf(scenario: Scenario, settings: SearchSettings): CheckContent {
  return { key: JSON.stringify([scenario, settings], inOrder), scenario, settings };
}

/** For JSON.stringify: fields in the order of their names, whatever order they were written in. */
function inOrder(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
