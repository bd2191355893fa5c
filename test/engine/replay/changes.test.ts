import { expect, test } from 'vitest';
import { run } from '../run-schedule.ts';
import type { ScenarioText } from '../scenario-builder.ts';

const tasks = {
  a: ['write I 0..4K', 'write I 12K..16K', 'fsync I', 'commit'],
  f: ['writeback I'],
  r: ['releasepage I 0..4K'],
};
const small: ScenarioText = { files: ['I 0'], tasks };
const large: ScenarioText = { files: ['I 32M needs-full-sync'], tasks: { ...tasks, r: ['releasepage I'] } };
const fast: ScenarioText = { ...large, files: ['I 32M'] };
const written = ['a: write', 'f: writeback', 'a: write'];

test.each<[string, ScenarioText, string[], string]>([
  ['i_size', small, ['a: write'], 'I: i_size 0 -> 4K'],
  ['disk_i_size', small, ['a: write', 'f: writeback'], 'I: disk_i_size 0 -> 4K'],
  ['a hole', small, ['a: write', 'a: write'], 'hole extent map I 4K..16K added, on the list of modified extents'],
  [
    'a collected map',
    small,
    [...written, 'a: fsync until log_changed_extents'],
    'extent map I 0..4K collected from the list of modified extents',
  ],
  ['a logged map', small, [...written, 'a: fsync until log_one_extent'], 'extent map I 0..4K no longer LOGGING'],
  [
    'a map of a committed generation',
    small,
    ['a: write', 'a: write', 'a: fsync until log_changed_extents'],
    'hole extent map I 4K..12K taken off the list of modified extents',
  ],
  [
    'a map that the fsync holds',
    fast,
    [...written, 'a: fsync until log_changed_extents', 'r: releasepage'],
    'extent map I 0..4K dropped from the tree, still held by the fsync',
  ],
  [
    'and lets go of',
    fast,
    [...written, 'a: fsync until log_changed_extents', 'r: releasepage', 'a: fsync until log_one_extent'],
    'extent map I 0..4K freed',
  ],
  ['an unlisted map', large, [...written, 'a: fsync', 'r: releasepage'], 'extent map I 0..4K dropped from the tree'],
  ['the flag', large, [...written, 'a: fsync'], 'I: full-sync flag cleared'],
  ['what is logged', small, [...written, 'a: fsync'], 'log tree: I 0..4K = a: write 1'],
  ['what is durable', small, [...written, 'a: fsync'], 'log on disk: I 12K..16K = a: write 2'],
  ['a commit begins', small, [...written, 'a: fsync', 'a: commit'], 'transaction 8 begins to commit'],
  ['a commit closes', small, [...written, 'a: fsync', 'a: commit'], 'transaction 8 lets nobody join any more'],
  ['a commit freezes', small, [...written, 'a: fsync', 'a: commit'], 'transaction 8: the trees are frozen as they are'],
  ['a commit frees the log', small, [...written, 'a: fsync', 'a: commit'], 'the log tree is freed'],
  ['a commit is durable', small, [...written, 'a: fsync', 'a: commit'], 'committed tree: I 0..4K = a: write 1'],
  ['and so is the end of the log', small, [...written, 'a: fsync', 'a: commit'], 'the super block has no log any more'],
  ['a commit is complete', small, [...written, 'a: fsync', 'a: commit'], 'transaction 8 is committed'],
])('%s', (_, text, entries, line) => expect(run(text, ...entries).changes).toContain(line));
