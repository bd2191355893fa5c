import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scenario } from '../engine/index.ts';
import { compile } from '../engine/program.ts';
import { defaultLimits } from '../engine/search/check.ts';
import { countInterleavings } from '../engine/search/count.ts';
import { explore } from '../engine/search/explore.ts';
import { readScenarioFile } from '../server/language/index.ts';
import { quantile } from './statistics.ts';

/** Four tasks, two fsyncs and a commit: the size of scenario that people write to be sure. */
const large = `
scenario "two writers, a flusher, reclaim and a commit" {
  kernel 5.9
  file I size 32M
  task app       { write I 0..4K  fsync I }
  task other     { write I 4K..8K  fsync I }
  task flusher   { writeback I 0..4K }
  task kswapd    { releasepage I 0..4K }
  task committer { commit }
}`;

/** Measures the raw search: states per second, bytes per state, and what it allocates on the JavaScript heap. */
export function benchSearch(root: string): void {
  const seed = readFileSync(join(root, 'scenarios/page-release-vs-fast-fsync.fsrace'), 'utf8');
  console.log('search (median of runs in one process)');
  measure('seed', lower(seed), 200);
  measure('large', lower(large), 7);
}

function lower(text: string): Scenario {
  return readScenarioFile(text).scenarios[0]!.scenario!;
}

function measure(name: string, scenario: Scenario, runs: number): void {
  const explored: number[] = [];
  const counted: number[] = [];
  const allocated: number[] = [];
  let facts = '';
  for (let run = 0; run < runs; run++) {
    const program = compile(scenario);
    global.gc?.();
    const heap = process.memoryUsage().heapUsed;
    const start = performance.now();
    const { graph, actors } = explore(program, defaultLimits);
    explored.push(performance.now() - start);
    allocated.push((process.memoryUsage().heapUsed - heap) / graph.states);
    const begin = performance.now();
    countInterleavings(graph, actors.count);
    counted.push(performance.now() - begin);
    facts = `${graph.states} states of ${program.layout.words} words, ${graph.edges} transitions`;
    if (run === runs - 1) {
      const milliseconds = quantile(explored, 0.5);
      console.log(`  ${name}: ${facts}`);
      console.log(
        `    ${Math.round((graph.states / milliseconds) * 1000).toLocaleString('en')} states/s,` +
          ` ${Math.round((graph.edges / milliseconds) * 1000).toLocaleString('en')} transitions/s;` +
          ` counting interleavings takes ${((quantile(counted, 0.5) / milliseconds) * 100).toFixed(0)}% more`,
      );
      console.log(`    ${quantile(allocated, 0.5).toFixed(1)} bytes per state allocated on the JavaScript heap`);
    }
  }
}
