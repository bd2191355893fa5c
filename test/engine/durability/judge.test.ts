import { beforeEach, describe, expect, test } from 'vitest';
import { dataAfterCrash, sizeAfterCrash, versionAfterCrash } from '../../../engine/durability/after-crash.ts';
import { brokenPromises, lostSegments } from '../../../engine/durability/judge.ts';
import { compile, type Program } from '../../../engine/program.ts';
import type { State } from '../../../engine/state/layout.ts';
import { buildScenario } from '../scenario-builder.ts';

let program: Program;
let state: State;

/** A file of four blocks with room for three versions and three syncs. */
beforeEach(() => {
  const writes = ['write I 0..4K', 'write I 4K..8K', 'write I 8K..12K'];
  program = compile(buildScenario({ files: ['I 16K'], tasks: { a: writes, b: ['fsync I', 'fsync I', 'sync'] } }));
  state = program.initial.slice();
});

const inode = () => program.machine.inodes[0]!;
const log = () => program.machine.log;
const promise = () => program.promises[0]!;
const broken = () => brokenPromises(inode(), promise(), log(), state);

/** Promises a version of each segment, by a sync; 0 is no promise. */
function promiseVersions(versions: readonly number[], by: readonly number[]): void {
  for (const [i, version] of versions.entries()) {
    promise().version[i]!.set(state, version);
    promise().promisedBy[i]!.set(state, by[i]!);
  }
}

/** What the last commit has: versions, and the size in segments. */
function commit(versions: readonly number[], size = 4): void {
  inode().committed.size.set(state, size);
  for (const [i, version] of versions.entries()) inode().committed.version[i]!.set(state, version);
}

/** What the log on disk has: items as `data`, `hole` or nothing, each with a version. */
function logOnDisk(items: readonly ('data' | 'hole' | '')[], versions: readonly number[], size = 4): void {
  log().onDisk.set(state, 1);
  inode().diskLog.present.set(state, 1);
  inode().diskLog.size.set(state, size);
  const mask = (kind: string) => items.reduce((sum, item, i) => (item === kind ? sum | (1 << i) : sum), 0);
  inode().diskLog.data.set(state, mask('data'));
  inode().diskLog.hole.set(state, mask('hole'));
  for (const [i, version] of versions.entries()) inode().diskLog.version[i]!.set(state, version);
}

describe('what a crash leaves', () => {
  const versions = () => [0, 1, 2, 3].map((i) => versionAfterCrash(inode(), log(), state, i));

  test('the last commit, without a log', () => {
    commit([1, 2, 0, 0], 3);
    expect([versions(), sizeAfterCrash(inode(), log(), state)]).toEqual([[1, 2, 0, -1], 3]);
  });

  test('the log wins where it has an item, data or hole, and gives the size', () => {
    commit([1, 1, 1, 1], 3);
    logOnDisk(['data', 'hole', '', 'data'], [2, 0, 0, 2]);
    expect([versions(), sizeAfterCrash(inode(), log(), state)]).toEqual([[2, 0, 1, 2], 4]);
  });

  test('a log that does not mention the inode, or that no super block points to, changes nothing', () => {
    commit([1, 1, 1, 1]);
    logOnDisk(['data', 'data', 'data', 'data'], [2, 2, 2, 2]);
    inode().diskLog.present.set(state, 0);
    expect(versions()).toEqual([1, 1, 1, 1]);
    inode().diskLog.present.set(state, 1);
    log().onDisk.set(state, 0);
    expect(versions()).toEqual([1, 1, 1, 1]);
  });

  test('behind the size of the log there is nothing, whatever the commit has', () => {
    commit([1, 1, 1, 1]);
    inode().committed.data.set(state, 0b1111);
    logOnDisk(['', '', '', ''], [0, 0, 0, 0], 2);
    expect(versions()).toEqual([1, 1, -1, -1]);
    expect(dataAfterCrash(inode(), log(), state)).toBe(0b0011);
  });

  test('data of the commit and of the log, but not under a hole of the log', () => {
    inode().committed.data.set(state, 0b0011);
    logOnDisk(['', 'hole', 'data', ''], [0, 0, 1, 0]);
    expect(dataAfterCrash(inode(), log(), state)).toBe(0b0101);
  });
});

describe('broken promises', () => {
  test.each<[string, number[], number[], number]>([
    ['the same version', [1, 0, 0, 0], [1, 0, 0, 0], 0],
    ['a later one', [1, 0, 0, 0], [2, 3, 0, 0], 0],
    ['an older one', [2, 1, 0, 0], [1, 1, 0, 0], 0b0001],
    ['nothing promised, nothing there', [0, 0, 0, 0], [0, 0, 0, 0], 0],
  ])('%s', (_, promised, found, lost) => {
    promiseVersions(promised, [1, 1, 1, 1]);
    commit(found);
    expect(lostSegments(inode(), promise(), log(), state)).toBe(lost);
  });

  test('ranges are maximal, and split where there is a gap', () => {
    promiseVersions([1, 1, 1, 1], [1, 1, 1, 1]);
    commit([0, 0, 1, 0]);
    expect(broken()).toEqual([
      { file: 0, segments: 0b0011, promisedBy: 1, sizeOnly: false },
      { file: 0, segments: 0b1000, promisedBy: 1, sizeOnly: false },
    ]);
  });

  test('ranges are split by promise', () => {
    promiseVersions([1, 1, 2, 2], [1, 1, 2, 3]);
    commit([0, 0, 0, 0]);
    expect(broken().map(({ segments, promisedBy }) => [segments, promisedBy])).toEqual([
      [0b0011, 1],
      [0b0100, 2],
      [0b1000, 3],
    ]);
  });

  test('a file that came back too short loses promised holes, by whoever promised the size', () => {
    promise().size.set(state, 4);
    promise().sizePromisedBy.set(state, 2);
    commit([0, 0, 0, 0], 1);
    expect(broken()).toEqual([{ file: 0, segments: 0b1110, promisedBy: 2, sizeOnly: true }]);
  });

  test('data behind the end is lost data, holes there are only a matter of size', () => {
    promiseVersions([0, 0, 1, 0], [0, 0, 1, 0]);
    promise().sizePromisedBy.set(state, 2);
    commit([0, 0, 1, 0], 1);
    expect(broken()).toEqual([
      { file: 0, segments: 0b0010, promisedBy: 2, sizeOnly: true },
      { file: 0, segments: 0b0100, promisedBy: 1, sizeOnly: false },
      { file: 0, segments: 0b1000, promisedBy: 2, sizeOnly: true },
    ]);
  });

  test('one sync that promised size and data makes one range, which is not only a matter of size', () => {
    promiseVersions([0, 0, 0, 1], [0, 0, 0, 2]);
    promise().sizePromisedBy.set(state, 2);
    commit([0, 0, 0, 0], 0);
    expect(broken()).toEqual([{ file: 0, segments: 0b1111, promisedBy: 2, sizeOnly: false }]);
  });

  test('the initial state is promised: by nobody', () => {
    commit([0, 0, 0, 0], 3);
    expect(broken()).toEqual([{ file: 0, segments: 0b1000, promisedBy: 0, sizeOnly: true }]);
  });

  test('what the log has counts, what it only has in memory does not', () => {
    promiseVersions([1, 1, 0, 0], [1, 1, 0, 0]);
    logOnDisk(['data', '', '', ''], [1, 0, 0, 0]);
    inode().log.copyFrom(state, inode().diskLog);
    inode().log.data.set(state, 0b0011);
    inode().log.version[1]!.set(state, 1);
    expect(broken().map(({ segments }) => segments)).toEqual([0b0010]);
  });
});
