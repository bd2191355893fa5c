import type { ByteRange } from '../../engine/index.ts';

const units = [
  [1024 ** 3, 'G'],
  [1024 ** 2, 'M'],
  [1024, 'K'],
] as const;

/** A number of bytes as the language writes it, with the largest unit that divides it: `4K`, `32M`, `100`. */
export function formatBytes(bytes: number): string {
  const unit = units.find(([size]) => bytes >= size && bytes % size === 0);
  return unit === undefined ? String(bytes) : `${bytes / unit[0]}${unit[1]}`;
}

/** A range as the language writes it: `0..4K`. */
export function formatRange({ start, end }: ByteRange): string {
  return `${formatBytes(start)}..${formatBytes(end)}`;
}

/** What is left of the pieces without the others. */
export function subtract(pieces: readonly ByteRange[], others: readonly ByteRange[]): readonly ByteRange[] {
  let left = pieces;
  for (const { start, end } of others) {
    left = left
      .flatMap((piece) => [
        { start: piece.start, end: Math.min(piece.end, start) },
        { start: Math.max(piece.start, end), end: piece.end },
      ])
      .filter((piece) => piece.start < piece.end);
  }
  return left;
}

/** What the pieces share with any of the others. */
export function intersect(pieces: readonly ByteRange[], others: readonly ByteRange[]): readonly ByteRange[] {
  return subtract(pieces, subtract(pieces, others));
}
