import { count, formatCount } from '../pretty/words.ts';

const interval = 200;

/** How far searches are: so many are done, and so many states were reached. */
interface Progress {
  readonly done: number;
  readonly states: number;
  /** About how many states there are in all, as `describeAll` says it; empty where that cannot be told. */
  readonly all: string;
}

/** Shows how far `total` searches are; returns what ends that. */
export type ShowProgress = (total: number, measure: () => Progress) => () => void;

/** On a terminal, one line on standard error while searches run: scenarios done, states (and about how many there are in all), states per second. */
export const showProgress: ShowProgress = (total, measure) => {
  const { stderr } = process;
  if (!stderr.isTTY) return () => {};
  const start = performance.now();
  const timer = setInterval(() => {
    stderr.write(`\r\x1b[K${describeProgress(total, measure(), (performance.now() - start) / 1000)}`);
  }, interval);
  return () => {
    clearInterval(timer);
    stderr.write('\r\x1b[K');
  };
};

/** How far searches are after so many seconds. */
export function describeProgress(total: number, { done, states, all }: Progress, seconds: number): string {
  const rate = formatCount(Math.round(states / seconds));
  return `${formatCount(done)} of ${count(total, 'scenario')}, ${count(states, 'state')}${all}, ${rate} states/s`;
}
