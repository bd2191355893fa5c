import type { Field, Layout, State } from '../state/layout.ts';

/** The pages of one file, as sets of segments that are always whole blocks. */
export class PageCache {
  /** In memory and up to date. What is cached has no effect on what a power failure leaves. */
  readonly cached: Field;
  readonly dirty: Field;
  readonly writeback: Field;
  /** Locked by a writeback that is between reserving their extent and creating the ordered extent. */
  readonly locked: Field;

  constructor(layout: Layout, segments: number) {
    this.cached = layout.set(segments, 'control');
    this.dirty = layout.set(segments);
    this.writeback = layout.set(segments);
    this.locked = layout.set(segments, 'control');
  }

  makeDirty(state: State, pages: number): void {
    this.cached.include(state, pages);
    this.dirty.include(state, pages);
  }

  /** Pages that a read brought in: clean. */
  read(state: State, pages: number): void {
    this.cached.include(state, pages);
  }

  /** set_page_writeback and clear_page_dirty_for_io: the pages are on their way to the disk. */
  submit(state: State, pages: number): void {
    this.dirty.exclude(state, pages);
    this.writeback.include(state, pages);
  }

  endWriteback(state: State, pages: number): void {
    this.writeback.exclude(state, pages);
  }

  lock(state: State, pages: number): void {
    this.locked.include(state, pages);
  }

  unlock(state: State, pages: number): void {
    this.locked.exclude(state, pages);
  }

  /** Those of `pages` that page release may try: in memory, and neither dirty, under writeback, nor locked. */
  clean(state: State, pages: number): number {
    let clean = this.cached.within(state, pages);
    clean &= ~this.dirty.within(state, clean);
    clean &= ~this.writeback.within(state, clean);
    return clean & ~this.locked.within(state, clean);
  }

  drop(state: State, pages: number): void {
    this.cached.exclude(state, pages);
  }
}
