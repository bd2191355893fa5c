import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { writeTable } from './table.ts';

type Shape = 'app' | 'writers';

interface Subject {
  readonly shape: Shape;
  readonly extents: number;
  readonly guard: boolean;
}

/** How one tool fared: from the source text to the verdict, in milliseconds; memory in megabytes. */
interface Figures {
  readonly verdict: string;
  readonly milliseconds: number;
  readonly states: number;
  readonly transitions: number;
  readonly memory: number;
}

interface OwnFigures extends Figures {
  /** In a process that has checked the scenario before. */
  readonly warm: number;
  /** Until interleavings are counted and witnesses are shortest, in a process that has just started. */
  readonly end: number;
}

/** Bundled beside this one. */
const verdictProgram = join(dirname(process.argv[1]!), 'verdict.cjs');
const pageSize = 4096;
/** Neither tool gets more time for one scenario. */
const timeout = 120_000;

/**
 * The race of page release and fast fsync with K extents, beside the same mechanism in Promela: Spin's model has one step
 * where this one has up to ten, and no log transactions, writeback, page locks, or commits of more than a step. Prints a
 * table in Markdown; where there is no Spin it says so.
 */
export async function benchPeers(root: string, write: boolean): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'fsrace-peers-'));
  try {
    const hasSpin = spawnSync('spin', ['-V']).status === 0;
    if (!hasSpin) console.log('spin is not installed: its columns stay empty');
    const rows: string[] = [];
    for (const subject of subjects()) {
      const ours = await runFsrace(folder, subject);
      const spin = hasSpin ? runSpin(root, folder, subject) : undefined;
      const row = rowOf(subject, ours, spin);
      console.log(row);
      rows.push(row);
    }
    if (write) writeTable(join(root, 'docs/performance.md'), 'peers', [...header, ...rows]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function subjects(): Subject[] {
  return (['app', 'writers'] as const).flatMap((shape) =>
    [1, 2, 3, 4].flatMap((extents) => [false, true].map((guard) => ({ shape, extents, guard }))),
  );
}

/**
 * The scenario: as many writebacks and releases as there are extents, each task's in the order of the file. The pages lie apart, for
 * dirty pages side by side become one extent.
 */
function raceScenario({ shape, extents, guard }: Subject): string {
  const pages = Array.from({ length: extents }, (_, page) => `I ${2 * page * pageSize}..${(2 * page + 1) * pageSize}`);
  const writes = pages.map((page) => `write ${page} fsync I`);
  const writers = shape === 'app' ? [writes.join(' ')] : writes;
  return `scenario "${shape}, ${extents} extents" {
  kernel 5.8
  guard releasepage.modified-list ${guard ? 'on' : 'off'}
  guard in-log.first-log-transaction on
  file I size 32M
${writers.map((operations, i) => `  task writer${i} { ${operations} }`).join('\n')}
  task flusher { ${pages.map((page) => `writeback ${page}`).join(' ')} }
  task kswapd { ${pages.map((page) => `releasepage ${page}`).join(' ')} }
  task committer { commit }
}
`;
}

async function runFsrace(folder: string, subject: Subject): Promise<OwnFigures> {
  const file = join(folder, 'race.fsrace');
  writeFileSync(file, raceScenario(subject));
  const start = performance.now();
  const child = spawn(process.execPath, ['--max-old-space-size=8192', verdictProgram, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 4 * timeout,
  });
  const closed = once(child, 'close');
  let milliseconds = 0;
  let report = '';
  for await (const line of createInterface(child.stdout)) {
    if (line === 'verdict') milliseconds = performance.now() - start;
    else report = line;
  }
  await closed;
  if (report === '')
    return { verdict: 'no verdict', milliseconds, warm: 0, end: 0, states: 0, transitions: 0, memory: 0 };
  const { cold, warm, ...figures } = JSON.parse(report);
  return { ...figures, milliseconds, warm: warm.certain, end: cold.end };
}

function runSpin(root: string, folder: string, { shape, extents, guard }: Subject): Figures {
  const options = [`-DK=${extents}`, `-DGUARD=${guard ? 1 : 0}`, ...(shape === 'writers' ? ['-DPAR'] : [])];
  const run = (command: string, args: string[]) => spawnSync(command, args, { cwd: folder, encoding: 'utf8', timeout });
  const start = performance.now();
  run('spin', ['-a', ...options, join(root, 'bench/race.pml')]);
  run('gcc', ['-O2', '-DSAFETY', '-o', 'pan', 'pan.c']);
  const { stdout } = run('./pan', ['-w18']);
  const milliseconds = performance.now() - start;
  const number = (pattern: RegExp) => Number(pattern.exec(stdout)?.[1] ?? 0);
  return {
    verdict: /errors: 0/.test(stdout) ? 'safe' : /errors: [1-9]/.test(stdout) ? 'unsafe' : 'no verdict',
    milliseconds,
    states: number(/(\d+) states, stored/),
    transitions: number(/(\d+) transitions/),
    memory: number(/([\d.]+)\s+total actual memory usage/),
  };
}

const header = [
  '| shape | extents | guard | fsrace | ms | warm ms | whole ms | states | transitions | MB | Spin | ms | states | transitions | MB | fsrace is | warm |',
  `| --- | ---: | --- | --- | ${'---: | '.repeat(6)}--- | ${'---: | '.repeat(6)}`.trimEnd(),
];

function rowOf({ shape, extents, guard }: Subject, ours: OwnFigures, spin: Figures | undefined): string {
  const numbers = (...values: number[]) => values.map((value) => Math.round(value).toLocaleString('en'));
  const times = (milliseconds: number) =>
    spin === undefined ? '' : `${(spin.milliseconds / milliseconds).toPrecision(2)} × as fast`;
  const cells = [
    shape,
    extents,
    guard ? 'on' : 'off',
    ours.verdict,
    ...numbers(ours.milliseconds, ours.warm, ours.end, ours.states, ours.transitions, ours.memory),
    ...(spin === undefined
      ? ['', '', '', '', '']
      : [spin.verdict, ...numbers(spin.milliseconds, spin.states, spin.transitions, spin.memory)]),
    times(ours.milliseconds),
    times(ours.warm),
  ];
  return `| ${cells.join(' | ')} |`;
}
