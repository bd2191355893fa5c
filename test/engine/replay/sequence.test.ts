import { describe, expect, test } from 'vitest';
import { crashOutcomes } from '../../../engine/index.ts';
import { outcomes } from '../crash-text.ts';
import { buildScenario, range } from '../scenario-builder.ts';

describe('crash outcomes of one task', () => {
  test.each<[string, string[], string[], string[]]>([
    ['a write alone leaves nothing', ['I 0'], ['write I 0..4K'], ['0 | 0']],
    ['nor does its writeback', ['I 0'], ['write I 0..4K', 'writeback I'], ['0 | 0', '0 | 0']],
    [
      'a commit takes what is complete',
      ['I 0'],
      ['write I 0..4K', 'writeback I', 'write I 4K..8K', 'commit'],
      ['0 | 0', '0 | 0', '0 | 0', '1 | 4K: 0..4K by 0'],
    ],
    ['an fsync leaves a log', ['I 0'], ['write I 0..4K', 'fsync I'], ['0 | 0', '0+log | 4K: 0..4K by 0']],
    [
      'a commit after it leaves none',
      ['I 0'],
      ['write I 0..4K', 'fsync I', 'commit'],
      ['0 | 0', '0+log | 4K: 0..4K by 0', '1 | 4K: 0..4K by 0'],
    ],
    [
      'a sync commits',
      ['I 0', 'J 0'],
      ['write I 0..4K', 'write J 0..4K', 'sync'],
      ['0 | 0 | 0', '0 | 0 | 0', '1 | 4K: 0..4K by 0 | 4K: 0..4K by 1'],
    ],
    [
      'an fsync of one file leaves the other',
      ['I 0', 'J 0'],
      ['write I 0..4K', 'write J 0..4K', 'fsync J'],
      ['0 | 0 | 0', '0 | 0 | 0', '0+log | 0 | 4K: 0..4K by 1'],
    ],
    [
      'later writes win, segment by segment',
      ['I 8K data 0..8K'],
      ['write I 0..4K', 'fsync I'],
      ['0 | 8K: 0..8K by initial', '0+log | 8K: 0..4K by 0, 4K..8K by initial'],
    ],
    ['a commit without a transaction is none', ['I 4K'], ['commit'], ['0 | 4K']],
    [
      'a completed extent moves the size to the live one',
      ['I 0'],
      ['write I 0..4K', 'write I 8K..12K', 'writeback I 0..4K', 'commit'],
      ['0 | 0', '0 | 0', '0 | 0', '1 | 12K: 0..4K by 0'],
    ],
    [
      'an extent that is not written in full leaves nothing',
      ['I 0'],
      ['write I 0..8K', 'writeback I 0..4K', 'commit'],
      ['0 | 0', '0 | 0', '0 | 0'],
    ],
  ])('%s', (_, files, operations, expected) => expect(outcomes('6.18', files, ...operations)).toEqual(expected));

  test('ranges are those of the segments', () => {
    const [last] = crashOutcomes(buildScenario({ files: ['I 8K data 4K..8K'], tasks: { t: ['commit'] } }));
    expect(last!.files[0]!.data).toEqual([{ range: range('4K..8K'), writer: 'initial' }]);
  });

  test('a task that cannot go on is an error', () => {
    const orders = ['t.write before t.commit', 't.commit before t.write'];
    const scenario = buildScenario({ tasks: { t: ['write I 0..4K', 'commit'] }, orders });
    expect(() => crashOutcomes(scenario)).toThrow('operation 0 (write) waits for ever');
  });
});
