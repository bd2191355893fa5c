import type { ByteRange } from './scenario.ts';

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
