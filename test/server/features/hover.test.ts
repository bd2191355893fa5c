import { expect, test } from 'vitest';
import type { Hover } from 'vscode-languageserver';
import { hover } from '../../../server/features/hover.ts';
import { atCursor, checkedDocument } from '../checked-document.ts';

const scenario = `/// How page release and fsync race.
scenario "race" {
  kernel 5.8
  mount nodatasum
  guard in-log.first-log-transaction on
  file I size 32M
  task app { w1: write I 0..4K fsync I }
  task flusher { writeback I }
  task kswapd { releasepage I 0..4K } mount holes
  order app.w1@dirty_pages before flusher.writeback@finish_ordered_io
  reach app.fsync is fast and flusher is at extent_writepage_io or I 0..4K durable or I.needs-full-sync
  interleaving { app: write endio: I all until end_bio app: fsync until log_inode crash }
}
`;

/** The hover with the cursor in the middle of the nth `word` of a scenario, and the text that it is about. */
function hoverAt(word: string, occurrence = 0, text = scenario) {
  let start = -1;
  for (let i = 0; i <= occurrence; i++) start = text.indexOf(word, start + 1);
  const { text: plain, offset } = atCursor(`${text.slice(0, start + 1)}$0${text.slice(start + 1)}`);
  const document = checkedDocument(plain);
  const found = hover(document, offset);
  const span = found?.range && document.spanOf(found.range);
  return { value: textOf(found), about: span && plain.slice(span.start, span.end) };
}

function textOf(found: Hover | null): string {
  return found !== null && typeof found.contents === 'object' && 'value' in found.contents ? found.contents.value : '';
}

test.each([
  // An operation, with its steps and the locks that they hold.
  ['releasepage I', 0, 'releasepage', /`releasepage F \[R\]` — `btrfs_releasepage`/],
  ['releasepage I', 0, 'releasepage', /\| `try_release_extent_mapping` \| page lock, extent map tree lock \| .+ \|/],
  ['fsync I', 0, 'fsync', /\| `log_inode` \| inode lock/],
  ['fsync until', 0, 'fsync', /btrfs_sync_file/],
  ['w1@', 0, 'w1', /`write F R` — `btrfs_buffered_write`/],
  ['endio', 0, 'endio', /btrfs_finish_ordered_io/],
  // A step, of the operation that it is used with.
  [
    'log_inode',
    0,
    'log_inode',
    /`log_inode` — step of `fsync F \[R\]`\n\n.*NEEDS_FULL_SYNC.*\n\nLocks held: inode lock/,
  ],
  ['dirty_pages', 0, 'dirty_pages', /step of `write F R`/],
  ['finish_ordered_io', 0, 'finish_ordered_io', /step of `endio: F R`/],
  ['end_bio', 0, 'end_bio', /step of `endio: F R`/],
  // What a condition says.
  ['fast', 0, 'fast', /full-sync flag clear/],
  ['durable', 0, 'durable', /power failure/],
  ['needs-full-sync', 0, 'needs-full-sync', /BTRFS_INODE_NEEDS_FULL_SYNC/],
  ['extent_writepage_io', 0, 'extent_writepage_io', /step of `writeback F \[R\]`/],
  // A guard: what it is, and whether it is on here.
  ['in-log', 0, 'in-log.first-log-transaction', /\*\*log-transaction guard in btrfs_inode_in_log\*\*/],
  ['in-log', 0, 'in-log.first-log-transaction', /In no release\.[\s\S]*Here it is \*\*on\*\*, as the scenario says\./],
  // A release: its guards.
  ['5.8', 0, '5.8', /\*\*Linux 5\.8\*\*[\s\S]*\| `releasepage\.modified-list` \| 5\.9 \|/],
  // What a file has, and how the file system is mounted.
  ['size 32M', 0, 'size', /File attribute `size`[\s\S]*i_size/],
  ['nodatasum', 0, 'nodatasum', /`mount nodatasum`[\s\S]*no checksums/],
  // Members, and the scenario itself.
  ['order', 0, 'order', /`order A before B`/],
  ['kernel', 0, 'kernel', /`kernel V`/],
  ['"race"', 0, '"race"', /How page release and fsync race\./],
])('hovering %s', (word, occurrence, about, expected) => {
  const found = hoverAt(word, occurrence);
  expect(found.value).toMatch(expected);
  expect(found.about).toBe(about);
});

test('the steps are those of the release of the scenario', () => {
  const modern = scenario.replace('kernel 5.8', 'kernel 6.18');
  expect(hoverAt('fsync I').value).not.toContain('`get_ordered_extents`');
  expect(hoverAt('fsync I', 0, modern.replace(' mkdir D', '')).value).toContain('`get_ordered_extents`');
});

test('steps that come only on failure say so, alone and in the table of their operation', () => {
  const text = `scenario "x" {
    file I size 4K
    task app { fault io on app.sync@write_super  write I 0..4K  sync }
    interleaving { app: fault app: write app: sync until cleanup_transaction }
  }`;
  expect(checkedDocument(text).reading.diagnostics).toEqual([]);
  expect(hoverAt('cleanup_transaction', 0, text).value).toMatch(/step of `sync`\n\nOnly on failure\. .*-EIO\./);
  expect(hoverAt('write I', 0, text).value).toMatch(/\| `sb_rdonly` \| — \| Only on failure\. .*-EROFS\. \|/);
});

test('the name of a scenario tells how far its check is', () => {
  expect(hoverAt('"race"', 0, scenario.replace('32M', '32X')).value).toMatch(/Not checked: it has errors$/);
  expect(hoverAt('"race"').value).toMatch(/ lose data$/);
});

test('a guard that is not set is as in the release', () => {
  const text = 'scenario "x" { kernel 5.8 file I task a { sync } guard releasepage.modified-list on }';
  expect(hoverAt('releasepage', 0, text).value).toMatch(
    /3d6448e63159\]\(https:.*In releases from 5\.9 on; in stable releases from 5\.4\.60, 5\.7\.17, 5\.8\.3 on\./s,
  );
});

test.each(['I size', 'app {', '4K', 'crash'])('there is nothing to say about %s', (word) => {
  expect(hoverAt(word).value).toBe('');
});
