import type { ByteRange, Scenario } from './scenario.ts';

const units = [
  [1024 ** 3, 'G'],
  [1024 ** 2, 'M'],
  [1024, 'K'],
] as const;

/** A number of bytes as the language writes it, with the largest unit that divides it: `4K`, `32M`, `100`. */
export function formatOffset(bytes: number): string {
  const unit = units.find(([size]) => bytes >= size && bytes % size === 0);
  return unit === undefined ? String(bytes) : `${bytes / unit[0]}${unit[1]}`;
}

/** A range as the language writes it: `0..4K`. */
export function formatRange({ start, end }: ByteRange): string {
  return `${formatOffset(start)}..${formatOffset(end)}`;
}

/** A name as the language writes it: `F` in the root directory, `D/F` elsewhere. */
export function formatName(scenario: Scenario, name: number): string {
  const { directory, name: text } = scenario.namespace!.names[name]!;
  return directory === scenario.files.length ? text : `${formatDirectory(scenario, directory)}/${text}`;
}

/** A directory by its node number; the root is `.`. */
export function formatDirectory({ files, namespace }: Scenario, directory: number): string {
  return directory === files.length ? '.' : namespace!.directories[directory - files.length - 1]!;
}
