import { describe, expect, it } from 'vitest';
import { notesOf } from '../../../client/replay/step-notes.ts';
import type { FileView, Trace } from '../../../engine/index.ts';
import {
  blocks,
  crashThatLoses,
  fileView,
  modifiedExtentMap,
  stateView,
  taskStep,
  traceOf,
} from './hand-made-trace.ts';
import { seedTrace } from './seed-trace.ts';

const fsync = { task: 0, operation: 1 };
const range = blocks(0, 2);
const listed = { extentMaps: [modifiedExtentMap(range)] };
const logged = (version: string) => ({ logged: [{ range, kind: 'data' as const, version }] });

/** kswapd takes a step between two of the fsync, and the file looks as given after each of the three. */
function lossAfter(...files: Partial<FileView>[]): Trace {
  const steps = ['log_inode', 'try_release_extent_mapping', 'return'];
  return traceOf(
    ...steps.map((step, i) => {
      const crash = step === 'return' ? { crash: crashThatLoses(range, fsync) } : {};
      return taskStep(i === 1 ? 1 : 0, i === 1 ? 0 : 1, step, stateView({ files: [fileView(files[i])], ...crash }));
    }),
  );
}

const textsOf = (trace: Trace) =>
  [...notesOf(trace)].map(([position, notes]) => [position, ...notes.map(({ text }) => text)]);

describe('notesOf', () => {
  it('says nothing of a trace that loses nothing', () => {
    expect(textsOf(traceOf(taskStep(0, 1, 'return')))).toEqual([]);
  });

  it('names the step that hides the data and the one that promises it', () => {
    expect(textsOf(lossAfter(listed, {}, {}))).toEqual([
      [3, 'promises I 0..8K'],
      [2, 'hides I 0..8K from fsync'],
    ]);
  });

  it('names only the part that a step hides', () => {
    expect(textsOf(lossAfter(listed, { extentMaps: [modifiedExtentMap(blocks(1, 2))] }, listed))).toEqual([
      [3, 'promises I 0..8K'],
      [2, 'hides I 0..4K from fsync'],
    ]);
  });

  it('does not blame a step that leaves the data in the log', () => {
    expect(textsOf(lossAfter(listed, logged('app: write'), logged('app: write')))).toEqual([[3, 'promises I 0..8K']]);
  });

  it('blames it when the log has an older version', () => {
    expect(textsOf(lossAfter(listed, logged('initial data'), logged('initial data')))).toContainEqual([
      2,
      'hides I 0..8K from fsync',
    ]);
  });

  it('does not blame a step for data that is still dirty', () => {
    const dirty = { pages: [{ range, state: 'dirty' as const, version: 'app: write' }] };
    expect(textsOf(lossAfter({ ...listed, ...dirty }, dirty, dirty))).toEqual([[3, 'promises I 0..8K']]);
  });

  it('finds both in the race of the shipped scenario', () => {
    const trace = seedTrace();
    const told = [...notesOf(trace)].map(([position, notes]) => {
      const { task, step } = trace.steps[position - 1] ?? {};
      return [task, step, ...notes.map(({ kind }) => kind)];
    });
    expect(told).toEqual([
      ['app', 'return', 'promise'],
      ['kswapd', 'try_release_extent_mapping', 'loss'],
    ]);
  });
});
