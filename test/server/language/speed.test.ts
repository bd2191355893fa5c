import { describe, expect, test } from 'vitest';
import { readScenarioFile } from '../../../server/language/index.ts';
import { stepNames } from './step-names.ts';

/** Shortest of some runs: the machine may be busy, the code is not. */
function milliseconds(text: string, runs: number): number {
  let shortest = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    const begun = performance.now();
    readScenarioFile(text, { stepNames });
    shortest = Math.min(shortest, performance.now() - begun);
  }
  return shortest;
}

const scenario = (name: number) => `/// Documented.
scenario "number ${name}" {
  kernel 5.8                       // picks the fixes that this kernel has
  file I size 32M data 0..4K, 1M..2M

  task app     { w1: write I 0..4K  fsync I }
  task flusher { writeback I 0..4K }
  task kswapd  { releasepage I 0..4K }
  order flusher.writeback@finish_ordered_io before kswapd.releasepage

  interleaving "as the commit message tells it" {
    app: write
    flusher: writeback
    app: fsync until log_inode
    kswapd: releasepage
    app: fsync
    crash
  }
  expect lost I 0..4K
}
`;
const linesPerScenario = scenario(0).split('\n').length - 1;
const file = (lines: number) =>
  Array.from({ length: Math.ceil(lines / linesPerScenario) }, (_, i) => scenario(i)).join('');

// The bounds are generous, about ten times what an idle machine needs, to catch what grows with the square.
describe('reading is quick', () => {
  test('a file of 1,000 lines', () => {
    expect(milliseconds(file(1000), 50)).toBeLessThan(15);
  });

  test('a file of 20,000 lines', () => {
    expect(readScenarioFile(file(20_000), { stepNames }).diagnostics).toEqual([]);
    expect(milliseconds(file(20_000), 3)).toBeLessThan(600);
  });

  const many = 20_000;
  const repeated = (line: (index: number) => string) =>
    Array.from({ length: many }, (_, index) => line(index)).join('\n');

  test.each([
    ['operations in one task', `scenario "s" { file I size 4K task a {\n${repeated(() => 'write I 0..4K')}\n} }`],
    ['files and tasks', `scenario "s" {\n${repeated((i) => `file F${i} size 4K task t${i} { sync }`)}\n}`],
    ['unknown names', `scenario "s" { file I ${repeated((i) => `task t${i} { fsync X${i} }`)} }`],
    ['unknown names among many', `scenario "s" {\n${repeated((i) => `file F${i} task t${i} { fsync G${i} }`)}\n}`],
    [
      'references',
      `scenario "s" {\n${repeated((i) => `task t${i} { sync }`)}\n${repeated((i) => `order t${i}.sync before t0.sync`)} }`,
    ],
    [
      'equal operations',
      `scenario "s" { task a {\n${repeated(() => 'sync')} } task b { sync } order a.sync before b.sync }`,
    ],
    ['mistakes', `scenario "s" {\n${repeated(() => '} { task ( write 0..4K')}\n`],
    ['unclosed blocks', repeated(() => 'scenario "s" { task a { ')],
    ['comments', repeated(() => '/// documented')],
    ['garbage in one line', '\u0001\u0002§'.repeat(200_000)],
    ['a very long name', `scenario "s" { task ${'a'.repeat(400_000)} { ${'b'.repeat(400_000)} } }`],
  ])('20,000 lines of %s', (_, text) => {
    expect(milliseconds(text, 1)).toBeLessThan(3000);
  });
});
