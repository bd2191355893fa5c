import { expect, test } from 'vitest';
import { lastOutcome } from '../crash-text.ts';

/** An ordered extent that was submitted in part completes only when somebody writes the rest: who waits for it does. */
test.each([
  'write I 0..4K',
  'mmap-write I 0..4K',
  'direct-write I 0..4K',
  'punch I 0..4K',
  'zero-range I 0..4K',
  'fallocate I 0..4K',
  'truncate I 2K',
  'fsync I',
  'sync',
])('%s writes the rest of an ordered extent that it waits for', (operation) => {
  const operations = ['write I 0..8K', 'writeback I 0..4K', operation];
  for (const kernel of ['5.8', '6.18']) {
    expect(() => lastOutcome(kernel, ['I 16K data 0..16K'], ...operations)).not.toThrow();
  }
});
