import { describe, expect, test } from 'vitest';
import { lastOutcome } from './crash-text.ts';

/** Four blocks of data; what recordings of 6.18 show of a periodic commit, which flushes no data. */
const four = ['I 16K data 0..16K'];

describe('a commit without a flush', () => {
  test.each<[string, string[], string[], string]>([
    [
      'takes nothing that is only dirty, nor is there a transaction',
      four,
      ['write I 0..4K'],
      '0 | 16K: 0..16K by initial',
    ],
    ['takes what is written back', four, ['write I 0..4K', 'writeback I'], '1 | 16K: 0..4K by 0, 4K..16K by initial'],
    [
      'takes the version that is written back, not the one over it',
      four,
      ['write I 0..4K', 'writeback I', 'write I 0..4K'],
      '1 | 16K: 0..4K by 0, 4K..16K by initial',
    ],
    [
      'takes no extent that is written in front only',
      four,
      ['write I 0..16K', 'writeback I 0..8K'],
      '0 | 16K: 0..16K by initial',
    ],
    [
      'takes an extent from its first written block on',
      four,
      ['write I 0..16K', 'writeback I 8K..16K'],
      '1 | 16K: 0..8K by initial, 8K..16K by 0',
    ],
    [
      'takes nothing where only the middle is written',
      ['I 24K data 0..24K'],
      ['write I 0..24K', 'writeback I 8K..16K'],
      '0 | 24K: 0..24K by initial',
    ],
    [
      'takes adjacent writes as one extent',
      four,
      ['write I 0..8K', 'write I 8K..16K', 'writeback I 0..8K'],
      '0 | 16K: 0..16K by initial',
    ],
    [
      'takes writes with a gap as two',
      four,
      ['write I 0..4K', 'write I 8K..16K', 'writeback I 0..4K'],
      '1 | 16K: 0..4K by 0, 4K..16K by initial',
    ],
    [
      'takes the live size with an extent behind a gap',
      four,
      ['write I 16K..24K', 'write I 32K..40K', 'writeback I 32K..40K'],
      '1 | 40K: 0..16K by initial, 32K..40K by 1',
    ],
    [
      'takes the live size with an extent in front, too',
      four,
      ['write I 16K..20K', 'write I 24K..32K', 'writeback I 16K..20K'],
      '1 | 32K: 0..16K by initial, 16K..20K by 0',
    ],
    [
      'takes the size of a truncate up, without the data',
      four,
      ['write I 12K..20K', 'truncate I 32K'],
      '1 | 32K: 0..16K by initial',
    ],
    [
      'takes the size of a truncate down, with old data',
      four,
      ['write I 0..16K', 'truncate I 8K'],
      '1 | 8K: 0..8K by initial',
    ],
    [
      'takes the size of an allocation, without the data',
      four,
      ['write I 12K..20K', 'fallocate I 24K..32K'],
      '1 | 32K: 0..16K by initial',
    ],
    ['has the cut off bytes of a block back', four, ['truncate I 5K', 'truncate I 16K'], '1 | 16K: 0..8K by initial'],
    [
      'has them back with a write behind',
      four,
      ['truncate I 5K', 'write I 12K..16K', 'writeback I 12K..16K'],
      '1 | 16K: 0..8K by initial, 12K..16K by 1',
    ],
    [
      'takes what a punch flushed, which is not what lies before',
      four,
      ['write I 0..16K', 'punch I 4K..8K'],
      '1 | 16K: 0..4K by initial, 8K..16K by 0',
    ],
    [
      'takes what a zero-range flushed',
      four,
      ['write I 0..16K', 'zero-range I 4K..8K'],
      '1 | 16K: 0..4K by initial, 8K..16K by 0',
    ],
    [
      'takes what an allocation flushed',
      four,
      ['write I 0..16K', 'fallocate I 4K..8K'],
      '1 | 16K: 0..4K by initial, 4K..16K by 0',
    ],
    ['takes an empty file after a truncate to nothing', four, ['truncate I 0', 'write I 0..8K'], '1 | 0'],
    ['takes the new data after its close', four, ['truncate I 0', 'write I 0..8K', 'close I'], '1 | 8K: 0..8K by 1'],
    ['takes nothing after another close', four, ['write I 0..8K', 'close I'], '0 | 16K: 0..16K by initial'],
    [
      'takes nothing of a direct write that did not submit its whole extent',
      four,
      ['write I 0..16K', 'direct-write I 4K..8K'],
      '0 | 16K: 0..16K by initial',
    ],
  ])('%s', (_, files, operations, expected) =>
    expect(lastOutcome('6.18', files, ...operations, 'commit')).toBe(expected),
  );
});
