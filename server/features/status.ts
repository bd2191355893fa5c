import type { CheckedScenario, ScenarioDocument } from '../documents/scenario-document.ts';
import type { StatusParams } from '../protocol.ts';

type ScenarioStatus = 'checking' | 'safe' | 'unsafe' | 'unknown' | 'error';

/** How far the check of a document is. */
export function documentStatus(document: ScenarioDocument): StatusParams {
  const counts: Record<ScenarioStatus, number> = { checking: 0, safe: 0, unsafe: 0, unknown: 0, error: 0 };
  for (const scenario of document.scenarios) counts[scenarioStatus(scenario)]++;
  const analyses = document.scenarios.flatMap(({ check }) => check?.analysis ?? []);
  return {
    uri: document.uri,
    version: document.version,
    ...counts,
    unmet: analyses.filter(({ expectation }) => !expectation.met).length,
    problems: document.reading.diagnostics.filter(({ severity }) => severity === 'error').length,
    milliseconds: analyses.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
    states: analyses.reduce((sum, { verdict }) => sum + verdict.states, 0),
  };
}

function scenarioStatus({ check }: CheckedScenario): ScenarioStatus {
  if (check === undefined) return 'error';
  if (check.analysis !== undefined) return check.analysis.verdict.verdict;
  return check.state === 'judging' ? 'checking' : 'error';
}
