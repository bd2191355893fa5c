import type { Checking } from '../../check/checking.ts';
import { count, formatCount } from '../pretty/words.ts';

const interval = 200;

/** On a terminal, one line on standard error while searches run: scenarios done, states, states per second. */
export function showProgress(checkings: readonly Checking[]): () => void {
  const { stderr } = process;
  if (!stderr.isTTY) return () => {};
  const start = performance.now();
  const timer = setInterval(() => {
    const done = checkings.filter(({ state }) => state !== 'judging' && state !== 'completing').length;
    const states = checkings.reduce((sum, { analysis, states: under }) => sum + (analysis?.verdict.states ?? under), 0);
    const rate = Math.round(states / ((performance.now() - start) / 1000));
    const scenarios = `${formatCount(done)} of ${count(checkings.length, 'scenario')}`;
    stderr.write(`\r\x1b[K${scenarios}, ${count(states, 'state')}, ${formatCount(rate)} states/s`);
  }, interval);
  return () => {
    clearInterval(timer);
    stderr.write('\r\x1b[K');
  };
}
