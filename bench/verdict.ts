import { readFileSync } from 'node:fs';
import { check, type Verdict } from '../engine/index.ts';
import { readScenarioFile } from '../server/language/index.ts';

/**
 * A process that checks the one scenario of a file, for `bench/peers.ts` to measure. Prints a line as soon as the verdict is certain, then
 * one in JSON: milliseconds from the text to the verdict, and to the end of the search with its counts, in a process that has just started
 * and in one that has done the same before, as an editor's has.
 */
const cold = checkOnce(() => console.log('verdict'));
const memory = peakMemory();
// What takes long is hardly any faster the third time.
const isLong = cold.times.end > 10_000;
if (!isLong) checkOnce(() => {});
const warm = isLong ? cold : checkOnce(() => {});
const { verdict, states, transitions } = cold.result;
console.log(JSON.stringify({ verdict, states, transitions, memory, cold: cold.times, warm: warm.times }));

/** Megabytes. What `process.resourceUsage` tells begins with what the parent process had. */
function peakMemory(): number {
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return Number(peak) / 1024;
}

function checkOnce(onVerdict: () => void): { times: { certain: number; end: number }; result: Verdict } {
  const start = performance.now();
  let certain: number | undefined;
  const settle = () => {
    if (certain === undefined) onVerdict();
    certain ??= performance.now() - start;
  };
  const { scenario } = readScenarioFile(readFileSync(process.argv[2]!, 'utf8')).scenarios[0]!;
  const result = check(scenario!, { onOutlook: settle });
  settle();
  return { times: { certain: certain!, end: performance.now() - start }, result };
}
