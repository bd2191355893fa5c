import { describe, expect, test } from 'vitest';
import { FilePromise, syncPromise } from '../../../engine/durability/promises.ts';
import { Registers } from '../../../engine/operations/registers.ts';
import { compile } from '../../../engine/program.ts';
import { buildScenario } from '../scenario-builder.ts';

/** A file of three blocks and two sync operations of two tasks; versions are those of data. */
function promising() {
  const { machine, layout } = compile(
    buildScenario({ files: ['I 8K'], tasks: { a: ['write I 0..4K', 'write I 8K..12K', 'write I 8K..12K'] } }),
  );
  const inode = machine.inodes[0]!;
  const limits = { versions: 2, sizeChanges: 2 };
  const promise = new FilePromise(layout, inode.segments.count, 0, { ...limits, syncs: 2, ranged: [] });
  const syncs = [1, 2].map((sync) =>
    syncPromise(sync, [{ inode, promise, limits, range: 'all' }], new Registers(layout)),
  );
  const state = new Int32Array(layout.words);
  const change = (versions: readonly number[], size: number) => {
    for (const [i, version] of versions.entries()) inode.content[i]!.set(state, 2 * version);
    inode.size.change(state, size);
  };
  const read = () => ({
    versions: promise.version.map((field) => field.get(state) / 2),
    by: promise.promisedBy.map((field) => field.get(state)),
    size: [promise.size.get(state), promise.sizePromisedBy.get(state)],
  });
  return { state, change, read, first: syncs[0]!, second: syncs[1]! };
}

describe('promises', () => {
  test('hold from the return on, for what was there at the call', () => {
    const { state, change, read, first } = promising();
    change([1, 0, 0], 2);
    first.call(state);
    change([2, 0, 1], 3);
    expect(read()).toEqual({ versions: [0, 0, 0], by: [0, 0, 0], size: [0, 0] });
    first.fulfil(state);
    expect(read()).toEqual({ versions: [1, 0, 0], by: [1, 0, 0], size: [2, 1] });
  });

  test('only rise: who called earlier and returns later takes nothing back', () => {
    const { state, change, read, first, second } = promising();
    change([1, 1, 0], 2);
    first.call(state);
    change([2, 1, 1], 3);
    second.call(state);
    second.fulfil(state);
    first.fulfil(state);
    expect(read()).toEqual({ versions: [2, 1, 1], by: [2, 2, 2], size: [3, 2] });
  });

  test('who promises the same again does not take it over', () => {
    const { state, change, read, first, second } = promising();
    change([1, 0, 0], 2);
    for (const sync of [first, second]) {
      sync.call(state);
      sync.fulfil(state);
    }
    expect(read()).toEqual({ versions: [1, 0, 0], by: [1, 0, 0], size: [2, 1] });
  });

  test('also about what is behind the size at the call, for the file may grow again', () => {
    const { state, change, read, first } = promising();
    change([1, 0, 1], 1);
    first.call(state);
    first.fulfil(state);
    expect(read()).toEqual({ versions: [1, 0, 1], by: [1, 0, 1], size: [1, 1] });
  });

  test('of a smaller size replace that of a larger one, not the other way round', () => {
    const { state, change, read, first, second } = promising();
    change([0, 0, 0], 3);
    first.call(state);
    change([0, 0, 0], 1);
    second.call(state);
    second.fulfil(state);
    first.fulfil(state);
    expect(read().size).toEqual([1, 2]);
  });
});
