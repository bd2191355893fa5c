import { expect, test } from 'vitest';
import type { DocumentSymbol } from 'vscode-languageserver';
import { documentSymbols } from '../../../server/features/document-symbols.ts';
import { checkedDocument } from '../checked-document.ts';

/** An outline as indented lines: `name (detail)`. */
function outline(symbols: readonly DocumentSymbol[], indent = ''): string[] {
  return symbols.flatMap(({ name, detail, children = [] }) => [
    `${indent}${name}${detail ? ` (${detail})` : ''}`,
    ...outline(children, `${indent}  `),
  ]);
}

test('the outline has scenarios with their files, tasks, operations and interleavings', () => {
  const document = checkedDocument(`
scenario "race" {
  kernel 5.8
  file I size 32M
  task app { w1: write I 0..4K  fsync
    I }
  interleaving "told" { crash }
  interleaving { crash }
}
scenario { }
`);
  expect(outline(documentSymbols(document))).toEqual([
    'race (scenario)',
    '  I (file)',
    '  app (task)',
    '    write I 0..4K (w1)',
    '    fsync I',
    '  told (interleaving)',
    '  (no name) (interleaving)',
    '(no name) (scenario)',
  ]);
});

test('each name is selected inside of its range, also in a broken text', () => {
  const document = checkedDocument('scenario "a" { file task t { write I scenario "" { task task { fsync');
  const check = ({ range, selectionRange, children = [] }: DocumentSymbol) => {
    const outer = document.spanOf(range);
    const inner = document.spanOf(selectionRange);
    expect(outer.start).toBeLessThanOrEqual(inner.start);
    expect(inner.end).toBeLessThanOrEqual(outer.end);
    children.forEach(check);
  };
  const symbols = documentSymbols(document);
  symbols.forEach(check);
  expect(symbols).toHaveLength(2);
});
