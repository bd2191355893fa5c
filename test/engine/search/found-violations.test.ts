import { beforeEach, describe, expect, test } from 'vitest';
import { initialVersion, nextVersion } from '../../../engine/model/version.ts';
import { compile, type Program } from '../../../engine/program.ts';
import { FoundViolations } from '../../../engine/search/found-violations.ts';
import { buildScenario } from '../scenario-builder.ts';

let program: Program;
let found: FoundViolations;
beforeEach(() => {
  const tasks = { a: ['write I 0..4K', 'write I 8K..12K', 'write J 0..4K', 'fsync I', 'fsync I', 'sync'] };
  program = compile(buildScenario({ files: ['I 16K', 'J 4K'], tasks }));
  found = new FoundViolations(program);
});

/** Judges a state in which these segments of the files are promised by these syncs, and lost. */
function judge(index: number, depth: number, ...promised: Readonly<Record<number, number>>[]): boolean {
  const state = program.initial.slice();
  for (const [file, segments] of promised.entries()) {
    for (const [segment, by] of Object.entries(segments)) {
      program.promises[file]!.version[Number(segment)]!.set(state, nextVersion(initialVersion(true), false));
      program.promises[file]!.promisedBy[Number(segment)]!.set(state, by);
    }
  }
  return found.judge(state, index, depth);
}

/** File, segments, promise, and the states in which it was found. */
const all = () => found.all.map(({ file, segments, promisedBy, states }) => [file, segments, promisedBy, ...states]);

describe('found violations', () => {
  test('a state that loses nothing is none', () => {
    expect(judge(0, 0)).toBe(false);
    expect(all()).toEqual([]);
  });

  test('all states at the least depth are kept, later ones are not', () => {
    expect([judge(4, 2, { 0: 1 }), judge(5, 2, { 0: 1 }), judge(6, 3, { 0: 1 })]).toEqual([true, true, true]);
    expect(all()).toEqual([[0, 0b1, 1, 4, 5]]);
  });

  test('one that comes with others is the same one, at the same depth and later', () => {
    judge(4, 2, { 0: 1 });
    judge(5, 2, { 0: 1, 2: 1 });
    judge(6, 3, { 0: 1, 2: 1 });
    judge(7, 3, { 0: 1, 2: 2 });
    judge(8, 3, { 0: 1, 2: 2 });
    expect(all()).toEqual([
      [0, 0b001, 1, 4, 5],
      [0, 0b100, 1, 5],
      [0, 0b100, 2, 7, 8],
    ]);
  });

  test('the promise tells violations of one range apart', () => {
    judge(4, 2, { 0: 1 });
    judge(5, 2, { 0: 2 });
    expect(all()).toEqual([
      [0, 0b1, 1, 4],
      [0, 0b1, 2, 5],
    ]);
  });

  test('files are judged on their own', () => {
    judge(4, 2, { 0: 3 }, { 0: 3 });
    judge(5, 2, {}, { 0: 3 });
    expect(all()).toEqual([
      [0, 0b1, 3, 4],
      [1, 0b1, 3, 4, 5],
    ]);
  });
});
