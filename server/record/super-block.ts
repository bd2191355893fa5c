import { closeSync, openSync, readSync } from 'node:fs';

/** What the super block of an image tells about its transactions. */
export interface SuperBlock {
  /** Generation of the last transaction that was committed. */
  readonly generation: bigint;
  /** There is a log tree, which the next mount replays. */
  readonly hasLog: boolean;
}

const position = 64 * 1024;
/** Offsets in struct btrfs_super_block. */
const magicAt = 64;
const generationAt = 72;
const logRootAt = 96;

/** Reads the first super block of an image. */
export function readSuperBlock(image: string): SuperBlock {
  const bytes = Buffer.alloc(4096);
  const file = openSync(image, 'r');
  try {
    readSync(file, bytes, 0, bytes.length, position);
  } finally {
    closeSync(file);
  }
  if (bytes.toString('latin1', magicAt, magicAt + 8) !== '_BHRfS_M') throw new Error(`${image} is not a btrfs`);
  return { generation: bytes.readBigUInt64LE(generationAt), hasLog: bytes.readBigUInt64LE(logRootAt) !== 0n };
}
