import { describe, expect, test } from 'vitest';
import { lastOutcome } from '../crash-text.ts';
import { run } from '../run-schedule.ts';

const four = ['I 16K data 0..16K'];

describe('a close', () => {
  test.each<[string, string[], string]>([
    ['flushes nothing', ['write I 0..8K', 'close I'], '0 | 16K: 0..16K by initial'],
    ['flushes after a truncate to nothing', ['truncate I 0', 'write I 0..8K', 'close I'], '1 | 8K: 0..8K by 1'],
    [
      'flushes nothing after another truncate',
      ['truncate I 4K', 'write I 0..4K', 'close I'],
      '1 | 4K: 0..4K by initial',
    ],
    ['flushes once', ['truncate I 0', 'write I 0..4K', 'close I', 'write I 4K..8K', 'close I'], '1 | 4K: 0..4K by 1'],
  ])('%s', (_, operations, expected) => {
    for (const kernel of ['5.8', '6.18']) expect(lastOutcome(kernel, four, ...operations, 'commit')).toBe(expected);
  });

  test('waits for nothing', () => {
    const tasks = { a: ['truncate I 0', 'write I 0..4K', 'close I'] };
    const { file } = run({ files: four, tasks }, 'a: truncate', 'a: write', 'a: close until btrfs_release_file');
    expect(file.pages.map(({ state }) => state)).toEqual(['writeback']);
  });
});
