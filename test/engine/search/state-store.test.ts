import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StateStore } from '../../../engine/search/state-store.ts';

/** Numbers that look random and never repeat within 2^32. */
function scatter(index: number): number {
  return Math.imul(index, 0x9e3779b1) ^ 0x5bd1e995;
}

const roomy = 2 ** 30;

describe('state store', () => {
  test('takes no state beyond its capacity, and still knows those it has', () => {
    const store = new StateStore(1);
    const add = (word: number) => store.add(Int32Array.of(word), 2);
    expect([7, 8, 9, 7, 8, 9].map(add)).toEqual([0, 1, -1, 0, 1, -1]);
    expect(store.count).toBe(2);
  });

  test('numbers states in the order in which they come, and knows them again', () => {
    const store = new StateStore(2);
    const states = fc.array(fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 })), { minLength: 60, maxLength: 60 });
    const numbers = new Map<string, number>();
    for (const words of fc.sample(states, { seed: 1, numRuns: 1 })[0]!) {
      const known = numbers.get(words.join());
      const before = store.count;
      const number = store.add(Int32Array.from(words), roomy);
      expect([number, store.count]).toEqual(known === undefined ? [before, before + 1] : [known, before]);
      numbers.set(words.join(), number);
    }
    expect(store.count).toBe(numbers.size);
  });

  test('keeps every state through growth of chunks and table', () => {
    const store = new StateStore(3);
    const state = new Int32Array(3);
    const fill = (index: number) => state.set([index & 1, scatter(index), -index]);
    const count = 100_000;
    for (let i = 0; i < count; i++) {
      fill(i);
      if (store.add(state, roomy) !== i) expect.unreachable(`state ${i} was taken for another`);
    }
    for (let i = count - 1; i >= 0; i--) {
      fill(i);
      if (store.add(state, roomy) !== i) expect.unreachable(`state ${i} was forgotten`);
    }
    const read = new Int32Array(3);
    for (const index of [0, 1, 16_383, 16_384, count - 1]) {
      store.read(index, read);
      fill(index);
      expect(read).toEqual(state);
    }
    expect(store.count).toBe(count);
    expect(store.bytes).toBeGreaterThan(count * 12);
  });

  test('what is read is a copy', () => {
    const store = new StateStore(1);
    const state = Int32Array.of(7);
    store.add(state, roomy);
    state[0] = 8;
    const read = Int32Array.of(0);
    store.read(0, read);
    expect([read[0], store.add(Int32Array.of(7), roomy)]).toEqual([7, 0]);
  });

  /** Among 2^18 states about eight pairs share all 32 bits of any hash: they must stay apart. */
  test('states that share a hash stay apart', () => {
    const store = new StateStore(2);
    const state = new Int32Array(2);
    const count = 2 ** 18;
    for (let i = 0; i < count; i++) {
      state.set([scatter(i), scatter(i + 2 ** 24)]);
      store.add(state, roomy);
    }
    expect(store.count).toBe(count);
  });

  test.each([0, 1, 2])('states that differ in word %i only stay apart, where they meet in the table, too', (word) => {
    const store = new StateStore(3);
    const state = new Int32Array(3);
    for (let i = 0; i < 20_000; i++) {
      state[word] = scatter(i);
      store.add(state, roomy);
    }
    expect(store.count).toBe(20_000);
  });
});
