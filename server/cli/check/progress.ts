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
    const unfinished = checkings.filter(({ state }) => state === 'judging' || state === 'completing');
    const done = checkings.length - unfinished.length;
    const states = checkings.reduce((sum, { analysis, states: under }) => sum + (analysis?.verdict.states ?? under), 0);
    const rate = Math.round(states / ((performance.now() - start) / 1000));
    const scenarios = `${formatCount(done)} of ${count(checkings.length, 'scenario')}`;
    stderr.write(
      `\r\x1b[K${scenarios}, ${count(states, 'state')}${describeAll(unfinished, states)}, ${formatCount(rate)} states/s`,
    );
  }, interval);
  return () => {
    clearInterval(timer);
    stderr.write('\r\x1b[K');
  };
}
