import { describe, expect, test } from 'vitest';
import { cutOffsets, cutSegments, maximumSegments, Segments, TooManySegments } from '../../engine/segments.ts';
import { buildScenario, range } from './scenario-builder.ts';

describe('cuts', () => {
  test.each<[string, string, string[], number[]]>([
    ['size and ranges', 'I 16K', ['write I 0..4K', 'fsync I'], [0, 4096, 16384]],
    ['committed extents', 'I 16K data 4K..8K', [], [0, 4096, 8192, 16384]],
    ['an unaligned end cuts its whole block off', 'I 16K', ['write I 0..6K'], [0, 4096, 6144, 8192, 16384]],
    ['both ends inside one block', 'I 16K', ['write I 1K..2K'], [0, 1024, 2048, 4096, 16384]],
    ['an unaligned size', 'I 6000', [], [0, 4096, 6000, 8192]],
    ['an operation on all cuts nothing', 'I 8K', ['writeback I'], [0, 8192]],
    ['an empty file has a block', 'I 0', ['writeback I'], [0, 4096]],
    ['writing behind the end', 'I 4K', ['write I 8K..12K'], [0, 4096, 8192, 12288]],
  ])('%s', (_, file, operations, cuts) => {
    expect(cutOffsets(buildScenario({ files: [file], tasks: { app: operations } }))[0]).toEqual(cuts);
  });

  test('schedules and expectations cut, other files do not', () => {
    const text = { files: ['I 64K', 'J 64K'], tasks: { app: ['write J 4K..8K'] } };
    const expected = buildScenario({ ...text, expect: ['lost I 8K..12K'], schedules: [['endio: I 16K..20K']] });
    expect(cutOffsets(expected)[0]).toEqual([0, 8192, 12288, 16384, 20480, 65536]);
  });
});

describe('cuts of a clone', () => {
  const cuts = (files: string[], ...operations: string[]) =>
    cutOffsets(buildScenario({ files, tasks: { app: operations } }));

  test('source and destination are cut alike, as far as it reaches', () => {
    expect(cuts(['I 16K', 'J 64K'], 'write I 4K..8K', 'write J 32K..36K', 'clone I 0..12K to J 24K')).toEqual([
      [0, 4096, 8192, 12288, 16384],
      [0, 24576, 28672, 32768, 36864, 65536],
    ]);
  });

  test('along a chain, and inside of blocks', () => {
    expect(cuts(['I 6000', 'J 0', 'K 0'], 'clone I all to J 4K', 'clone J all to K 0')).toEqual([
      [0, 4096, 6000, 8192],
      [0, 4096, 8192, 10096, 12288],
      [0, 4096, 8192, 10096, 12288],
    ]);
  });

  test('within a file, up to its own destination', () => {
    expect(cuts(['I 8K'], 'write I 0..4K', 'clone I all to I 8K')).toEqual([[0, 4096, 8192, 12288, 16384]]);
  });

  test('end also where clones feed each other', () => {
    const [count] = cuts(['I 1M'], 'write I 0..1K', 'clone I 0..512K to I 4K', 'clone I 8K..1M to I 0').map(
      ({ length }) => length,
    );
    expect(count).toBeGreaterThan(maximumSegments);
  });
});

describe('too many segments', () => {
  const writes = (count: number) => Array.from({ length: count }, (_, i) => `write J ${8 * i}K..${8 * i + 4}K`);
  const scenario = (count: number) =>
    buildScenario({ files: ['I 4K', `J ${8 * count}K`], tasks: { app: writes(count) } });

  test('as many as fit', () => expect(cutSegments(scenario(maximumSegments / 2))[1]!.count).toBe(maximumSegments));

  test('one more names the file', () => {
    const cut = () => cutSegments(scenario(maximumSegments / 2 + 1));
    expect(cut).toThrow(TooManySegments);
    expect(cut).toThrow('J is cut into 32 segments, the limit is 30');
    expect(cut).toThrow(expect.objectContaining({ file: 1 }));
  });
});

describe('segments', () => {
  /** 0..4K, 4K..6K, 6K..8K, 8K..16K. */
  const segments = new Segments([0, 4096, 6144, 8192, 16384]);

  test.each([
    ['0..4K', 0b0001],
    ['4K..6K', 0b0010],
    ['4K..16K', 0b1110],
  ])('mask of %s and back', (text, mask) => {
    expect(segments.maskOf(range(text))).toBe(mask);
    expect(segments.rangeOf(mask)).toEqual(range(text));
  });

  test.each([
    [0b0001, 0b0001],
    [0b0010, 0b0110],
    [0b0100, 0b0110],
    [0b1011, 0b1111],
    [0, 0],
  ])('whole blocks of %i', (mask, whole) => expect(segments.wholeBlocks(mask)).toBe(whole));

  test('`all` follows i_size, a range does not', () => {
    expect(segments.maskAt('all', 0)).toBe(0);
    expect(segments.maskAt('all', 2)).toBe(0b0011);
    expect(segments.maskAt(range('4K..8K'), 0)).toBe(0b0110);
  });

  test('one range per run', () =>
    expect(segments.rangesOf(0b1011)).toEqual([range('0..6K'), { start: 8192, end: 16384 }]));

  test('an offset that is no cut', () => expect(() => segments.indexOf(2048)).toThrow(RangeError));
});
