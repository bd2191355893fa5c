import { describe, expect, test } from 'vitest';
import { crashOutcomes } from '../../../engine/index.ts';
import { buildScenario } from '../scenario-builder.ts';

/** What the log on disk has of the first file after the last of the operations; blocks as `r0-3`, `p`, `h`. */
function logged(kernel: string, files: readonly string[], ...operations: string[]): string {
  const [file] = crashOutcomes(buildScenario({ kernel, files, tasks: { t: operations } })).at(-1)!.files;
  if (file!.logged === undefined) return 'nothing';
  const { size, names, extents } = file!.logged;
  const items = extents.map(({ range, type }) => `${type[0]}${range.start / 4096}-${range.end / 4096 - 1}`);
  return [`${size / 4096}`, ...(names ? ['names'] : []), ...items].join(' ');
}

const data = ['I 32K data 0..32K'];
const full = ['I 32K data 0..32K needs-full-sync'];

describe('items of the log', () => {
  test.each<[string, readonly string[], string[], string]>([
    ['a fast fsync logs what was allocated', data, ['write I 4K..12K', 'fsync I'], '8 r1-2'],
    [
      'separate allocations are separate items',
      data,
      ['write I 4K..8K', 'writeback I', 'write I 8K..12K', 'fsync I'],
      '8 r1-1 r2-2',
    ],
    [
      'a later fsync of the transaction trims and splits what an earlier one logged',
      data,
      ['write I 0..16K', 'fsync I', 'write I 4K..8K', 'fsync I'],
      '8 r0-0 r1-1 r2-3',
    ],
    ['a full fsync logs names, new items and gaps', full, ['write I 40K..44K', 'fsync I'], '11 names h8-9 r10-10'],
    [
      'and items of older generations after a truncate that trimmed one (23e3337faf73)',
      data,
      ['write I 8K..12K', 'sync', 'truncate I 28K', 'fsync I'],
      '7 names r0-1 r2-2 r3-6',
    ],
    [
      'also where the cut leaves all blocks of the item',
      ['I 8K data 0..8K'],
      ['truncate I 6K', 'fsync I'],
      '1.5 names r0-1',
    ],
    ['but not twice', data, ['truncate I 28K', 'fsync I', 'write I 0..4K', 'fsync I'], '7 names r0-0 r1-6'],
    [
      'a truncate of a hole drops nothing, and leaves the hole of before in the log',
      ['I 8K data 0..8K'],
      ['write I 4K..8K', 'writeback I', 'truncate I 16K', 'fsync I', 'truncate I 12K', 'fsync I'],
      '3 r1-1 h2-3',
    ],
    [
      'a full fsync finds nothing to copy in a leaf that did not change (f6df27dd2707)',
      full,
      ['truncate I 40K', 'fsync I'],
      '10 h8-9',
    ],
    [
      'but does when another file changed it',
      [...full, 'J 4K'],
      ['write J 0..4K', 'writeback J', 'truncate I 40K', 'fsync I'],
      '10 names h8-9',
    ],
    ['a hole extent map of an older generation is not logged', data, ['truncate I 40K', 'fsync I'], '10'],
    ['one that fallocate adds is of the transaction', data, ['fallocate I 36K..40K', 'fsync I'], '10 h8-8 p9-9'],
    [
      'a write into a preallocation splits it in the tree',
      data,
      ['fallocate I 32K..48K', 'write I 36K..40K', 'fsync I'],
      '12 p8-8 r9-9 p10-11',
    ],
    [
      'two that adjoin are one item there, and two where they were logged as two',
      ['I 0 needs-full-sync'],
      ['fallocate I 0..16K', 'write I 0..4K', 'writeback I', 'write I 4K..8K', 'writeback I', 'fsync I'],
      '4 names r0-1 p2-3',
    ],
    [
      'as a fast fsync does',
      ['I 0'],
      ['fallocate I 0..16K', 'write I 0..4K', 'writeback I', 'write I 4K..8K', 'writeback I', 'fsync I'],
      '4 r0-0 r1-1 p2-3',
    ],
    [
      'a preallocation behind i_size is copied, whatever its generation',
      data,
      ['fallocate I 32K..40K keep-size', 'sync', 'write I 0..4K', 'fsync I'],
      '8 r0-0 p8-9',
    ],
    ['the hole of a punch', data, ['punch I 4K..12K', 'fsync I'], '8 h1-2'],
    [
      'begins behind one that its range begins with',
      data,
      ['punch I 4K..12K', 'sync', 'punch I 8K..20K', 'fsync I'],
      '8 h3-4',
    ],
    [
      'reaches to the end of its range, behind i_size, too',
      ['I 8K data 0..8K'],
      ['punch I 4K..16K', 'fsync I'],
      '2 h1-3',
    ],
    [
      'and does not begin there',
      ['I 8K data 0..8K'],
      ['fallocate I 8K..16K keep-size', 'punch I 8K..16K', 'write I 0..4K', 'fsync I'],
      '2 r0-0',
    ],
    [
      'growing adds a hole for each extent map that is cached for the gap',
      ['I 16K data 0..4K'],
      ['truncate I 4K', 'punch I 4K..12K', 'truncate I 20K', 'write I 0..4K', 'fsync I'],
      '5 r0-0 h1-2 h3-4',
    ],
    [
      'zero-range leaves a preallocation at its beginning',
      data,
      ['zero-range I 4K..12K', 'zero-range I 4K..20K', 'fsync I'],
      '8 p1-2 p3-4',
    ],
    ['but not one further on', data, ['zero-range I 8K..12K', 'zero-range I 4K..16K', 'fsync I'], '8 p1-3'],
    ['and takes a partial block that is a hole', ['I 16K'], ['zero-range I 4K..10K', 'fsync I'], '4 p1-2'],
    ['a commit ends the log', data, ['write I 4K..12K', 'fsync I', 'commit'], 'nothing'],
  ])('%s', (_, files, operations, expected) => expect(logged('6.18', files, ...operations)).toBe(expected));

  test('a full fsync of 5.8 copies what is there', () => {
    expect(logged('5.8', full, 'write I 40K..44K', 'fsync I')).toBe('11 names r0-7 h8-9 r10-10');
    expect(logged('5.8', full, 'truncate I 40K', 'fsync I')).toBe('10 names r0-7 h8-9');
  });
});
