import type { FilePromise } from './durability/promises.ts';
import type { Machine } from './model/machine.ts';
import { initialVersion } from './model/version.ts';
import type { ScenarioFile, ScenarioNamespace } from './scenario.ts';
import type { Layout, State } from './state/layout.ts';

/** As after a fresh mount: everything that exists is committed, caches and lists are empty, no transaction runs. */
export function initialState(
  files: readonly ScenarioFile[],
  namespace: ScenarioNamespace | undefined,
  { inodes, names }: Machine,
  promises: readonly FilePromise[],
  layout: Layout,
): State {
  const state = new Int32Array(layout.words);
  if (namespace !== undefined) names?.initialize(state, namespace);
  for (const inode of inodes) {
    const { size, data, prealloc = [], needsFullSync, flushOnClose } = files[inode.index]!;
    const { segments } = inode;
    const promise = promises[inode.index]!;
    const written = data.reduce((mask, range) => mask | segments.maskOf(range), 0);
    const versions = [inode.content, inode.tree.version, inode.committed.version, promise.version];
    for (const fields of versions) {
      for (const [i, field] of fields.entries()) field.set(state, initialVersion((written & (1 << i)) === 0));
    }
    for (const sized of [inode.size, inode.tree.size, inode.committed.size, promise.size]) {
      sized.initialize(state, segments.indexOf(size));
    }
    if (names !== undefined) promise.names.set(state, names.namesOf(state, inode.index));
    for (const image of [inode.tree, inode.committed]) {
      image.present.set(state, names === undefined || names.isLinked(state, inode.index) ? 1 : 0);
      for (const range of data) {
        image.insertExtent(state, segments.wholeBlocks(segments.maskOf(range)), 'data', inode.content);
      }
      for (const range of prealloc) image.insertExtent(state, segments.maskOf(range), 'prealloc', inode.content);
      image.inline.set(state, written !== 0 && prealloc.length === 0 && size <= inode.storage.maximumInline ? 1 : 0);
      const holes = segments.wholeBlocks(inode.inside(state)) & ~image.described(state);
      if (inode.fs.mount.holes) image.insertExtent(state, holes, 'hole', inode.content);
      image.items.commit(state);
    }
    for (const range of [...data, ...prealloc]) {
      inode.blocks.allocate(state, inode.tree, segments.wholeBlocks(segments.maskOf(range)));
    }
    if (inode.tree.inline.get(state) === 1) inode.tree.blocks.forget(state, segments.wholeBlocks(1));
    inode.committed.blocks.copyFrom(state, inode.tree.blocks);
    inode.inlineEnd.set(state, inode.size.get(state) & inode.inlineEnd.mask);
    inode.hasPrealloc.set(state, prealloc.length === 0 ? 0 : inode.hasPrealloc.mask);
    inode.needsFullSync.set(state, needsFullSync ? 1 : 0);
    inode.flushOnClose.set(state, flushOnClose ? 1 : 0);
    inode.setLastLogCommit(state, 0);
  }
  return state;
}
