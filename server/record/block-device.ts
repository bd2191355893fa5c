import { readFileSync } from 'node:fs';

/** Is a request on its way to the block device, as `/sys/block` has it? */
export function hasIo(device: string): boolean {
  return !/^\s*0\s+0\s*$/.test(readBlockFile(device, 'inflight') ?? '0 0');
}

/** Counts of writes and discards of a block device, to be compared with earlier ones: number, merges and sectors of each. Undefined where the kernel keeps none. */
export function writtenTo(device: string): string | undefined {
  const counts = readBlockFile(device, 'stat')?.trim().split(/\s+/);
  return counts && [...counts.slice(4, 7), ...counts.slice(11, 14)].join(' ');
}

function readBlockFile(device: string, name: string): string | undefined {
  try {
    return readFileSync(`/sys/block/${device}/${name}`, 'utf8');
  } catch {
    return undefined;
  }
}
