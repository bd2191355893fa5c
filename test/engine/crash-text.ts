import { formatDirectory, formatName } from '../../engine/format.ts';
import { type CrashOutcome, crashOutcomes, type FileOutcome } from '../../engine/index.ts';
import { buildScenario } from './scenario-builder.ts';

/** What a crash leaves when one task has run the operations by itself on `kernel`, after each of them. */
export function outcomes(kernel: string, files: readonly string[], ...operations: string[]): string[] {
  return crashOutcomes(buildScenario({ kernel, files, tasks: { t: operations } })).map(crashText);
}

/** `1+log | 16K: 0..4K by 1`: the number of commits, whether there is a log, and what is found of each file. */
export function crashText({ commits, log, files }: CrashOutcome): string {
  return [`${commits}${log ? '+log' : ''}`, ...files.map(fileText)].join(' | ');
}

/** The same after the last operation only. */
export function lastOutcome(kernel: string, files: readonly string[], ...operations: string[]): string {
  return outcomes(kernel, files, ...operations).at(-1)!;
}

/** `16K: 0..4K by 1, 4K..16K by initial`: the size, then what has data, with the number of the operation that wrote it. */
function fileText({ size, data }: FileOutcome): string {
  const merged: { start: number; end: number; writer: number | string }[] = [];
  for (const { range, writer } of data) {
    const last = merged.at(-1);
    if (last?.end === range.start && last.writer === writer) last.end = range.end;
    else merged.push({ ...range, writer });
  }
  const runs = merged.map(({ start, end, writer }) => `${kibibytes(start)}..${kibibytes(end)} by ${writer}`);
  return [kibibytes(size), runs.join(', ')].filter((text) => text !== '').join(': ');
}

function kibibytes(bytes: number): string {
  return bytes > 0 && bytes % 1024 === 0 ? `${bytes / 1024}K` : String(bytes);
}

/**
 * The names after the same crash: `d, d/q = a, p = a`. Directories are called as they were declared, and have no `=` as
 * long as they have that name.
 */
export function lastNames(kernel: string, files: readonly string[], ...operations: string[]): string {
  const scenario = buildScenario({ kernel, files, tasks: { t: operations } });
  const { names = [] } = crashOutcomes(scenario).at(-1)!;
  return names
    .flatMap((node, name) => {
      if (node < 0) return [];
      const path = formatName(scenario, name);
      const what = scenario.files[node]?.name ?? formatDirectory(scenario, node);
      return [path === what && node >= scenario.files.length ? path : `${path} = ${what}`];
    })
    .sort()
    .join(', ');
}
