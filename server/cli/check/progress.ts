import { count, formatCount } from '../pretty/words.ts';

const interval = 200;

/** How far searches are: so many are done, and so many states were reached in all. */
interface Progress {
  readonly done: number;
  readonly states: number;
}

/** Shows how far `total` searches are; returns what ends that. */
export type ShowProgress = (total: number, measure: () => Progress) => () => void;

/** On a terminal, one line on standard error while searches run: scenarios done, states, states per second. */
export const showProgress: ShowProgress = (total, measure) => {
  const { stderr } = process;
  if (!stderr.isTTY) return () => {};
  const start = performance.now();
  const timer = setInterval(() => {
    const { done, states } = measure();
    const rate = Math.round(states / ((performance.now() - start) / 1000));
    const scenarios = `${formatCount(done)} of ${count(total, 'scenario')}`;
    stderr.write(`\r\x1b[K${scenarios}, ${count(states, 'state')}, ${formatCount(rate)} states/s`);
  }, interval);
  return () => {
    clearInterval(timer);
    stderr.write('\r\x1b[K');
  };
};
