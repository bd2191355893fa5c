import { describe, expect, test } from 'vitest';
import { check, traceSchedule } from '../../../engine/index.ts';
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
