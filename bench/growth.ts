import { join } from 'node:path';
import { check } from '../engine/index.ts';
import { readScenarioFile } from '../server/language/index.ts';
import { quantile } from './statistics.ts';
import { writeTable } from './table.ts';

/** Scenarios that take longer than so many milliseconds are run once. */
const patience = 3000;
const runs = 3;
const kernel = '6.18';

/** A scenario that has more and more of one thing. */
interface Series {
  readonly name: string;
  readonly most: number;
  readonly scenario: (count: number) => string;
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const page = (i: number) => `${8 * i}K..${8 * i + 4}K`;

const series: readonly Series[] = [
  {
    name: 'tasks that write and sync a block of one file each',
    most: 3,
    scenario: (count) =>
      `file I size 32M ${numbers(count)
        .map((i) => `task t${i} { write I ${page(i)} fsync I }`)
        .join(' ')}`,
  },
  {
    name: 'extents that one task writes, then syncs, beside a flusher and reclaim',
    most: 3,
    scenario: (count) =>
      `file I size 32M task app { ${numbers(count)
        .map((i) => `write I ${page(i)}`)
        .join(' ')} fsync I } task flusher { writeback I } task kswapd { releasepage I }`,
  },
  {
    name: 'files, each written and synced by a task of its own',
    most: 3,
    scenario: (count) =>
      numbers(count)
        .map((i) => `file F${i} size 32M task t${i} { write F${i} 0..4K fsync F${i} }`)
        .join(' '),
  },
];

/** How states and time grow with the number of tasks, extents and files. Prints a table in Markdown. */
export function benchGrowth(root: string, write: boolean): void {
  const lines = [
    '| number of | count | verdict | ms to it | states visited for it | states in all |',
    '| --- | ---: | --- | ---: | ---: | ---: |',
  ];
  for (const { name, most, scenario } of series) {
    for (let count = 1; count <= most; count++) {
      const line = `| ${name} | ${count} | ${measure(scenario(count))} |`;
      console.log(line);
      lines.push(line);
    }
  }
  if (write) writeTable(join(root, 'docs/performance.md'), 'growth', lines);
}

function measure(members: string): string {
  const { scenario } = readScenarioFile(`scenario "growth" { kernel ${kernel} ${members} }`).scenarios[0]!;
  const times: number[] = [];
  let cells: string[] = [];
  for (let run = 0; run < runs && (times[0] ?? 0) < patience; run++) {
    const start = performance.now();
    let certain: { readonly milliseconds: number; readonly states: number } | undefined;
    const verdict = check(scenario!, {
      onOutlook: ({ complete, states }) => {
        if (complete) certain ??= { milliseconds: performance.now() - start, states };
      },
    });
    const end = certain ?? { milliseconds: performance.now() - start, states: verdict.states };
    times.push(end.milliseconds);
    const all = verdict.interleavings.exact ? '' : 'more than ';
    const most = verdict.interleavings.exact ? verdict.states : 250_000;
    cells = [end.states.toLocaleString('en'), `${all}${most.toLocaleString('en')}`, verdict.verdict];
  }
  const [visited, all, verdict] = cells;
  return `${verdict} | ${Math.round(quantile(times, 0.5)).toLocaleString('en')} | ${visited} | ${all}`;
}
