import { beforeEach, describe, expect, test } from 'vitest';
import { dataAfterCrash, sizeAfterCrash, versionAfterCrash } from '../../../engine/durability/after-crash.ts';
import { brokenPromises, Losses } from '../../../engine/durability/judge.ts';
import { initialVersion, nextVersion } from '../../../engine/model/version.ts';
import type { VersionedSize } from '../../../engine/model/versioned-size.ts';
import { compile, type Program } from '../../../engine/program.ts';
import type { State } from '../../../engine/state/layout.ts';
import { buildScenario } from '../scenario-builder.ts';

let program: Program;
let state: State;

/** A file of four blocks with room for a few versions, sizes and three syncs. */
beforeEach(() => {
  const writes = ['write I 0..4K', 'write I 4K..8K', 'write I 8K..12K', 'truncate I 0', 'fallocate I 0..16K'];
  program = compile(buildScenario({ files: ['I 16K'], tasks: { a: writes, b: ['fsync I', 'fsync I', 'sync'] } }));
  state = program.initial.slice();
});

const inode = () => program.machine.inodes[0]!;
const log = () => program.machine.log;
const promise = () => program.promises[0]!;
const losses = () => {
  const found = new Losses();
  found.judge(inode(), promise(), program.machine, state);
  return found;
};
const broken = () => brokenPromises(inode(), promise(), losses(), state);

/** What a block holds that nothing has changed yet. */
const hole = initialVersion(true);
/** The version after a number of writes. */
const data = (changes: number): number => versionAfter(Array(changes).fill(false));
/** The same, but its last change made it zeros. */
const zeros = (changes: number): number => versionAfter([...Array(changes - 1).fill(false), true]);

function versionAfter(changes: readonly boolean[]): number {
  return changes.reduce(nextVersion, initialVersion(true));
}

/** The size is in its `changes`th change. */
function setSize(size: VersionedSize, segments: number, changes: number): void {
  size.clear(state);
  for (let i = 1; i < changes; i++) size.change(state, size.get(state) + 1);
  if (changes > 0 && size.get(state) === segments) size.initialize(state, segments === 0 ? 1 : 0);
  if (changes > 0) size.change(state, segments);
  else size.initialize(state, segments);
}

/** Promises a version of each segment, by a sync; the initial version is no promise. */
function promiseVersions(versions: readonly number[], by: readonly number[]): void {
  for (const [i, version] of versions.entries()) {
    promise().version[i]!.set(state, version);
    promise().promisedBy[i]!.set(state, by[i]!);
  }
}

/** A sync has promised a size, the first that was changed to. */
function promiseSize(segments: number, by: number): void {
  setSize(promise().size, segments, 1);
  promise().sizePromisedBy.set(state, by);
}

/** What the last commit has: versions, and the size in segments, of before or after its first change. */
function commit(versions: readonly number[], size = 4, sizeChanges = 0): void {
  setSize(inode().committed.size, size, sizeChanges);
  for (const [i, version] of versions.entries()) inode().committed.version[i]!.set(state, version);
}

/** What the log on disk has: items as `data`, `hole`, `prealloc` or nothing, each with a version. */
function logOnDisk(items: readonly ('data' | 'hole' | 'prealloc' | '')[], versions: readonly number[], size = 4): void {
  log().onDisk.set(state, 1);
  inode().diskLog.present.set(state, 1);
  setSize(inode().diskLog.size, size, 0);
  const mask = (kind: string) => items.reduce((sum, item, i) => (item === kind ? sum | (1 << i) : sum), 0);
  inode().diskLog.data.set(state, mask('data'));
  inode().diskLog.prealloc.set(state, mask('prealloc'));
  inode().diskLog.hole.set(state, mask('hole'));
  for (const [i, version] of versions.entries()) inode().diskLog.version[i]!.set(state, version);
}

describe('what a crash leaves', () => {
  const versions = () => [0, 1, 2, 3].map((i) => versionAfterCrash(inode(), log(), state, i));
  const size = () => sizeAfterCrash(inode(), log(), state).get(state);

  test('the last commit, without a log', () => {
    commit([data(1), data(2), hole, hole], 3);
    expect([versions(), size()]).toEqual([[data(1), data(2), hole, hole], 3]);
  });

  test('the log wins where it has an item, data, hole or prealloc, and gives the size', () => {
    commit([data(1), data(1), data(1), data(1)], 3);
    logOnDisk(['data', 'hole', '', 'prealloc'], [data(2), zeros(2), hole, zeros(3)]);
    expect([versions(), size()]).toEqual([[data(2), zeros(2), data(1), zeros(3)], 4]);
  });

  test('a log that does not mention the inode, or that no super block points to, changes nothing', () => {
    const committed = [data(1), data(1), data(1), data(1)];
    commit(committed);
    logOnDisk(['data', 'data', 'data', 'data'], [data(2), data(2), data(2), data(2)]);
    inode().diskLog.present.set(state, 0);
    expect(versions()).toEqual(committed);
    inode().diskLog.present.set(state, 1);
    log().onDisk.set(state, 0);
    expect(versions()).toEqual(committed);
  });

  test('behind the size of the log there is nothing, whatever the commit has', () => {
    commit([data(1), data(1), data(1), data(1)]);
    inode().committed.data.set(state, 0b1111);
    logOnDisk(['', '', '', ''], [hole, hole, hole, hole], 2);
    expect(size()).toBe(2);
    expect(dataAfterCrash(inode(), log(), state)).toBe(0b0011);
  });

  test('data of the commit and of the log, but not under a hole or prealloc extent of the log', () => {
    inode().committed.data.set(state, 0b1011);
    logOnDisk(['', 'hole', 'data', 'prealloc'], [hole, hole, data(1), hole]);
    expect(dataAfterCrash(inode(), log(), state)).toBe(0b0101);
  });
});

describe('broken promises', () => {
  test.each<[string, number, number, number, number]>([
    ['the same version', data(1), data(1), 0, 0],
    ['a later one', data(1), data(2), 0, 0],
    ['a later one, of zeros', data(1), zeros(2), 0, 0],
    ['an older one', data(2), data(1), 1, 0],
    ['nothing promised, nothing there', hole, hole, 0, 0],
    ['data promised, a hole there', data(1), hole, 1, 0],
    ['zeros promised, older data there', zeros(2), data(1), 0, 1],
    ['zeros promised, older zeros there', zeros(2), hole, 0, 0],
    ['data promised, older zeros there', data(2), zeros(1), 1, 0],
  ])('%s', (_, promised, found, lost, resurrected) => {
    promiseVersions([promised], [1]);
    commit([found]);
    expect(losses()).toMatchObject({ lost, resurrected, sizeOnly: 0 });
  });

  test('ranges are maximal, and split where there is a gap', () => {
    promiseVersions([data(1), data(1), data(1), data(1)], [1, 1, 1, 1]);
    commit([hole, hole, data(1), hole]);
    expect(broken()).toEqual([
      { kind: 'lost', file: 0, segments: 0b0011, promisedBy: 1, sizeOnly: false },
      { kind: 'lost', file: 0, segments: 0b1000, promisedBy: 1, sizeOnly: false },
    ]);
  });

  test('ranges are split by promise', () => {
    promiseVersions([data(1), data(1), data(2), data(2)], [1, 1, 2, 3]);
    commit([hole, hole, hole, hole]);
    expect(broken().map(({ segments, promisedBy }) => [segments, promisedBy])).toEqual([
      [0b0011, 1],
      [0b0100, 2],
      [0b1000, 3],
    ]);
  });

  test('ranges are split by class', () => {
    promiseVersions([data(2), zeros(2), zeros(2), data(2)], [1, 1, 1, 1]);
    commit([data(1), data(1), data(1), data(1)]);
    expect(broken().map(({ segments, kind }) => [segments, kind])).toEqual([
      [0b0001, 'lost'],
      [0b0110, 'resurrected'],
      [0b1000, 'lost'],
    ]);
  });

  test('a file that came back too short loses promised holes, by whoever promised the size', () => {
    promiseSize(4, 2);
    commit([hole, hole, hole, hole], 1);
    expect(broken()).toEqual([{ kind: 'lost', file: 0, segments: 0b1110, promisedBy: 2, sizeOnly: true }]);
  });

  test('one that came back too long has again what was cut off, by whoever promised the size', () => {
    promiseSize(1, 2);
    commit([hole, hole, hole, hole]);
    expect(broken()).toEqual([{ kind: 'resurrected', file: 0, segments: 0b1110, promisedBy: 2, sizeOnly: true }]);
  });

  test('data that was cut off and is back is not only a matter of size', () => {
    promiseSize(1, 2);
    promiseVersions([hole, zeros(2), zeros(2), hole], [0, 2, 2, 0]);
    commit([hole, data(1), data(1), hole], 4);
    expect(broken()).toEqual([{ kind: 'resurrected', file: 0, segments: 0b1110, promisedBy: 2, sizeOnly: false }]);
    expect(losses().sizeOnly).toBe(0b1000);
  });

  test('a size of after the promised change keeps the promise, shorter or longer', () => {
    promiseSize(2, 1);
    for (const size of [1, 3]) {
      commit([hole, hole, hole, hole], size, 2);
      expect(broken()).toEqual([]);
    }
  });

  test('behind a later size, promised data may be gone only with zeros of after the promise', () => {
    promiseVersions([data(1), data(1)], [1, 1]);
    commit([zeros(2), data(1)], 0, 1);
    expect(broken()).toEqual([{ kind: 'lost', file: 0, segments: 0b0010, promisedBy: 1, sizeOnly: false }]);
  });

  test('behind the end promised zeros are kept, for nothing is read there', () => {
    promiseVersions([zeros(2)], [1]);
    commit([data(1)], 0, 1);
    expect(broken()).toEqual([]);
  });

  test('data behind the end is lost data, holes there are only a matter of size', () => {
    promiseVersions([hole, hole, data(1), hole], [0, 0, 1, 0]);
    promiseSize(4, 2);
    commit([hole, hole, data(1), hole], 1);
    expect(broken()).toEqual([
      { kind: 'lost', file: 0, segments: 0b0010, promisedBy: 2, sizeOnly: true },
      { kind: 'lost', file: 0, segments: 0b0100, promisedBy: 1, sizeOnly: false },
      { kind: 'lost', file: 0, segments: 0b1000, promisedBy: 2, sizeOnly: true },
    ]);
  });

  test('one sync that promised size and data makes one range, which is not only a matter of size', () => {
    promiseVersions([hole, hole, hole, data(1)], [0, 0, 0, 2]);
    promiseSize(4, 2);
    commit([hole, hole, hole, hole], 0);
    expect(broken()).toEqual([{ kind: 'lost', file: 0, segments: 0b1111, promisedBy: 2, sizeOnly: false }]);
  });

  test('the initial size is older than any change: what a later one cuts off was promised by nobody', () => {
    commit([hole, hole, hole, hole], 3, 1);
    expect(broken()).toEqual([]);
  });

  test('what the log has counts, what it only has in memory does not', () => {
    promiseVersions([data(1), data(1), hole, hole], [1, 1, 0, 0]);
    logOnDisk(['data', '', '', ''], [data(1), hole, hole, hole]);
    inode().log.copyFrom(state, inode().diskLog);
    inode().log.data.set(state, 0b0011);
    inode().log.version[1]!.set(state, data(1));
    expect(broken().map(({ segments }) => segments)).toEqual([0b0010]);
  });
});
