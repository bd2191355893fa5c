import { describe, expect, test } from 'vitest';
import { nearestName, suggestion } from '../../../server/language/did-you-mean.ts';

describe('the nearest name', () => {
  test.each([
    ['wirte', ['read', 'write'], 'write'],
    ['writebak', ['write', 'writeback'], 'writeback'],
    ['fsnyc', ['sync', 'fsync', 'fdatasync'], 'fsync'],
    ['i', ['J', 'I'], 'I'],
    ['x', ['I'], 'I'],
    ['x', ['inode'], undefined],
    ['LOG_INODE', ['log_node', 'log_inode'], 'log_inode'],
    [
      'releasepage.modified-lst',
      ['releasepage.full-sync-flag', 'releasepage.modified-list'],
      'releasepage.modified-list',
    ],
    ['floob', ['write', 'sync'], undefined],
    ['', ['write'], undefined],
  ])('%s of %j', (word, names, nearest) => {
    expect(nearestName(word, names)).toBe(nearest);
  });

  test('is not looked for in a long list', () => {
    const names = Array.from({ length: 501 }, (_, index) => `name${index}`);
    expect(nearestName('nam1', names.slice(0, 500))).toBe('name1');
    expect(nearestName('nam1', names)).toBeUndefined();
  });
});

describe('a suggestion', () => {
  const span = { start: 3, end: 8 };

  test('repairs the word', () => {
    expect(suggestion('wirte', span, ['write'])).toEqual({
      hint: '; did you mean `write`?',
      fixes: [{ title: 'Replace with `write`', edits: [{ span, newText: 'write' }] }],
    });
  });

  test('lists the names when none is near and they are few', () => {
    expect(suggestion('floob', span, ['on', 'off'])).toEqual({ hint: '; expected `on`, `off`' });
    expect(suggestion('floob', span, [])).toEqual({ hint: '; none is declared' });
    expect(
      suggestion(
        'floob',
        span,
        [...'abcdefghi'].map((name) => name.repeat(9)),
      ),
    ).toEqual({ hint: '' });
  });
});
