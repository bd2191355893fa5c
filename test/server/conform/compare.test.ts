import { describe, expect, test } from 'vitest';
import { compareRecord } from '../../../server/conform/compare.ts';
import { lowerRecord } from '../../../server/conform/lower-record.ts';
import { type CorpusRecord, parseCorpus, type RecordedItem } from '../../../server/conform/record.ts';

const before = { ino: 257, nlink: 1, size: 16384, data: [[0, 4, 1]] as const };
const after = {
  ...before,
  data: [
    [0, 2, 10],
    [2, 2, 1],
  ] as const,
};

/** One data extent of two blocks. */
const logItems: RecordedItem[] = [
  ['I', 257, 16384],
  ['E', 257, 0, 2, 'd'],
];

/** write 0..8K, fsync: the smallest recording in which a log is replayed. */
const record: CorpusRecord = {
  id: 'x-write-fsync',
  family: 'x',
  kernel: '6.18.44-test',
  mkfs: [],
  mount: 'commit=300,nodiscard',
  start: 'cold',
  files: [{ name: 'f', size: 16384, fill: [[0, 4, 1]] }],
  ops: [
    { op: 'write', file: 'f', off: 0, len: 8192, tag: 10 },
    { op: 'fsync', file: 'f' },
  ],
  outcomes: [
    { after: 0, gen: 0, log: false, state: { f: before } },
    { after: 1, gen: 0, log: true, items: logItems, state: { f: after } },
  ],
};

function withOutcome(change: Partial<CorpusRecord['outcomes'][number]>): CorpusRecord {
  return { ...record, outcomes: [record.outcomes[0]!, { ...record.outcomes[1]!, ...change }] };
}

describe('compareRecord', () => {
  test('agrees with a recording', () => {
    expect(compareRecord(record)).toEqual({
      kind: 'compared',
      id: record.id,
      crashPoints: 2,
      comparedLogs: 1,
      otherLogs: [],
      mismatches: [],
    });
  });

  test.each([
    ['a missing file', { state: { f: null } }, 'existence of f'],
    ['another size', { state: { f: { ...after, size: 8192 } } }, 'size of f'],
    ['older content', { state: { f: before } }, 'content of f'],
    ['a commit', { gen: 1 }, 'commits'],
    ['no log', { log: false }, 'log'],
    ['another inode', { state: { f: { ...after, ino: 258 } } }, 'inode number of f'],
    ['a further link', { state: { f: { ...after, nlink: 2 } } }, 'links to f'],
    ['a directory', { state: { f: { dir: true, ino: 257 } } }, 'existence of f'],
  ])('sees %s', (_, change, what) => {
    const result = compareRecord(withOutcome(change));
    expect(result).toMatchObject({
      kind: 'compared',
      mismatches: expect.arrayContaining([expect.objectContaining({ after: 1, what })]),
    });
  });

  test.each<[string, RecordedItem[], string, string]>([
    ['another size', [['I', 257, 8192], logItems[1]!], 'INODE_ITEM size 8192', 'INODE_ITEM size 16384'],
    ['no inode item', [], '', 'INODE_ITEM size 16384'],
    ['no extent', [logItems[0]!], '', 'EXTENT_DATA 0 regular, 8192 bytes'],
    [
      'a shorter extent',
      [logItems[0]!, ['E', 257, 0, 1, 'd']],
      'EXTENT_DATA 0 regular, 4096 bytes',
      'EXTENT_DATA 0 regular, 8192 bytes',
    ],
    [
      'another type',
      [logItems[0]!, ['E', 257, 0, 2, 'p']],
      'EXTENT_DATA 0 prealloc, 8192 bytes',
      'EXTENT_DATA 0 regular, 8192 bytes',
    ],
    ['one more', [...logItems, ['E', 257, 2, 2, 'h']], 'EXTENT_DATA 8192 hole, 8192 bytes', ''],
    ['names', [logItems[0]!, ['R', 257, 256, 2, 'f'], logItems[1]!], 'INODE_REF', 'EXTENT_DATA 0 regular, 8192 bytes'],
  ])('sees log items that differ: %s', (_, items, recorded, predicted) => {
    expect(compareRecord(withOutcome({ items }))).toMatchObject({
      comparedLogs: 1,
      mismatches: [{ after: 1, what: 'log items of f', recorded, predicted }],
    });
  });

  test('leaves other inodes of the log to themselves', () => {
    const items: RecordedItem[] = [['I', 256, 10], ...logItems, ['I', 258, 0]];
    expect(compareRecord(withOutcome({ items }))).toMatchObject({ mismatches: [] });
  });

  test('does not compare items of a log with an inline extent, and says so', () => {
    const items: RecordedItem[] = [logItems[0]!, ['E', 257, 0, 1000, 'i']];
    expect(compareRecord(withOutcome({ items }))).toMatchObject({
      comparedLogs: 0,
      otherLogs: ['an inline extent'],
      mismatches: [],
    });
  });

  test('does not compare items of a log that a ranged sync wrote for the atime alone, and says so', () => {
    const outcome = { after: 0, gen: 0, log: true, items: [logItems[0]!], state: { f: before } };
    const ranged = { ...record, ops: [{ op: 'rfsync', file: 'f', off: 0, len: 4096 }], outcomes: [outcome] };
    expect(compareRecord(ranged)).toMatchObject({
      comparedLogs: 0,
      otherLogs: ['an update of the atime alone'],
      mismatches: [],
    });
  });

  test('takes a file whose runs were fsynced one by one as one that needs no full fsync', () => {
    const split = { ...record, start: 'warm', files: [{ ...record.files[0]!, split: true }] } as const;
    expect(compareRecord(split)).toMatchObject({ mismatches: [] });
    expect(compareRecord({ ...record, start: 'warm' })).toMatchObject({
      mismatches: [{ recorded: 'EXTENT_DATA 0 regular, 8192 bytes', predicted: 'INODE_REF' }],
    });
  });

  test('takes an empty file that was just made as one that its next close writes', () => {
    const nothing = { ...before, size: 0, data: [], ext: [] };
    const items: RecordedItem[] = [
      ['I', 257, 12288],
      ['R', 257, 256, 2, 'f'],
      ['E', 257, 0, 2, 'd'],
      ['E', 257, 2, 1, 'd'],
    ];
    const reopened: CorpusRecord = {
      ...record,
      start: 'warm',
      files: [{ name: 'f', size: 0, fill: [] }],
      ops: [
        { op: 'write', file: 'f', off: 0, len: 8192, tag: 10 },
        { op: 'reopen', file: 'f' },
        { op: 'write', file: 'f', off: 8192, len: 4096, tag: 11 },
        { op: 'fsync', file: 'f' },
      ],
      outcomes: [
        ...[0, 1, 2].map((after) => ({ after, gen: 0, log: false, state: { f: nothing } })),
        {
          after: 3,
          gen: 0,
          log: true,
          items,
          state: {
            f: {
              ...nothing,
              size: 12288,
              data: [
                [0, 2, 10],
                [2, 1, 11],
              ],
            },
          },
        },
      ],
    };
    expect(compareRecord(reopened)).toMatchObject({ comparedLogs: 1, mismatches: [] });
    const written = { ...reopened, files: [{ name: 'f', size: 4096, fill: [] }] };
    expect(compareRecord(written)).not.toMatchObject({ mismatches: [] });
  });

  test.each<[string, boolean | undefined, string[]]>([
    ['left memory', true, ['releasepage', 'writeback', 'close', 'evict']],
    ['stayed', false, ['releasepage', 'writeback', 'close']],
    ['may have', undefined, ['releasepage', 'writeback', 'close']],
  ])('an evict of an inode that %s', (_, evicted, expected) => {
    const outcome = { ...record.outcomes[0]!, ...(evicted === undefined ? {} : { evicted }) };
    const evict = { ...record, ops: [{ op: 'evict', file: 'f' }], outcomes: [outcome] };
    expect(lowerRecord(evict, '6.18').scenario.tasks[0]!.operations.map(({ kind }) => kind)).toEqual(expected);
  });

  test.each<[string, Partial<CorpusRecord>]>([
    ['chmod', { ops: [{ op: 'chmod', file: 'f' }] }],
    ['clone from or to the middle of a block', { ops: [{ op: 'clone', file: 'f', to: 'f', to_off: 100 }] }],
    ['mkfs -n 64k', { mkfs: ['-n', '64k'] }],
    ['mount commit=300,autodefrag', { mount: 'commit=300,autodefrag' }],
  ])('skips and says why: %s', (reason, change) => {
    expect(compareRecord({ ...record, ...change })).toEqual({ kind: 'skipped', id: record.id, reason });
  });
});

const named = (nlink: number) => ({ ...before, ino: 258, nlink });

describe('names', () => {
  const moved: CorpusRecord = {
    ...record,
    dirs: ['d'],
    links: [['f', 'g']],
    ops: [
      { op: 'rename', file: 'f', to: 'd/f' },
      { op: 'fsync', file: 'd' },
    ],
    outcomes: [
      { after: 0, gen: 0, log: false, state: { d: { dir: true, ino: 257 }, f: named(2), g: named(2), 'd/f': null } },
      { after: 1, gen: 0, log: true, state: { d: { dir: true, ino: 257 }, f: null, g: named(2), 'd/f': named(2) } },
    ],
  };

  test('are predicted wherever they lead', () => {
    expect(compareRecord(moved)).toMatchObject({ kind: 'compared', mismatches: [] });
  });

  test.each([
    ['f', named(2), 'existence of f'],
    ['d/f', null, 'existence of d/f'],
    ['d', null, 'existence of d'],
  ])('that %s is not as predicted is seen', (path, found, what) => {
    const [first, second] = moved.outcomes;
    const changed = { ...moved, outcomes: [first!, { ...second!, state: { ...second!.state, [path]: found } }] };
    expect(compareRecord(changed)).toMatchObject({ mismatches: [{ after: 1, what }] });
  });
});

describe('parseCorpus', () => {
  test('reads JSON lines', () => {
    expect(parseCorpus(`${JSON.stringify(record)}\n\n${JSON.stringify(record)}\n`)).toHaveLength(2);
  });

  test.each(['{', '[]', '{"id": 1}', 'null'])('names the line that is no recording: %s', (line) => {
    expect(() => parseCorpus(`${JSON.stringify(record)}\n${line}`)).toThrow('line 2 is not a recording');
  });
});
