import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AccessRecord, Layout } from '../../../engine/state/layout.ts';

const maxima = fc.array(fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 2 ** 30 - 1 })), { minLength: 1, maxLength: 40 });

describe('layout', () => {
  test('every field keeps what was written to it, whatever is written to the others', () => {
    fc.assert(
      fc.property(maxima, fc.infiniteStream(fc.nat()), (limits, numbers) => {
        const layout = new Layout();
        const fields = limits.map((limit) => layout.field(limit));
        const state = new Int32Array(layout.words);
        const values = limits.map((limit) => (numbers.next().value ?? 0) % (limit + 1));
        for (const [i, field] of fields.entries()) field.set(state, limits[i]!);
        for (const [i, field] of fields.entries()) field.set(state, values[i]!);
        expect(fields.map((field) => field.get(state))).toEqual(values);
      }),
      { seed: 1 },
    );
  });

  test.each([
    ['three sets of ten segments share a word', [10, 10, 10], 1],
    ['a fourth does not fit', [10, 10, 10, 10], 2],
    ['a late small one fills the first gap', [30, 30, 2], 2],
    ['a set of no segments needs no bit', [30, 2, 0], 1],
  ])('packing: %s', (_, counts, words) => {
    const layout = new Layout();
    for (const count of counts) layout.set(count);
    expect(layout.words).toBe(words);
  });

  test('a field whose maximum is 0 is always 0 and disturbs nothing', () => {
    const layout = new Layout();
    const none = layout.field(0);
    const state = new Int32Array(layout.words).fill(-1);
    none.set(state, 0);
    expect([none.get(state), state[0], layout.words]).toEqual([0, -1, 1]);
  });

  test('add is relative, also in the top bits of a word', () => {
    const layout = new Layout();
    layout.set(30);
    const top = layout.field(3);
    const state = new Int32Array(layout.words);
    top.set(state, 3);
    top.add(state, -1);
    expect([top.get(state), top.word]).toEqual([2, 0]);
  });

  test('model bits leave out control fields', () => {
    const layout = new Layout();
    layout.field(3, 'control');
    layout.field(3);
    layout.set(30, 'control');
    expect([...layout.bitsOf('model', 'judged')]).toEqual([0b1100, 0]);
  });
});

describe('a record of accesses', () => {
  test('tells bits that were read from those that were written, as 0 and as 1', () => {
    const record = new AccessRecord();
    const layout = new Layout(record);
    const set = layout.set(4);
    const number = layout.field(2 ** 30 - 1);
    const state = new Int32Array(layout.words);
    record.clear();
    set.include(state, 0b0011);
    set.exclude(state, 0b0001);
    expect(set.within(state, 0b0110)).toBe(0b0010);
    number.set(state, 5);
    const bits = (words: Int32Array) => [words[0]! & 0b1111, words[1]! >>> 0];
    expect(layout.words).toBe(2);
    expect([record.reads, record.ones, record.zeros].map(bits)).toEqual([
      [0b0110, 0],
      [0b0011, 5],
      [0b0001, 2 ** 30 - 6],
    ]);
  });

  test('has room for every word of a large state', () => {
    const record = new AccessRecord();
    const layout = new Layout(record);
    const fields = layout.fields(2000, 2 ** 30 - 1);
    record.clear();
    fields.at(-1)!.set(new Int32Array(layout.words), 1);
    expect([record.ones.length, record.ones.at(-1)]).toEqual([2000, 1]);
  });
});
