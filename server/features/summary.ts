import { formatCount } from '../check/wording.ts';
import type { CheckedScenario } from '../documents/scenario-document.ts';

/** What is said of a scenario whose search goes on. */
const outlooks = {
  safe: 'All interleavings keep fsynced data; counting them…',
  unsafe: 'Loses data; still searching…',
  unknown: 'Checking…',
} as const;

/** What is known about a scenario in a few words: `1,260 interleavings, 3 lose data`. */
export function summariseCheck({ check }: CheckedScenario): string {
  if (check === undefined) return 'Not checked: it has errors';
  const { analysis, state } = check;
  if (analysis === undefined) return state === 'judging' ? 'Checking…' : 'Not checked: the checker failed';
  if (analysis.isOutlook) return outlooks[analysis.verdict.verdict];
  const { total, losing, exact } = analysis.verdict.interleavings;
  const many = `${exact ? '' : 'at least '}${formatCount(total)} interleaving${total === '1' ? '' : 's'}`;
  if (losing !== '0') return `${many}, ${formatCount(losing)} lose${losing === '1' ? 's' : ''} data`;
  if (analysis.verdict.deadlock !== undefined) return `${many}, some wait for ever`;
  if (analysis.verdict.verdict === 'safe') return `${many}, all keep fsynced data`;
  return `${many}, the search stopped early`;
}
