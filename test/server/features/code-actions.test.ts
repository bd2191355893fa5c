import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type CodeAction, DiagnosticSeverity } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { ScenarioDocument } from '../../../server/documents/scenario-document.ts';
import { codeActions, repairsToCome } from '../../../server/features/code-actions.ts';
import { diagnostics } from '../../../server/features/diagnostics.ts';
import { atCursor, checkedDocument, documentUri } from '../checked-document.ts';

const folder = fileURLToPath(new URL('../../fixtures/server/repairs/', import.meta.url));
const page = 'file:///docs/diagnostics.md';
const separator = '//---- becomes ----\n';

/** All repairs offered at an offset to a client that shows every diagnostic. */
function actionsAt(text: string, offset: number): CodeAction[] {
  const document = checkedDocument(text);
  const span = { start: offset, end: offset };
  return codeActions(document, { span, shown: diagnostics(document, page), versionedEdits: false });
}

function applied(text: string, { edit }: CodeAction): string {
  return TextDocument.applyEdits(TextDocument.create('', '', 1, text), edit?.changes?.[documentUri] ?? []);
}

/** Each fixture: the title that the fix begins with, a text with the cursor `$0`, and the text that the fix makes of it. */
describe.each(readdirSync(folder))('%s', (file) => {
  const fixture = readFileSync(folder + file, 'utf8');
  const [, title = '', marked = '', after = ''] =
    /^\/\/ fix: (.*)\n([\s\S]*)\/\/---- becomes ----\n([\s\S]*)$/.exec(fixture) ?? [];
  const { text, offset } = atCursor(marked);
  const [action, ...others] = actionsAt(text, offset).filter((candidate) => candidate.title.startsWith(title));
  const result = action && applied(text, action);

  test('the fix makes of the text what the fixture says', () => {
    expect(action, 'no such fix').toBeDefined();
    expect(others).toEqual([]);
    if (process.env['UPDATE_FIXTURES'] && result !== undefined) {
      writeFileSync(folder + file, fixture.slice(0, fixture.indexOf(separator)) + separator + result);
    } else {
      expect(result).toBe(after);
    }
  });

  test('and what it repairs is gone', () => {
    const [repaired] = action?.diagnostics ?? [];
    expect(repaired).toBeDefined();
    const left = diagnostics(checkedDocument(after), page);
    const headline = (message: unknown) => String(message).split('\n')[0];
    const same = left.filter(
      ({ message, severity }) => headline(message) === headline(repaired?.message) && severity === repaired?.severity,
    );
    if (title.startsWith('Write')) expect(same).toHaveLength(2);
    else expect(same).toEqual([]);
    const isProved = action?.title.endsWith('interleavings keep fsynced data)');
    expect(isProved).toBe(title.startsWith('Turn on') || title.startsWith('Use'));
    if (isProved) expect(left.filter(({ severity }) => severity === DiagnosticSeverity.Error)).toEqual([]);
  });
});

describe('the repairs of the seed', () => {
  const text = readFileSync(fileURLToPath(new URL('../../fixtures/language/seed.fsrace', import.meta.url)), 'utf8');
  const offset = text.indexOf('fsync I');
  const actions = actionsAt(text, offset);

  test('come in order, the guard first and preferred', () => {
    expect(actions.map(({ title, isPreferred = false }) => [title.replace(/ \(.*/, ''), isPreferred])).toEqual([
      ['Turn on the modified-list guard in releasepage', true],
      ['Use kernel 5.9, the first release with the fix', false],
      ['Write the losing interleaving into the scenario', false],
      ['Record the loss: `expect lost I 0..4K`', false],
    ]);
    expect(actions[0]?.title).toMatch(/ \(proved: all \d{3},\d{3} interleavings keep fsynced data\)$/);
  });

  test('belong to the diagnostic that the client shows', () => {
    for (const { diagnostics: repaired } of actions) {
      expect(repaired).toMatchObject([{ code: 'lost-extent', relatedInformation: expect.any(Array) }]);
    }
  });

  test('are offered nowhere else', () => {
    expect(actionsAt(text, text.indexOf('writeback I'))).toEqual([]);
  });

  test('name the version that they were made for, for clients that heed it', () => {
    const [action] = codeActions(checkedDocument(text), {
      span: { start: offset, end: offset },
      shown: [],
      versionedEdits: true,
    });
    expect(action?.edit).toMatchObject({ documentChanges: [{ textDocument: { uri: documentUri, version: 1 } }] });
  });

  test('keep the line breaks of the text', () => {
    const windows = text.replaceAll('\n', '\r\n');
    const [guard, , interleaving] = actionsAt(windows, windows.indexOf('fsync I'));
    for (const action of [guard, interleaving]) {
      expect(applied(windows, action!)).not.toMatch(/[^\r]\n/);
    }
  });

  test('are awaited while the checker looks for them', async () => {
    const document = checkedDocument(text);
    let finish = () => {};
    const completed = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const pending = new ScenarioDocument(documentUri, 1, text, document.reading, () => ({
      ...document.scenarios[0]!.check!,
      completed,
    }));
    const events: string[] = [];
    const waiting = repairsToCome(pending, { span: { start: offset, end: offset } }).then(() =>
      events.push('answered'),
    );
    await repairsToCome(pending, { span: { start: 0, end: 0 } });
    events.push('elsewhere');
    finish();
    await waiting;
    expect(events).toEqual(['elsewhere', 'answered']);
  });
});
