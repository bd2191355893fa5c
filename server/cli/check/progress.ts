import type { Checking } from '../../check/checking.ts';
import { describeAll } from '../../check/wording.ts';
import { count, formatCount } from '../pretty/words.ts';

const interval = 200;

/** On a terminal, one line on standard error while searches run: scenarios done, states (and about how many there are in all), states per second. */
export function showProgress(checkings: readonly Checking[]): () => void {
  const { stderr } = process;
  if (!stderr.isTTY) return () => {};
  const start = performance.now();
  const timer = setInterval(() => {
    stderr.write(`\r\x1b[K${describeProgress(checkings, (performance.now() - start) / 1000)}`);
  }, interval);
  return () => {
    clearInterval(timer);
    stderr.write('\r\x1b[K');
  };
}

/** What `Checking` tells of how far it is. */
type CheckUnderWay = Pick<Checking, 'state' | 'analysis' | 'states' | 'estimate'>;

/** How far checks are after so many seconds; how many states there are in all only while it is about their verdicts. */
export function describeProgress(checkings: readonly CheckUnderWay[], seconds: number): string {
  const judging = checkings.filter(({ state }) => state === 'judging');
  const completing = checkings.filter(({ state }) => state === 'completing');
  const done = checkings.length - judging.length - completing.length;
  const states = checkings.reduce((sum, checking) => sum + statesOf(checking), 0);
  const all = completing.length > 0 ? '' : describeAll(judging, states);
  const rate = formatCount(Math.round(states / seconds));
  return `${formatCount(done)} of ${count(checkings.length, 'scenario')}, ${count(states, 'state')}${all}, ${rate} states/s`;
}

function statesOf({ state, analysis, states }: CheckUnderWay): number {
  return state === 'judging' ? states : (analysis?.verdict.states ?? 0);
}
