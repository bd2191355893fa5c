import { describe, expect, it } from 'vitest';
import { type ComparedState, compareStates } from '../../../client/replay/compared-state.ts';
import type { FileView } from '../../../engine/index.ts';
import { blocks, fileView, modifiedExtentMap, stateView } from './hand-made-trace.ts';

const withFile = (parts: Partial<FileView>) => stateView({ files: [fileView(parts)] });

/** Everything that is marked as changed, as `where: what`. */
function changesIn({ facts, files }: ComparedState): string[] {
  const ofFacts = [...facts, ...files.map((file) => file.facts)].flatMap(({ title, facts: all }) =>
    all
      .filter(({ value }) => value.before !== undefined)
      .map(({ name, value }) => `${title}: ${name} ${value.before} > ${value.text}`),
  );
  const ofTables = files
    .flatMap(({ tables }) => tables)
    .flatMap(({ title, rows }) =>
      rows
        .filter(({ change }) => change !== 'same')
        .map(({ change, cells }) =>
          [`${title}: ${change}`, ...cells.map(({ text, before }) => (before ? `${before} > ${text}` : text))].join(
            ' ',
          ),
        ),
    );
  return [...ofFacts, ...ofTables];
}

describe('compareStates', () => {
  it('marks nothing in a state compared with itself', () => {
    const state = withFile({ extentMaps: [modifiedExtentMap(blocks(0, 1))] });
    expect(changesIn(compareStates(state, state))).toEqual([]);
  });

  it('names transaction, log and inode fields as the kernel does', () => {
    const { facts, files } = compareStates(stateView(), stateView());
    const names = [...facts, ...files.map((file) => file.facts)].flatMap((group) =>
      group.facts.map(({ name }) => name),
    );
    expect(names).toEqual(
      expect.arrayContaining(['last_trans_committed', 'log_transid', 'disk_i_size', 'logged_trans']),
    );
  });

  it('says sizes and flags in words', () => {
    const [file] = compareStates(stateView(), withFile({ size: 4096, needsFullSync: true, lockedBy: 'app' })).files;
    expect(file?.facts.facts.map(({ name, value }) => [name, value.text])).toEqual([
      ['i_size', '4K'],
      ['disk_i_size', '32M'],
      ['inode lock', 'app'],
      ['NEEDS_FULL_SYNC', 'yes'],
      ['last_trans', '0'],
      ['logged_trans', '0'],
    ]);
  });

  it('shows the transaction that is being written only while there is one', () => {
    const writing = stateView({
      transaction: { generation: 9, state: 'running', committing: 8, lastCommitted: 7 },
    });
    const names = (state: ComparedState) => state.facts[0]?.facts.map(({ name }) => name);
    expect(names(compareStates(writing, writing))).toContain('committing');
    expect(names(compareStates(writing, stateView()))).not.toContain('committing');
  });

  it.each<{ name: string; before: Partial<FileView>; after: Partial<FileView>; changes: string[] }>([
    {
      name: 'an extent map that is unpinned',
      before: { extentMaps: [{ ...modifiedExtentMap(blocks(0, 1)), pinned: true, generation: null }] },
      after: { extentMaps: [modifiedExtentMap(blocks(0, 1))] },
      changes: ['extent maps: changed 0..4K data in flight > 8 yes yes > – –'],
    },
    {
      name: 'a collected extent map that page release drops from the tree',
      before: { extentMaps: [{ ...modifiedExtentMap(blocks(0, 1)), modified: false, logging: true }] },
      after: {
        extentMaps: [{ ...modifiedExtentMap(blocks(0, 1)), modified: false, logging: true, inTree: false }],
      },
      changes: ['extent maps: removed 0..4K data 8 – – yes', 'extent maps: added 0..4K data, dropped – – – yes'],
    },
    {
      name: 'pages under writeback',
      before: { pages: [{ range: blocks(0, 2), state: 'dirty', version: 'app: write' }] },
      after: {
        pages: [
          { range: blocks(0, 1), state: 'writeback', version: 'app: write' },
          { range: blocks(1, 2), state: 'dirty', version: 'app: write' },
        ],
      },
      changes: ['pages: changed 0..4K dirty > writeback app: write'],
    },
    {
      name: 'an ordered extent that is half submitted',
      before: {},
      after: { orderedExtents: [{ range: blocks(0, 2), unsubmitted: [blocks(1, 2)], next: 'end_bio' }] },
      changes: ['ordered extents: added 0..8K end_bio 4K..8K'],
    },
    {
      name: 'an item that gets into the log, and a hole',
      before: { tree: [{ range: blocks(0, 1), kind: 'data', version: 'app: write' }] },
      after: {
        tree: [{ range: blocks(0, 1), kind: 'data', version: 'app: write' }],
        logged: [
          { range: blocks(0, 1), kind: 'data', version: 'app: write' },
          { range: blocks(1, 2), kind: 'hole', version: 'hole' },
        ],
      },
      changes: [
        'file extent items: changed 0..4K app: write – – > app: write –',
        'file extent items: added 4K..8K – – hole –',
      ],
    },
  ])('marks $name', ({ before, after, changes }) => {
    expect(changesIn(compareStates(withFile(before), withFile(after)))).toEqual(changes);
  });
});
