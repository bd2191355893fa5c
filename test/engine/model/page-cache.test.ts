import { describe, expect, test } from 'vitest';
import { PageCache } from '../../../engine/model/page-cache.ts';
import { Layout } from '../../../engine/state/layout.ts';

test('the life of pages: dirty, under writeback, clean, released', () => {
  const layout = new Layout();
  const pages = new PageCache(layout, 4);
  const state = new Int32Array(layout.words);
  const read = () => [pages.dirty.get(state), pages.writeback.get(state), pages.clean(state, ~0)];

  pages.makeDirty(state, 0b0111);
  expect(read()).toEqual([0b0111, 0, 0]);
  pages.submit(state, 0b0011);
  expect(read()).toEqual([0b0100, 0b0011, 0]);
  pages.endWriteback(state, 0b0001);
  expect(read()).toEqual([0b0100, 0b0010, 0b0001]);
  pages.lock(state, 0b0001);
  expect(read()).toEqual([0b0100, 0b0010, 0]);
  pages.unlock(state, 0b0001);
  pages.drop(state, 0b0001);
  expect(read()).toEqual([0b0100, 0b0010, 0]);
  pages.makeDirty(state, 0b0001);
  expect(read()).toEqual([0b0101, 0b0010, 0]);
});

describe('clean pages', () => {
  test('a page that never was in memory is not one', () => {
    const layout = new Layout();
    const pages = new PageCache(layout, 4);
    expect(pages.clean(new Int32Array(layout.words), ~0)).toBe(0);
  });
});
