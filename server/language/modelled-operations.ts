import type { OperationKind } from '../../engine/index.ts';

/** Which operations of the language the engine models; the compiler keeps it equal to the engine's list. */
const modelled: Readonly<Record<OperationKind, true>> = {
  write: true,
  'mmap-write': true,
  'direct-write': true,
  read: true,
  writeback: true,
  releasepage: true,
  fsync: true,
  fdatasync: true,
  truncate: true,
  clone: true,
  punch: true,
  fallocate: true,
  'zero-range': true,
  fault: true,
  evict: true,
  create: true,
  mkdir: true,
  link: true,
  rename: true,
  unlink: true,
  close: true,
  sync: true,
  commit: true,
};

/** True for an operation that the engine models. */
export function isModelled(word: string): word is OperationKind {
  return Object.hasOwn(modelled, word);
}
