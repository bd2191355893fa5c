import { describe, expect, test } from 'vitest';
import { completion } from '../../../server/features/completion.ts';
import { atCursor, checkedDocument } from '../checked-document.ts';

function labelsAt(marked: string, trigger?: string): string[] {
  const { text, offset } = atCursor(marked);
  return completion(checkedDocument(text), offset, trigger).map(({ label }) => label);
}

/** A scenario with the cursor in a member of its own. */
const member = (text: string) =>
  `scenario "s" {\n  kernel 5.8\n  file I size 32M\n  file other\n  task app { w1: write I 0..4K fsync I fsync I }\n  task flusher { writeback I }\n  ${text}\n}\n`;

const members = ['kernel', 'guard', 'file', 'mount', 'task', 'order', 'interleaving', 'expect', 'reach', 'bound'];
const operations = [
  'write',
  'mmap-write',
  'direct-write',
  'read',
  'writeback',
  'releasepage',
  'fsync',
  'fdatasync',
  'sync',
  'commit',
  'truncate',
  'punch',
  'fallocate',
  'zero-range',
  'clone',
  'evict',
  'close',
  'create',
  'link',
  'rename',
  'unlink',
  'mkdir',
  'fault',
];
const releases = expect.arrayContaining(['6.18', '5.13', '5.9', '5.8', '5.7', '4.18', '4.17']);
const guards = expect.arrayContaining(['releasepage.modified-list', 'releasepage.full-sync-flag']);
const fsyncSteps = expect.arrayContaining(['start_ordered_ops', 'log_inode', 'write_super', 'return']);
const attributes = ['size', 'data', 'prealloc', 'needs-full-sync', 'nodatacow', 'new', 'directory'];
const ranges = ['all', 'page'];

test.each<[string, unknown]>([
  ['$0', ['scenario']],
  ['scen$0', ['scenario']],
  ['scenario "a" { }\n$0', ['scenario']],
  ['scenario "a" {\n  $0\n}', members],
  ['scenario "a" {\n  gua$0', members],
  ['scenario "a" $0', []],
])('in the file %j', (text, expected) => {
  expect(labelsAt(text)).toEqual(expected);
});

test.each<[string, unknown]>([
  ['$0', members],
  ['kernel $0', releases],
  ['kernel 5.$0', releases],
  ['kernel 5.8 $0', members],
  ['guard $0', guards],
  ['guard rel$0', guards],
  ['guard releasepage.$0', guards],
  ['guard releasepage.mod$0', guards],
  ['guard releasepage.modified-list $0', ['on', 'off']],
  ['guard releasepage.modified-list o$0', ['on', 'off']],
  ['guard releasepage.modified-list on $0', members],
  ['file $0', []],
  ['file J $0', [...attributes, ...members]],
  ['file J size $0', []],
  ['file J size 4K $0', [...attributes, ...members]],
  ['file J data $0', ranges],
  ['file J data 0..4K, $0', ranges],
  ['file J data 0..4K, 8K..12K $0', [...attributes, ...members]],
  ['mount $0', expect.arrayContaining(['holes', 'compress'])],
  ['mount holes $0', expect.arrayContaining(['compress', 'task'])],
  ['task t $0', []],
  ['task t { $0', operations],
  ['task t { write $0', ['I', 'other']],
  ['task t { write I $0', ranges],
  ['task t { write I page $0', []],
  ['task t { write I 0..$0', []],
  ['task t { write I 0..4K $0', operations],
  ['task t { write I page 3 $0', operations],
  ['task t { releasepage I $0', [...ranges, ...operations]],
  ['task t { releasepage I all $0', operations],
  ['task t { releasepage I fs$0', [...ranges, ...operations]],
  ['task t { sync $0', operations],
  ['task t { w: $0', operations],
  ['task t { clone I 0..4K $0', ['to']],
  ['task t { clone I 0..4K to $0', ['I', 'other']],
  ['task t { fallocate I 0..4K $0', ['keep-size', ...operations]],
  ['task t { create J $0', ['as', ...operations]],
  ['task t { rename I $0', ['to']],
  ['task t { fault $0', ['enomem', 'io']],
  ['task t { fault io on $0', ['app', 'flusher', 't']],
  ['task t { sync } $0', members],
  ['order $0', ['app', 'flusher']],
  ['order app.$0', ['w1', 'fsync']],
  ['order app.w1 $0', ['before']],
  ['order app.w1@$0', expect.arrayContaining(['dirty_pages'])],
  ['order flusher.writeback@$0', expect.arrayContaining(['extent_writepage_io', 'finish_ordered_io'])],
  ['order app.w1 before $0', ['app', 'flusher']],
  ['order app.w1 before flusher.wr$0', ['writeback']],
  ['order app.w1 before flusher.writeback $0', members],
  ['interleaving { $0', ['app', 'flusher', 'endio', 'crash']],
  ['interleaving "x" { $0', ['app', 'flusher', 'endio', 'crash']],
  ['interleaving { app: $0', ['write', 'fsync']],
  ['interleaving { app: fsync $0', ['until', 'app', 'flusher', 'endio', 'crash']],
  ['interleaving { app: fsync until $0', fsyncSteps],
  ['interleaving { app: fsync until log$0', fsyncSteps],
  ['interleaving { app: fsync until log_inode $0', ['app', 'flusher', 'endio', 'crash']],
  ['interleaving { endio: $0', ['I', 'other']],
  ['interleaving { endio: I $0', ranges],
  ['interleaving { endio: I 0..4K until $0', expect.arrayContaining(['end_bio', 'finish_ordered_io'])],
  ['interleaving { crash } $0', members],
  ['expect $0', ['safe', 'lost', 'corrupt', 'resurrected']],
  ['expect safe $0', members],
  ['expect lost $0', ['I', 'other']],
  ['expect lost I $0', ranges],
  ['bound $0', ['states', 'steps']],
  ['bound states $0', []],
  ['reach $0', ['app', 'flusher', 'I', 'other', 'not']],
  ['reach "q" not ($0', ['app', 'flusher', 'I', 'other', 'not']],
  ['reach app$0', ['app', 'flusher', 'I', 'other', 'not']],
  ['reach app.$0', ['w1', 'fsync']],
  ['reach app.fsync $0', ['returned', 'is']],
  ['reach app.fsync is $0', ['fast', 'full']],
  ['reach app.fsync returned $0', ['and', 'or', ...members]],
  ['reach app.fsync returned and (I.$0', ['needs-full-sync']],
  ['reach I.needs-full-sync $0', ['and', 'or', ...members]],
  ['reach app $0', ['is']],
  ['reach app is $0', ['at']],
  ['reach app is at $0', expect.arrayContaining(['dirty_pages', 'log_inode'])],
  ['reach I $0', ranges],
  ['reach I 0..4K $0', ['logged', 'durable', 'in']],
  ['reach (I 0..4K in $0', ['modified']],
  ['reach (I 0..4K in modified) $0', ['and', 'or', ...members]],
  ['reach app.fsync returned expect $0', ['safe', 'lost', 'corrupt', 'resurrected']],
  ['// kernel $0', []],
  ['/* kernel $0 */', []],
  ['interleaving "$0', []],
])('in a scenario %j', (text, expected) => {
  expect(labelsAt(member(text))).toEqual(expected);
});

describe('what is inserted', () => {
  test('replaces the whole dotted name', () => {
    const { text, offset } = atCursor(member('guard releasepage.mod$0'));
    const document = checkedDocument(text);
    const [item] = completion(document, offset);
    const edit = item?.textEdit;
    expect(edit && 'range' in edit && document.spanOf(edit.range)).toEqual({
      start: text.indexOf('releasepage.mod'),
      end: offset,
    });
  });

  test('an entry goes on with its colon', () => {
    const { text, offset } = atCursor(member('interleaving { $0 }'));
    const [item] = completion(checkedDocument(text), offset);
    expect(item?.textEdit?.newText).toBe('app: ');
  });

  test('comes in the order of the language, not of the alphabet', () => {
    const { text, offset } = atCursor(member('interleaving { app: fsync until $0 }'));
    const items = completion(checkedDocument(text), offset);
    const sorted = [...items].sort((a, b) => ((a.sortText ?? '') < (b.sortText ?? '') ? -1 : 1));
    expect(sorted.map(({ label }) => label)).toEqual(items.map(({ label }) => label));
    expect(items[0]?.label).toBe('start_ordered_ops');
  });

  test('of steps has those that come only on failure', () => {
    const items = labelsAt(member('interleaving { app: fsync until $0 }'));
    expect(items).toEqual(expect.arrayContaining(['log_inode', 'cleanup_transaction']));
  });

  test('steps and guards are explained', () => {
    const documented = (text: string) => {
      const cursor = atCursor(member(text));
      return completion(checkedDocument(cursor.text), cursor.offset).map(({ documentation }) => documentation);
    };
    for (const text of ['guard $0', 'interleaving { app: fsync until $0 }', '$0']) {
      expect(documented(text)).not.toContain(undefined);
    }
  });
});

describe('a typed blank', () => {
  test.each(['guard ', 'kernel ', 'interleaving { app: fsync until ', 'expect lost '])(
    '%j asks for what must follow',
    (text) => {
      expect(labelsAt(member(`${text}$0`), ' ')).not.toEqual([]);
    },
  );

  test.each(['', 'kernel 5.8 ', 'task t { ', 'task t { sync ', 'interleaving { '])('%j asks for nothing', (text) => {
    expect(labelsAt(member(`${text}$0`), ' ')).toEqual([]);
  });
});
