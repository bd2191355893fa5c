import { describe, expect, test } from 'vitest';
import { check, crashOutcomes, traceSchedule } from '../../../engine/index.ts';
import { crashText, lastOutcome } from '../crash-text.ts';
import { buildScenario, type ScenarioText } from '../scenario-builder.ts';

/** What a crash after the operations, run one after the other, leaves of each file. */
function afterwards(text: ScenarioText) {
  const schedules = [
    Object.entries(text.tasks).flatMap(([task, operations]) => operations.map((o) => `${task}: ${o.split(' ')[0]}`)),
  ];
  const trace = traceSchedule(buildScenario({ ...text, schedules }), 0);
  const { crash, files } = trace.steps.at(-1)!.state;
  return { crash, files, changes: trace.steps.flatMap(({ changes }) => changes) };
}

function foundIn(text: ScenarioText, file = 'J') {
  const { crash } = afterwards(text);
  const { size, content } = crash.files.find(({ name }) => name === file)!;
  return { size, content: content.map(({ range, found }) => [range.start / 4096, range.end / 4096, found]) };
}

const files = ['I 16K data 0..8K', 'J 16K data 0..16K'];

describe('what is cloned', () => {
  test.each(['4.17', '5.8', '6.18'])('survives an fsync of the destination, holes included, on %s', (kernel) => {
    const tasks = { app: ['clone I 4K..12K to J 4K', 'fsync J'] };
    expect(foundIn({ kernel, files, tasks })).toEqual({
      size: 16384,
      content: [
        [0, 1, 'initial data'],
        [1, 3, 'app: clone'],
        [3, 4, 'initial data'],
      ],
    });
  });

  test('is gone without an fsync, and is there after a commit', () => {
    expect(foundIn({ files, tasks: { app: ['clone I 0..4K to J 0'] } }).content).toEqual([[0, 4, 'initial data']]);
    expect(foundIn({ files, tasks: { app: ['clone I 0..4K to J 0', 'commit'] } }).content[0]).toEqual([
      0,
      1,
      'app: clone',
    ]);
  });

  test('includes what is dirty in the source: it is written first', () => {
    const tasks = { app: ['write I 0..4K', 'clone I 0..4K to J 0', 'fsync J'] };
    const { files: seen, crash } = afterwards({ files, tasks });
    expect(seen[0]!.pages).toMatchObject([{ state: 'clean' }]);
    expect(crash.files[0]!.content).toMatchObject([{ found: 'initial data' }, { found: 'hole' }]);
    expect(crash.files[1]!.content[0]).toMatchObject({ found: 'app: clone' });
  });

  test('replaces what is dirty in the destination', () => {
    const tasks = { app: ['write J 0..4K', 'clone I 8K..12K to J 0', 'fsync J'] };
    const { files: seen } = afterwards({ files, tasks });
    expect(seen[1]!.pages).toEqual([]);
  });

  test('moves i_size, past a gap, and to the unaligned end of the source', () => {
    const unaligned = ['I 6000 data 0..6000', 'J 4K data 0..4K'];
    const tasks = { app: ['clone I all to J 8K', 'fsync J'] };
    expect(foundIn({ files: unaligned, tasks })).toMatchObject({ size: 8192 + 6000 });
  });

  test('within one file', () => {
    const tasks = { app: ['clone I 0..8K to I 8K', 'fsync I'] };
    expect(foundIn({ files: ['I 8K data 0..8K'], tasks }, 'I')).toEqual({
      size: 16384,
      content: [
        [0, 2, 'initial data'],
        [2, 4, 'app: clone'],
      ],
    });
  });
});

describe('a clone is refused', () => {
  test.each([
    ['I 0', 'clone I 0..4K to J 0', 'begins behind the end'],
    ['I 6000', 'clone I 0..8K to J 0', 'ends behind the end'],
    ['I 16K', 'clone I 0..6000 to J 0', 'ends inside a block'],
    ['I 6000', 'clone I all to J 0', 'inside the destination'],
    ['I 16K', 'clone I all to I 8K', 'overlap'],
    ['I 0', 'clone I all to J 0', 'nothing to clone'],
  ])('%s, %s: %s', (file, operation, reason) => {
    const { changes, crash } = afterwards({ files: [file, 'J 16K data 0..16K'], tasks: { app: [operation] } });
    expect(changes).toContainEqual(expect.stringContaining(reason));
    expect(crash.files.map(({ content }) => content.every(({ found }) => found !== 'app: clone'))).toEqual([
      true,
      true,
    ]);
  });
});

test('extents and the hole behind them are cloned in a transaction each', () => {
  const { changes } = afterwards({
    files: ['I 16K data 0..4K, 8K..12K'.replace(',', ''), 'J 0'],
    tasks: { app: ['clone I all to J 0'] },
  });
  expect(changes.filter((line) => line.startsWith('J: i_size'))).toEqual([
    'J: i_size 0 -> 4K',
    'J: i_size 4K -> 12K',
    'J: i_size 12K -> 16K',
  ]);
});

describe('how fsync comes to know', () => {
  const flagAndList = (kernel: string, operation: string, guards = {}) => {
    const { files: seen } = afterwards({
      kernel,
      guards,
      files: ['I 16K data 0..4K', 'J 16K'],
      tasks: { app: [operation] },
    });
    return [seen[1]!.needsFullSync, seen[1]!.extentMaps.filter(({ modified }) => modified).map(({ kind }) => kind)];
  };

  test('by listed extent maps until 5.3, by the flag since', () => {
    expect(flagAndList('4.17', 'clone I 0..8K to J 0')).toEqual([false, ['data', 'hole']]);
    expect(flagAndList('5.8', 'clone I 0..8K to J 0')).toEqual([true, ['hole']]);
    expect(flagAndList('4.17', 'clone I 0..8K to J 0', { 'clone.listed-extent-maps': false })).toEqual([false, []]);
  });

  test('of a hole from the end on by the flag since 5.12', () => {
    expect(flagAndList('5.8', 'clone I 8K..12K to J 16K')).toEqual([false, []]);
    expect(flagAndList('5.8', 'clone I 8K..12K to J 16K', { 'clone.full-sync-behind-end': true })).toEqual([true, []]);
    expect(flagAndList('5.8', 'clone I 8K..12K to J 8K')).toEqual([false, ['hole']]);
  });
});

test('two clones that cross each other do not block each other for ever', () => {
  const tasks = { a: ['clone I 0..4K to J 0'], b: ['clone J 0..4K to I 4K'] };
  expect(check(buildScenario({ files, tasks }))).toMatchObject({ verdict: 'safe', complete: true });
});

describe('an inline extent', () => {
  const inline = (target: string) => ['S 1K data 0..1K', target];
  const stepsOf = (kernel: string, target: string, at: string) =>
    traceSchedule(
      buildScenario({
        kernel,
        files: inline(target),
        tasks: { app: [`clone S all to J ${at}`] },
        schedules: [['app: clone']],
      }),
      0,
    ).steps.map(({ step }) => step);

  test.each([
    ['an empty file', 'J 0', '0', 'item'],
    ['a smaller inline extent', 'J 500 data 0..500', '0', 'item'],
    ['an empty file with a prealloc extent', 'J 0 prealloc 4K..8K', '0', 'page'],
    ['behind the beginning', 'J 0', '4K', 'page'],
    ['behind an inline extent', 'J 500 data 0..500', '4K', 'page'],
  ])('is copied to %s', (_, target, at, how) => {
    const steps = stepsOf('6.18', target, at);
    expect(steps.includes('copy_inline_to_page')).toBe(how === 'page');
    const refuses = stepsOf('5.6', target, at);
    expect(refuses.includes('clone_finish_inode_update')).toBe(how === 'item');
  });

  test('is in the log after an fsync, and in the next commit, either way', () => {
    const both = ['clone S all to J 0', 'clone S all to J 4K'];
    expect(lastOutcome('6.18', inline('J 0'), ...both, 'fsync J')).toBe(
      '0+log | 1K: 0..1K by initial | 5K: 0..1K by 0, 1K..4K by initial, 4K..5K by 1',
    );
    expect(lastOutcome('6.18', inline('J 0'), ...both, 'commit')).toBe(
      '1 | 1K: 0..1K by initial | 5K: 0..1K by 0, 1K..4K by initial, 4K..5K by 1',
    );
  });

  test('that ends before the file does is the whole block of a smaller file', () => {
    const operations = ['fallocate S 0..4K', 'clone S all to J 0', 'sync'];
    expect(lastOutcome('6.18', inline('J 1200 data 0..1200'), ...operations)).toBe(
      '1 | 4K: 0..4K by initial | 4K: 0..4K by 1',
    );
  });
});

describe('without COW', () => {
  const pair = ['I 16K data 0..16K nodatacow', 'J 0 nodatacow'];

  test.each<[string, string[], string]>([
    [
      'what is shared is not overwritten in place, nor the rest of its extent',
      ['clone I 0..4K to J 0', 'commit', 'write I 8K..12K', 'writeback I'],
      '1 | 16K: 0..16K by initial | 4K: 0..4K by 0',
    ],
    [
      'nor by the copy',
      ['clone I all to J 0', 'commit', 'write J 0..4K', 'writeback J'],
      '1 | 16K: 0..16K by initial | 16K: 0..16K by 0',
    ],
    [
      'nor while the copy that has gone is not committed',
      ['clone I all to J 0', 'commit', 'truncate J 0', 'write I 0..4K', 'writeback I'],
      '1 | 16K: 0..16K by initial | 16K: 0..16K by 0',
    ],
    [
      'it is when that is committed',
      ['clone I all to J 0', 'commit', 'truncate J 0', 'commit', 'write I 0..4K', 'writeback I'],
      '2 | 16K: 0..4K by 4, 4K..16K by initial | 0',
    ],
    [
      'it is when clone and removal are of one transaction',
      ['clone I all to J 0', 'truncate J 0', 'write I 0..4K', 'writeback I'],
      '0 | 16K: 0..4K by 2, 4K..16K by initial | 0',
    ],
    [
      'a file shares with itself',
      ['clone I 0..4K to I 16K', 'write I 0..4K', 'writeback I'],
      '0 | 16K: 0..16K by initial | 0',
    ],
    [
      'a log is not asked, and finds what was written to the other file',
      ['clone I all to J 0', 'fsync J', 'truncate J 0', 'write I 0..4K', 'writeback I'],
      '0+log | 16K: 0..4K by 3, 4K..16K by initial | 16K: 0..4K by 3, 4K..16K by 0',
    ],
    [
      'what was allocated anew is nobody else’s',
      ['clone I all to J 0', 'write I 0..4K', 'sync', 'write I 0..4K', 'writeback I'],
      '1 | 16K: 0..4K by 3, 4K..16K by initial | 16K: 0..16K by 0',
    ],
    [
      'a shared prealloc extent is not written where it is',
      ['fallocate J 0..8K', 'clone J all to I 0', 'write J 0..4K', 'sync', 'write J 0..4K', 'writeback J'],
      '1 | 16K: 8K..16K by initial | 8K: 0..4K by 4',
    ],
  ])('%s', (_, operations, expected) => expect(lastOutcome('6.18', pair, ...operations)).toBe(expected));

  test('a clone to or from a file with checksums is refused before anything is written', () => {
    const operations = ['write I 0..4K', 'clone I all to J 0', 'commit'];
    expect(lastOutcome('6.18', ['I 16K data 0..16K', 'J 0 nodatacow'], ...operations)).toBe(
      '0 | 16K: 0..16K by initial | 0',
    );
  });

  test('a decision holds until the data is written', () => {
    const files = ['I 16K data 0..16K nodatacow', 'J 16K nodatacow'];
    const tasks = {
      w: ['write I 0..4K', 'writeback I 0..4K'],
      c: ['clone I 8K..12K to J 8K', 'fsync J'],
      t: ['commit'],
    };
    expect(check(buildScenario({ kernel: '5.0', files, tasks }))).toMatchObject({ verdict: 'safe', complete: true });
  });
});

test('without NO_HOLES a hole is cloned as an item', () => {
  const operations = ['clone I 4K..8K to J 16K', 'clone I 0..4K to J 20K', 'commit'];
  const scenario = buildScenario({ mount: ['holes'], files: ['I 8K data 0..4K', 'J 16K'], tasks: { t: operations } });
  expect(crashText(crashOutcomes(scenario).at(-1)!)).toBe('1 | 8K: 0..4K by initial | 24K: 20K..24K by 1');
});
