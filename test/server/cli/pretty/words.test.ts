import { describe, expect, test } from 'vitest';
import {
  amount,
  count,
  describeChange,
  describeFix,
  describeFound,
  duration,
  mebibytes,
  replayCommand,
} from '../../../../server/cli/pretty/words.ts';
import { sourceFile } from '../../../../server/cli/source-file.ts';

test.each([
  ['0', '0'],
  ['566176', '566,176'],
  ['9999999', '9,999,999'],
  ['10000000', '10.0 million'],
  ['13263601307', '13.3 billion'],
  ['39758806308319', '39.8 trillion'],
  ['14991036223150468084032', '1.50e22'],
])('amount %s is %s', (decimal, text) => {
  expect(amount(decimal)).toBe(text);
});

test.each([
  [65_536, '0.1 MiB'],
  [2 ** 20, '1.0 MiB'],
  [222_000_000, '212 MiB'],
  [2 ** 31, '2,048 MiB'],
])('%d bytes are %s', (bytes, text) => {
  expect(mebibytes(bytes)).toBe(text);
});

test.each([
  [0.04, '0.0 ms'],
  [4.24, '4.2 ms'],
  [12.6, '13 ms'],
  [999, '999 ms'],
  [3400, '3.4 s'],
])('%d ms is %s', (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text);
});

test('counts have a plural', () => {
  expect(count(1, 'state')).toBe('1 state');
  expect(count('1', 'state')).toBe('1 state');
  expect(count(0, 'state')).toBe('0 states');
  expect(count('1260', 'interleaving')).toBe('1,260 interleavings');
});

test('fixes read as the author would write them', () => {
  expect(describeChange({ guards: ['a.b', 'c.d'], interleavings: '1260' })).toBe('guard a.b on, guard c.d on');
  expect(describeFix({ guards: [], kernel: '5.9', interleavings: '1260' })).toBe(
    'kernel 5.9 (proved: all 1,260 interleavings)',
  );
});

describe('what is found after a power failure', () => {
  const violation = {
    kind: 'lost',
    file: 0,
    range: { start: 4096, end: 12288 },
    promisedBy: null,
    transaction: 8,
  } as const;
  const content = [
    { range: { start: 0, end: 4096 }, found: 'hole', promised: 'app: write', verdict: 'lost' },
    { range: { start: 4096, end: 8192 }, found: 'initial data', promised: 'app: write 1', verdict: 'lost' },
    { range: { start: 8192, end: 12288 }, found: 'nothing', promised: 'hole', verdict: 'lost' },
  ] as const;

  test('is told for the range of the violation', () => {
    const crash = { files: [{ name: 'I', size: 8192, content }], violations: [] };
    expect(describeFound(crash, { ...violation, sizeOnly: false })).toEqual([
      'I 4K..8K is the initial data, not the data of app: write 1',
      'I 8K..12K is nothing, not a hole',
    ]);
  });

  test('is a size when the file is too short', () => {
    const crash = { files: [{ name: 'I', size: 4096, content }], violations: [] };
    expect(describeFound(crash, { ...violation, sizeOnly: true })).toEqual(['I has size 4K, not 12K']);
  });
});

describe('the command that replays', () => {
  const one = sourceFile('a.fsrace', 'scenario "it\'s one" { }');
  const two = sourceFile('my dir/b.fsrace', 'scenario "first" { } scenario { }');

  test.each([
    [one, 0, [], 'fsrace replay a.fsrace'],
    [one, 0, ['--question', 'late'], 'fsrace replay a.fsrace --question late'],
    [one, 0, ['--interleaving', 'late'], 'fsrace replay a.fsrace --interleaving late'],
    [two, 0, ['--interleaving', "it's"], "fsrace replay 'my dir/b.fsrace' --scenario first --interleaving 'it'\\''s'"],
    [two, 1, [], "fsrace replay 'my dir/b.fsrace' --scenario 2"],
  ] as const)('%#', (file, index, option, command) => {
    expect(replayCommand(file, file.reading.scenarios[index]!, option)).toBe(command);
  });
});
