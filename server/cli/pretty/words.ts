import { type CrashView, type Fix, formatOffset, formatRange, type Violation } from '../../../engine/index.ts';
import { formatCount } from '../../check/wording.ts';
import type { LoweredScenario } from '../../language/index.ts';
import type { SourceFile } from '../source-file.ts';

export { formatCount };

/** `1 step`, `1,260 interleavings`. */
export function count(number: number | string, noun: string): string {
  return `${formatCount(number)} ${noun}${String(number) === '1' ? '' : 's'}`;
}

const scales = [
  [1e12, 'trillion'],
  [1e9, 'billion'],
  [1e6, 'million'],
] as const;

/** A count short enough to be read at a glance: exact below ten millions, `13.3 billion`, `1.50e22`. */
export function amount(decimal: string): string {
  const number = Number(decimal);
  if (number < 1e7) return formatCount(decimal);
  if (number >= 1e15) return number.toExponential(2).replace('+', '');
  const [scale, word] = scales.find(([least]) => number >= least)!;
  return `${(number / scale).toFixed(1)} ${word}`;
}

/** `4.2 ms`, `120 ms`, `3.4 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
}

/** `1.3 MiB`, `212 MiB`. */
export function mebibytes(bytes: number): string {
  const number = bytes / 2 ** 20;
  return `${number < 10 ? number.toFixed(1) : formatCount(Math.round(number))} MiB`;
}

/** A fix as the author would write it, and that it was proved. */
export function describeFix(fix: Fix): string {
  const { interleavings } = fix;
  const all = interleavings === undefined ? 'interleavings' : count(interleavings, 'interleaving');
  return `${describeChange(fix)} (proved: all ${all})`;
}

/** A fix as the author would write it. */
export function describeChange({ guards, kernel }: Fix): string {
  return kernel === undefined ? guards.map((name) => `guard ${name} on`).join(', ') : `kernel ${kernel}`;
}

/** What is found after a power failure, where a violation says that it is not what was promised. */
export function describeFound({ files }: CrashView, { file, range, sizeOnly }: Omit<Violation, 'witness'>): string[] {
  const { name, size, content } = files[file]!;
  if (sizeOnly)
    return [
      `${name} has size ${formatOffset(size)}, not ${formatOffset(size === range.start ? range.end : range.start)}`,
    ];
  return content
    .filter((part) => part.verdict !== 'kept' && part.range.start < range.end && part.range.end > range.start)
    .map(
      (part) => `${name} ${formatRange(part.range)} is ${nameVersion(part.found)}, not ${nameVersion(part.promised)}`,
    );
}

/** The same for everything that is lost in a state; each loss once, whoever promised. */
export function describeLosses(crash: CrashView): string[] {
  return [...new Set(crash.violations.flatMap((violation) => describeFound(crash, violation)))];
}

/** `a hole`, `the data of app: write`. */
function nameVersion(version: string): string {
  if (version === 'hole') return 'a hole';
  if (version === 'initial data') return 'the initial data';
  return version === 'nothing' ? version : `the data of ${version}`;
}

/** The command that replays a scenario's witness, or with `option` another run of it, as a shell takes it. */
export function replayCommand(
  file: SourceFile,
  lowered: LoweredScenario,
  option: readonly ['--interleaving' | '--question', name: string] | readonly [] = [],
): string {
  const { scenarios } = file.reading;
  const scenario = lowered.name === '' ? String(scenarios.indexOf(lowered) + 1) : lowered.name;
  return [
    'fsrace replay',
    quote(file.path),
    ...(scenarios.length > 1 ? ['--scenario', quote(scenario)] : []),
    ...option.map(quote),
  ].join(' ');
}

function quote(word: string): string {
  return /^[\w./@%+=:,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
