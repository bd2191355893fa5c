import { describe, expect, test } from 'vitest';
import { end, following, type Step } from '../../engine/operations/step.ts';
import { Layout } from '../../engine/state/layout.ts';
import { placeSteps, TaskThread } from '../../engine/thread.ts';

const layout = new Layout();
const counter = layout.field(7);
const position = layout.field(15, 'control');

/** A step that goes to `target`. */
function step(name: string, { target, ...more }: Partial<Step> & { target?: string } = {}): Step {
  const goesTo = target === undefined ? {} : { goesTo: [target] };
  return { name, locks: '', does: '', apply: () => target, ...goesTo, ...more };
}

/** Runs the thread to its end; the names of its steps. */
function path(operations: readonly Step[][], resets: number[] = []): string[] {
  const thread = new TaskThread(0, position, placeSteps(operations), (state) => resets.push(position.get(state)));
  const state = new Int32Array(layout.words);
  const names: string[] = [];
  while (thread.next(state) < thread.steps.length) {
    const next = thread.next(state);
    names.push(thread.steps[next]!.step.name);
    thread.take(state, next);
  }
  return names;
}

describe('threads', () => {
  test.each<[string, Step[][], string[]]>([
    ['one step after the other', [[step('a'), step('b')], [step('c')]], ['a', 'b', 'c']],
    ['a jump forward', [[step('a', { target: 'c' }), step('b'), step('c')]], ['a', 'c']],
    ['`end` leaves the operation, not the task', [[step('a', { target: end }), step('b')], [step('c')]], ['a', 'c']],
    ['a step that is left out', [[step('a'), step('b', { when: () => false }), step('c')]], ['a', 'c']],
    [
      'labels tell steps of a name apart',
      [[step('a', { target: '2' }), step('b'), step('a', { label: '2' })]],
      ['a', 'a'],
    ],
    [
      'labels of other operations do not count',
      [[step('a', { target: 'b' }), step('b')], [step('b')]],
      ['a', 'b', 'b'],
    ],
  ])('%s', (_, operations, expected) => expect(path(operations)).toEqual(expected));

  test('a loop, until the step finds its work done', () => {
    const loop = step('loop', {
      goesTo: ['loop', following],
      apply: (state) => {
        counter.add(state, 1);
        return counter.get(state) < 3 ? 'loop' : undefined;
      },
    });
    expect(path([[loop, step('after')]])).toEqual(['loop', 'loop', 'loop', 'after']);
  });

  test('registers are reset when an operation ends, and only then', () => {
    const resets: number[] = [];
    path(
      [
        [step('a'), step('b')],
        [step('c', { target: end }), step('d')],
      ],
      resets,
    );
    expect(resets).toEqual([2, 4]);
  });

  test('two steps of one label are a mistake', () => {
    expect(() => placeSteps([[step('a'), step('a')]])).toThrow('two steps are labelled a');
  });

  test('a step goes only where it says, and says only where there is something', () => {
    expect(() => path([[step('a', { apply: () => 'b' }), step('b')]])).toThrow('a went to b unannounced');
    expect(() => path([[step('a', { target: 'c' }), step('b')]])).toThrow('a goes to c, which is no step');
  });

  test('which steps may still come: along every way that is announced', () => {
    const fork = step('fork', { goesTo: ['left', 'right'] });
    const steps = [fork, step('left', { target: end }), step('right'), step('last')];
    const thread = new TaskThread(0, position, placeSteps([steps, [step('left')]]), () => undefined);
    expect(thread.mayStillTake(0, 'left')).toEqual([true, true, false, false, false]);
    expect(thread.mayStillTake(0, 'last')).toEqual([true, false, true, true, false]);
    expect(thread.mayStillTake(1, 'left')).toEqual([false, false, false, false, true]);
  });

  test('a step that may be left out does not hide what is behind it', () => {
    const steps = [step('a', { target: end, when: () => false }), step('b')];
    const thread = new TaskThread(0, position, placeSteps([steps]), () => undefined);
    expect(thread.mayStillTake(0, 'b')).toEqual([true, true]);
  });

  test('a gate holds a step back, besides its own condition', () => {
    const thread = new TaskThread(
      0,
      position,
      placeSteps([[step('a', { ready: (state) => counter.get(state) > 1 })]]),
      () => undefined,
    );
    thread.addGate(0, (state) => counter.get(state) < 5);
    thread.addGate(0, (state) => counter.get(state) !== 3);
    const state = new Int32Array(layout.words);
    const ready = [1, 2, 3, 4, 5].filter((value) => {
      counter.set(state, value);
      return thread.isReady(state, 0);
    });
    expect(ready).toEqual([2, 4]);
    counter.set(state, 1);
    expect(thread.isReleased(state, 0)).toBe(true);
  });
});
