import { describe, expect, test } from 'vitest';
import { check } from '../../../engine/index.ts';
import { lastNames, lastOutcome } from '../crash-text.ts';
import { run } from '../run-schedule.ts';
import { buildScenario, type ScenarioText } from '../scenario-builder.ts';

const kernel = '6.18';
const a = ['a 16K data 0..16K'];
const ab = [...a, 'b 16K data 0..16K'];

/** Each is what a real 6.18 was recorded to do. */
describe('after a power failure', () => {
  test.each<[string, readonly string[], string[], string]>([
    ['nothing is durable by itself', [...a, 'p new'], ['create p', 'rename a to b'], 'a = a'],
    ['an fsync persists a new file with its name', [...a, 'p new'], ['create p', 'fsync p'], 'a = a, p = p'],
    ['but not its siblings', ['p new', 'q new'], ['create q', 'create p', 'fsync p'], 'p = p'],
    ['and the new directories above', ['d/p new'], ['mkdir d', 'create d/p', 'fsync d/p'], 'd, d/p = d/p'],
    [
      'that of a directory persists its entries',
      ['p new', 'q new'],
      ['create p', 'create q', 'fsync .'],
      'p = p, q = q',
    ],
    ['and that others are gone', ab, ['unlink a', 'fsync .'], 'b = b'],
    ['a rename goes along with the fsync of the file', ab, ['rename a to p', 'fsync a'], 'b = b, p = a'],
    ['with other renames in that directory', ab, ['rename a to p', 'rename b to q', 'fsync a'], 'p = a, q = b'],
    ['an untouched sibling takes nothing along', ab, ['rename a to p', 'write b 0..4K', 'fsync b'], 'a = a, b = b'],
    [
      'a file that was logged takes its next name along with any fsync',
      ab,
      ['write a 0..4K', 'fsync a', 'rename a to p', 'write b 0..4K', 'fsync b'],
      'b = b, p = a',
    ],
    [
      'its unlink does so only if it is new',
      ab,
      ['write a 0..4K', 'fsync a', 'unlink a', 'write b 0..4K', 'fsync b'],
      'a = a, b = b',
    ],
    ['which it is here', [...a, 'p new'], ['create p', 'fsync p', 'unlink p', 'write a 0..4K', 'fsync a'], 'a = a'],
    [
      'the target directory has it under both names',
      ['d directory', ...a],
      ['rename a to d/p', 'fsync d'],
      'a = a, d, d/p = a',
    ],
    ['the source directory needs a commit', ['d directory', ...a], ['rename a to d/p', 'fsync .'], 'd, d/p = a'],
    [
      'a name that is used again belongs to the new file',
      [...a, 'n new'],
      ['rename a to p', 'create n', 'rename n to a', 'fsync n'],
      'a = n, p = a',
    ],
    [
      'the rename of a directory does not go along',
      ['d directory', 'd/p new'],
      ['rename d to q', 'create d/p', 'fsync d/p'],
      'd, d/p = d/p',
    ],
    ['a link and the fsync of either name', a, ['link a to p', 'fsync a'], 'a = a, p = a'],
    ['a sync persists all', [...a, 'p new'], ['create p', 'unlink a', 'sync'], 'p = p'],
  ])('%s', (_, files, operations, expected) => {
    expect(lastNames(kernel, files, ...operations)).toBe(expected);
  });

  test.each<[string, readonly string[], string[], string]>([
    [
      'a file that only its directory was fsynced of is empty',
      ['p new'],
      ['create p', 'write p 0..4K', 'writeback p', 'fsync .'],
      '0+log | 0',
    ],
    [
      'a rename out of a logged directory commits',
      ['d directory', ...a],
      ['rename a to d/p', 'fsync a'],
      '1 | 16K: 0..16K by initial',
    ],
    [
      'a rename over a file flushes',
      [...a, 't new'],
      ['create t', 'write t 0..8K', 'rename t to a', 'commit'],
      '1 | 16K: 0..16K by initial | 8K: 0..8K by 1',
    ],
    ['a rename to a free name does not', ['t new'], ['create t', 'write t 0..8K', 'rename t to p', 'commit'], '1 | 0'],
    [
      'an fsync that commits persists the complete extents of others',
      ['d directory', ...ab],
      ['write b 0..4K', 'writeback b', 'rename a to d/p', 'fsync a'],
      '1 | 16K: 0..16K by initial | 16K: 0..4K by 0, 4K..16K by initial',
    ],
  ])('%s', (_, files, operations, expected) => {
    expect(lastOutcome(kernel, files, ...operations)).toBe(expected);
  });
});

describe('an operation on names', () => {
  const change = (operation: string, files: readonly string[], ...before: string[]) =>
    run(
      { kernel, files, tasks: { t: [...before, operation] } },
      ...before.map((text) => `t: ${text.split(' ')[0]}`),
      `t: ${operation.split(' ')[0]}`,
    ).path;

  test.each<[string, readonly string[], string[]]>([
    ['create p', ['p new'], ['inode_lock', 'start_transaction', 'btrfs_create', 'end_transaction']],
    ['mkdir d', a, ['inode_lock', 'start_transaction', 'btrfs_mkdir', 'end_transaction']],
    ['link a to p', a, ['inode_lock', 'start_transaction', 'btrfs_link', 'btrfs_log_new_name', 'end_transaction']],
    ['rename a to p', a, ['inode_lock', 'start_transaction', 'btrfs_rename', 'btrfs_log_new_name', 'end_transaction']],
    [
      'rename a to b',
      ab,
      ['inode_lock', 'filemap_flush', 'start_transaction', 'btrfs_rename', 'btrfs_log_new_name', 'end_transaction'],
    ],
    ['unlink a', a, ['inode_lock', 'start_transaction', 'btrfs_unlink', 'end_transaction']],
  ])('%s has its steps', (operation, files, expected) => {
    expect(change(operation, files)).toEqual(expected);
  });

  test.each<[string, readonly string[], string[]]>([
    ['link a to b', ab, []],
    ['link d to p', ['d directory'], []],
    ['unlink a', a, ['unlink a']],
    ['unlink d', ['d directory', 'd/f 4K'], []],
    ['rename d to d/e', ['d directory'], []],
    ['rename a to d', ['d directory', ...a], []],
    ['rename a to p', a, ['link a to p']],
    ['create d/p', ['d directory', 'd/p new'], ['unlink d']],
  ])('%s fails, and changes nothing', (operation, files, before) => {
    expect(change(operation, files, ...before)).toEqual(['inode_lock']);
  });

  test('waits for another in the same directory', () => {
    const text: ScenarioText = { files: ab, tasks: { s: ['rename a to p'], t: ['unlink b'] } };
    expect(() => run(text, 's: rename until btrfs_rename', 't: unlink')).toThrow(
      't: unlink waits at inode_lock for the inode locks of the directories and files; s would release it',
    );
  });
});

describe('a promise', () => {
  const verdict = (files: readonly string[], operations: string[], guards = {}) =>
    check(buildScenario({ kernel, guards, files, tasks: { t: operations } })).verdict;

  test.each<[string, readonly string[], string[]]>([
    [
      'of a replacement by rename holds',
      [...a, 't new'],
      ['create t', 'write t 0..8K', 'fsync t', 'rename t to a', 'fsync .'],
    ],
    ['of a file that was deleted since is void', a, ['write a 0..4K', 'fsync a', 'unlink a', 'fsync .']],
    [
      'holds under a name that the file got since',
      ab,
      ['write a 0..4K', 'fsync a', 'rename a to p', 'write b 0..4K', 'fsync b'],
    ],
  ])('%s', (_, files, operations) => expect(verdict(files, operations)).toBe('safe'));
});
