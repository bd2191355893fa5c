import { describe, expect, test } from 'vitest';
import { readScenarios } from '../../../server/read-scenarios.ts';
import { type LoweredWorkload, lowerScenario } from '../../../server/record/lower-scenario.ts';

/** Lowers the only scenario of a text. */
function lower(members: string, schedule?: number): LoweredWorkload {
  const { scenarios, diagnostics } = readScenarios(`scenario "s" {\n${members}\n}`);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return lowerScenario(scenarios[0]!.scenario!, 'id', schedule);
}

const operations = (members: string, schedule?: number) => lower(members, schedule).workload.ops;

describe('operations', () => {
  test.each<[text: string, recorded: object]>([
    ['write I 0..4K', { op: 'write', off: 0, len: 4096, tag: 2 }],
    ['write I all', { op: 'write', off: 0, len: 16384, tag: 2 }],
    ['direct-write I page 1', { op: 'dwrite', off: 4096, len: 4096, tag: 2 }],
    ['mmap-write I 12K..20K', { op: 'mwrite', off: 12288, len: 4096, tag: 2 }],
    ['read I 0..4K', { op: 'read', off: 0, len: 4096 }],
    ['writeback I', { op: 'writeback' }],
    ['writeback I 4K..8K', { op: 'writeback', off: 4096, len: 4096 }],
    ['releasepage I 4K..8K', { op: 'release', off: 4096, len: 4096 }],
    ['releasepage I', { op: 'release' }],
    ['fsync I', { op: 'fsync' }],
    ['fsync I 4K..8K', { op: 'rfsync', off: 4096, len: 4096 }],
    ['fdatasync I', { op: 'fdatasync' }],
    ['truncate I 100', { op: 'truncate', size: 100 }],
    ['punch I all', { op: 'punch', off: 0, len: 16384 }],
    ['fallocate I 16K..20K', { op: 'falloc', off: 16384, len: 4096, keep_size: false }],
    ['zero-range I 16K..20K keep-size', { op: 'zero_range', off: 16384, len: 4096, keep_size: true }],
    ['close I', { op: 'reopen' }],
    ['evict I', { op: 'evict' }],
  ])('%s', (text, recorded) => {
    expect(operations(`file I size 16K data 0..16K task t { ${text} }`)).toEqual([{ file: 'I', ...recorded }]);
  });

  test.each<[text: string, recorded: readonly object[]]>([
    [
      'create N  fsync N',
      [
        { op: 'create', file: 'N' },
        { op: 'fsync', file: 'N' },
      ],
    ],
    [
      'link I to D/L  fsync D',
      [
        { op: 'link', file: 'I', to: 'D/L' },
        { op: 'fsync', file: 'D' },
      ],
    ],
    [
      'rename I to D/I  fsync I',
      [
        { op: 'rename', file: 'I', to: 'D/I' },
        { op: 'fsync', file: 'D/I' },
      ],
    ],
    [
      'rename D to E  unlink D/X  fsync .',
      [
        { op: 'rename', file: 'D', to: 'E' },
        { op: 'unlink', file: 'E/X', keep_open: true },
        { op: 'fsync', file: '.' },
      ],
    ],
    [
      'mkdir M  unlink M',
      [
        { op: 'mkdir', file: 'M' },
        { op: 'rmdir', file: 'M' },
      ],
    ],
  ])('on names, by the path at that moment: %s', (text, recorded) => {
    const files = `file I size 4K file D directory file D/X size 4K ${text.startsWith('create') ? 'file N new' : ''}`;
    const { workload } = lower(`${files} task t { ${text} }`);
    expect(workload.ops).toEqual(recorded);
    expect([workload.files.map(({ name }) => name), workload.dirs]).toEqual([['I', 'D/X'], ['D']]);
  });

  test('of a file that has lost its name have no path', () => {
    expect(() => lower('file I size 4K task t { unlink I  fsync I }')).toThrow('I has no name by then');
  });

  test('run on a file system that is made and mounted as the scenario says', () => {
    const { mkfs, mount } = lower('mount holes compress notreelog file I size 4K task t { fsync I }').workload;
    expect([mkfs, mount]).toEqual([['-O', '^no-holes'], 'commit=300,nodiscard,notreelog,compress=zlib']);
  });

  test('of the whole file system', () => {
    expect(operations('file I task t { sync commit }')).toEqual([{ op: 'sync' }, { op: 'commit' }]);
  });

  test('take the size that the file has by then', () => {
    const text = `file I size 4K task t {
      write I 8K..12K       punch I all
      truncate I 5000       punch I all
      fallocate I 16K..20K  punch I all
      zero-range I 0..1M keep-size  punch I all
    }`;
    const punched = operations(text).filter(({ op }) => op === 'punch');
    expect(punched.map(({ len }) => len)).toEqual([12288, 5000, 20480, 20480]);
  });

  test('write a byte of their own each, and the files have others', () => {
    const { files, ops } = lower(`file I size 16K data 0..4K, 8K..16K
      file J size 6000 data 0..6000
      task t { write I 0..4K  write J 0..4K  write I 0..4K }`).workload;
    expect(files).toEqual([
      {
        name: 'I',
        size: 16384,
        fill: [
          [0, 1, 1],
          [2, 2, 2],
        ],
        split: true,
      },
      { name: 'J', size: 6000, fill: [[0, 2, 3]] },
    ]);
    expect(ops.map(({ tag }) => tag)).toEqual([4, 5, 6]);
  });
});

describe('a clone', () => {
  const files = 'file I size 16K data 0..16K file J size 8K data 0..8K';
  const recorded = (text: string) => operations(`${files} task t { ${text} }`);

  test('is one of a range, or of all there is, to a place', () => {
    expect(recorded('clone I 4K..8K to J 16K  clone I all to J 0')).toEqual([
      { op: 'clone', file: 'I', off: 4096, len: 4096, to: 'J', to_off: 16384 },
      { op: 'clone', file: 'I', to: 'J', to_off: 0 },
    ]);
  });

  test.each([
    ['that goes on behind the end', 'clone I 12K..16K to J 12K', 'J', 16384],
    ['that stays within', 'clone I 12K..16K to J 0', 'J', 8192],
    ['of all, up to the end of the source', 'truncate I 5000  clone I all to J 8K', 'J', 8192 + 5000],
    ['of nothing', 'truncate I 0  clone I all to J 16K', 'J', 8192],
    ['that goes on behind the source, which the kernel refuses', 'clone I 12K..20K to J 8K', 'J', 8192],
    ['onto itself, which the kernel refuses', 'clone I all to I 12K', 'I', 16384],
    [
      'that ends inside a block, which the kernel refuses',
      'truncate I 5000  write I 0..8K  clone I 0..5000 to J 8K',
      'J',
      8192,
    ],
  ])('%s, and the size that it leaves', (_, text, file, size) => {
    const [last] = recorded(`${text}  punch ${file} all`).slice(-1);
    expect(last).toEqual({ op: 'punch', file, off: 0, len: size });
  });
});

test('files begin with prealloc extents, and without COW', () => {
  const { files } = lower('file I size 8K data 0..4K prealloc 4K..8K, 16K..24K nodatacow task t { fsync I }').workload;
  expect(files).toEqual([
    {
      name: 'I',
      size: 8192,
      fill: [[0, 1, 1]],
      prealloc: [
        [1, 1],
        [4, 2],
      ],
      nodatacow: true,
    },
  ]);
});

test('a workload says what it is, and how the mount begins', () => {
  const { workload } = lower('file I size 16K needs-full-sync task t { fsync I }');
  expect(workload).toEqual({
    id: 'id',
    family: 'fsrace',
    mkfs: [],
    mount: 'commit=300,nodiscard',
    start: 'warm',
    files: [{ name: 'I', size: 16384, fill: [] }],
    ops: [{ op: 'fsync', file: 'I' }],
  });
});

describe('without an interleaving, the tasks run one after the other', () => {
  const kinds = (members: string) => operations(members).map(({ op, file }) => [op, file].join(' '));
  const tasks = 'file I file J task a { write I 0..4K  fsync I } task b { write J 0..4K  fsync J }';

  test('in the order of the text', () => {
    expect(kinds(tasks)).toEqual(['write I', 'fsync I', 'write J', 'fsync J']);
  });

  test('as far as the orders allow', () => {
    expect(kinds(`${tasks} order b.write before a.fsync`)).toEqual(['write I', 'write J', 'fsync I', 'fsync J']);
    expect(kinds(`${tasks} order b.fsync before a.write`)).toEqual(['write J', 'fsync J', 'write I', 'fsync I']);
  });
});

describe('an interleaving', () => {
  const race = `file I size 32M
    task app { write I 0..4K  fsync I }
    task kswapd { releasepage I 0..4K }`;

  test('runs operations where they end, and tells which it stops', () => {
    const text = `${race} interleaving { app: write  app: fsync until log_inode  kswapd: releasepage  app: fsync  crash }`;
    const { workload, order } = lower(text, 0);
    expect(workload.ops.map(({ op }) => op)).toEqual(['write', 'release', 'fsync']);
    expect(order.stopped).toEqual([{ task: 0, operation: 1 }]);
    expect(order.unfinished).toEqual([]);
  });

  test('leaves out what has not ended, or not begun, when the power fails', () => {
    const { workload, order } = lower(`${race} interleaving { app: write  app: fsync until log_inode  crash }`, 0);
    expect(workload.ops.map(({ op }) => op)).toEqual(['write']);
    expect(order.unfinished).toEqual([{ task: 0, operation: 1 }]);
  });

  test('that stops an operation at its last step lets it end', () => {
    const { workload, order } = lower(`${race} interleaving { app: write  app: fsync until return  crash }`, 0);
    expect(workload.ops.map(({ op }) => op)).toEqual(['write', 'fsync']);
    expect(order).toMatchObject({ stopped: [], unfinished: [] });
  });
});

describe('what cannot be recorded', () => {
  test.each([
    [
      'orders that only steps can keep',
      'file I task a { fsync I } task b { fsync I } order a.fsync@inode_lock before b.fsync@return order b.fsync@inode_lock before a.fsync@return',
      'its orders need operations to overlap',
    ],
    [
      'files that begin differently',
      'file I needs-full-sync file J task t { fsync I }',
      'files of one mount all begin with a full fsync, or none does',
    ],
    [
      'data that is no whole blocks',
      'file I size 16K data 100..4K task t { fsync I }',
      'not made of whole blocks of 4096',
    ],
    [
      'a fault',
      'file I size 16K task a { write I 0..4K  writeback I } task b { fault io on a.writeback }',
      'a real kernel fails only by chance',
    ],
    ['an empty range', 'file I task t { punch I all }', 'I has nothing there to punch: its size is 0 by then'],
    [
      'a store behind the end',
      'file I size 4K task t { mmap-write I 8K..12K }',
      'I has nothing there to mmap-write: its size is 4096 by then',
    ],
    [
      'more writes than bytes',
      `file I size 4K task t { ${'write I 0..4K '.repeat(256)} }`,
      'more than 255 things are written',
    ],
  ])('%s', (_, text, message) => {
    expect(() => lower(text)).toThrow(message);
  });

  test('an interleaving that cannot run', () => {
    const text = 'file I size 4K task t { fsync I } interleaving { t: fsync until log_one_extent  crash }';
    expect(() => lower(text, 0)).toThrow('the interleaving cannot go on: fsync ended without log_one_extent');
  });
});
