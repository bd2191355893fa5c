import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  CancellationTokenSource,
  CodeActionRequest,
  CodeLensRequest,
  CompletionRequest,
  type Diagnostic,
  DiagnosticSeverity,
  DocumentSymbolRequest,
  HoverRequest,
  LSPErrorCodes,
  WorkDoneProgressCancelNotification,
} from 'vscode-languageserver/node';
import { type TraceResult, traceMethod } from '../../server/protocol.ts';
import { type BuiltServer, buildServer } from './build.ts';
import { LspClient } from './lsp-client.ts';

const seed = readFileSync(new URL('../fixtures/language/seed.fsrace', import.meta.url), 'utf8');
const uri = 'file:///scenarios/seed.fsrace';
const loss = 'fsync returns success, yet I 0..4K is lost if power fails before transaction 8 commits';

/** A scenario that no search finishes while a test waits. */
const endless = (name: string) => `scenario "${name}" {
  kernel 5.8
  file I size 32M
${['a', 'b', 'c', 'd', 'e'].map((task, i) => `  task ${task} { write I ${8 * i}K..${8 * i + 4}K fsync I write I ${8 * i}K..${8 * i + 4}K fsync I }`).join('\n')}
}
`;
const race = (name: string) =>
  `scenario "${name}" { kernel 5.8 file I size 32M task app { write I 0..4K fsync I } task k { releasepage I } }\n`;

let built: BuiltServer;
let client: LspClient;

beforeAll(async () => {
  built = await buildServer();
});
afterAll(() => built.remove());
afterEach(async () => {
  expect(client.isAlive).toBe(true);
  expect(await client.stop()).toBe(0);
});

const codes = (diagnostics: readonly Diagnostic[]) => diagnostics.map(({ code }) => code);

describe('the seed', () => {
  test('has its race reported, with the steps that lead there', async () => {
    client = await LspClient.start(built.folder);
    const document = await client.open(uri, seed);
    const found = await document.verdict();
    expect(found.map(({ message, range, severity }) => [document.textAt(range), message, severity])).toEqual([
      ['fsync I', loss, DiagnosticSeverity.Error],
      ['crash', loss, DiagnosticSeverity.Error],
    ]);
    const [{ relatedInformation: steps = [], codeDescription } = {}] = found;
    expect(codeDescription?.href).toMatch(/^file:\/\/.*\/docs\/diagnostics\.md#lost-extent$/);
    const places = new Set(steps.map(({ location }) => document.textAt(location.range)));
    expect(places).toEqual(new Set(['write I 0..4K', 'fsync I', 'releasepage I 0..4K']));
    for (const { location } of steps) expect(location.uri).toBe(uri);
    expect(client.statuses.at(-1)).toMatchObject({ uri, version: 1, unsafe: 1, unmet: 1, checking: 0 });
  });

  test.each([
    [
      'Turn on the modified-list guard in releasepage (proved: all ',
      /kernel 5\.8 .*\n {2}guard releasepage\.modified-list on\n/,
    ],
    ['Use kernel 5.9, the first release with the fix (proved: all ', /kernel 5\.9 /],
  ])('is repaired by "%s…"', async (title, expected) => {
    client = await LspClient.start(built.folder);
    const document = await client.open(uri, seed);
    // Asked for at once: the answer waits for the proof.
    const actions = await document.codeActions(document.rangeOf('fsync I'));
    const action = actions.find((candidate) => candidate.title.startsWith(title));
    await document.apply(action!);
    expect(document.text).toMatch(expected);
    expect(await document.verdict()).toEqual([]);
    expect(client.statuses.at(-1)).toMatchObject({ safe: 1, unsafe: 0, unmet: 0 });
  });

  test('is explained, completed, outlined, annotated and replayed', async () => {
    client = await LspClient.start(built.folder, { workspace: { codeLens: { refreshSupport: true } } });
    const document = await client.open(uri, seed);
    const { connection } = client;
    const textDocument = { uri };
    const position = document.rangeOf('log_inode').start;
    const hover = await connection.sendRequest(HoverRequest.type, { textDocument, position });
    expect(JSON.stringify(hover?.contents)).toContain('step of `fsync F [R]`');
    const steps = await connection.sendRequest(CompletionRequest.type, { textDocument, position });
    expect(JSON.stringify(steps)).toContain('log_changed_extents');
    const symbols = await connection.sendRequest(DocumentSymbolRequest.type, { textDocument });
    expect(symbols?.map(({ name }) => name)).toEqual(['page release races with a fast fsync']);
    await client.until(() => (client.lensRefreshes > 0 ? true : undefined));
    const lenses = await connection.sendRequest(CodeLensRequest.type, { textDocument });
    expect(lenses?.map(({ command }) => command?.title)).toEqual([
      '▶ Replay',
      '566,176 interleavings, 51,909 lose data',
      '▶ Replay',
    ]);
    const [argument] = lenses?.[0]?.command?.arguments ?? [];
    const replay: TraceResult = await connection.sendRequest(traceMethod, argument);
    expect(replay).toMatchObject({ uri, version: 1, findings: [loss] });
    expect(replay.places.map((place) => document.textAt(place))).toContain('releasepage I 0..4K');
    await document.replace('5.8', '5.9');
    await expect(connection.sendRequest(traceMethod, argument)).rejects.toMatchObject({
      code: LSPErrorCodes.ContentModified,
    });
  });
});

describe('edits', () => {
  test('that overlap never show a verdict of another version', async () => {
    client = await LspClient.start(built.folder);
    const document = await client.open(uri, seed);
    // Even versions are safe, odd ones are not.
    const versions = 40;
    while (document.version < versions) {
      await document.replace(
        ...((document.version % 2 === 1 ? ['5.8 ', '5.9 '] : ['5.9 ', '5.8 ']) as [string, string]),
      );
    }
    expect(await document.verdict()).toEqual([]);
    const wrong = client.published.filter(
      ({ version = 0, diagnostics }) => version % 2 === 0 && diagnostics.length > 0,
    );
    expect(wrong).toEqual([]);
    const told = client.published.map(({ version = 0 }) => version);
    expect(told).toEqual([...told].sort((left, right) => left - right));
    expect(new Set(told).size).toBe(versions);
    for (const { version, safe, unsafe } of client.statuses) expect(version % 2 === 1 ? safe : unsafe).toBe(0);
  });

  test('of several places in one change are understood', async () => {
    client = await LspClient.start(built.folder);
    const document = await client.open(uri, seed);
    await document.edit([
      { range: document.rangeOf('32M'), text: '48M' },
      { range: document.rangeOf('5.8'), text: '5.9' },
    ]);
    expect(await document.verdict()).toEqual([]);
  });

  test('show errors at once, and the verdict is back when they are repaired', async () => {
    client = await LspClient.start(built.folder);
    const document = await client.open(uri, seed);
    await document.verdict();
    await document.replace('fsync I', 'fsnyc I');
    const [error, ...others] = await document.diagnostics((found) => found.length > 0);
    expect(document.textAt(error!.range)).toBe('fsnyc');
    expect(others).toEqual([]);
    const [fix] = await document.codeActions(error!.range, [error!]);
    expect(fix).toMatchObject({
      title: 'Replace with `fsync`',
      isPreferred: true,
      diagnostics: [{ code: 'unknown-name' }],
    });
    await document.apply(fix!);
    expect(codes(await document.verdict())).toEqual(['lost-extent', 'lost-extent']);
  });

  test('of one scenario leave the verdict of the other in place, also when it moves', async () => {
    client = await LspClient.start(built.folder);
    const document = await client.open(uri, `${race('first')}${race('second')}`);
    await document.verdict();
    await document.replace('scenario "first" {', 'scenario "first" {\n\n\n file J');
    const found = await document.diagnostics(() => true);
    const lines = client.published
      .find(({ version }) => version === 2)
      ?.diagnostics.map(({ range }) => range.start.line);
    expect(lines).toEqual([4]);
    expect(document.textAt(found.at(-1)!.range)).toBe('fsync I');
    expect(codes(await document.verdict())).toEqual(['lost-extent', 'lost-extent']);
  });

  test('of comments keep every verdict', async () => {
    client = await LspClient.start(built.folder);
    const document = await client.open(uri, seed);
    await document.verdict();
    await document.replace('// includes completion', '// with the completion');
    await document.diagnostics(() => true);
    expect(
      client.published.filter(({ version }) => version === 2).map(({ diagnostics }) => codes(diagnostics)),
    ).toEqual([['lost-extent', 'lost-extent']]);
  });

  test('do not reach a document that is closed; its diagnostics go', async () => {
    client = await LspClient.start(built.folder);
    const document = await client.open(uri, endless('closed'));
    await document.diagnostics(() => true);
    await document.close();
    await client.until(() => (client.published.at(-1)?.version === undefined ? true : undefined));
    const other = await client.open('file:///scenarios/other.fsrace', seed);
    await other.verdict();
    expect(client.published.findLast((published) => published.uri === uri)).toEqual({ uri, diagnostics: [] });
  });
});

describe('a search that takes long', () => {
  test('blocks neither requests nor the verdicts of other scenarios', async () => {
    client = await LspClient.start(built.folder);
    const document = await client.open(uri, endless('long'));
    await client.until(() => client.statuses.find(({ checking }) => checking === 1));
    const position = document.rangeOf('fsync').start;
    expect(await client.connection.sendRequest(HoverRequest.type, { textDocument: { uri }, position })).not.toBeNull();
    const other = await client.open('file:///scenarios/other.fsrace', seed);
    expect(codes(await other.verdict())).toEqual(['lost-extent', 'lost-extent']);
    expect(client.statuses.findLast((status) => status.uri === uri)).toMatchObject({ checking: 1 });
  });

  test('ends when the text changes', async () => {
    client = await LspClient.start(built.folder);
    const document = await client.open(uri, endless('long'));
    await client.until(() => client.statuses.find(({ checking }) => checking === 1));
    const rest = document.text.slice(document.text.indexOf('  task b'), document.text.lastIndexOf('}'));
    await document.replace(rest, '');
    await document.verdict();
    expect(client.statuses.at(-1)).toMatchObject({ version: 2, safe: 1 });
  });

  test('does not hold up a request that is cancelled', async () => {
    client = await LspClient.start(built.folder);
    const document = await client.open(uri, endless('long'));
    const source = new CancellationTokenSource();
    const params = { textDocument: { uri }, range: document.rangeOf('"long"'), context: { diagnostics: [] } };
    const request = client.connection.sendRequest(CodeActionRequest.type, params, source.token);
    const refused = expect(request).rejects.toMatchObject({ code: LSPErrorCodes.RequestCancelled });
    source.cancel();
    await refused;
  });

  test('makes a request that waits for it fail when the text changes', async () => {
    client = await LspClient.start(built.folder);
    const document = await client.open(uri, endless('long'));
    const request = document.codeActions(document.rangeOf('"long"'));
    const refused = expect(request).rejects.toMatchObject({ code: LSPErrorCodes.ContentModified });
    await document.replace('32M', '16M');
    await refused;
  });

  test('shows progress, and can be cancelled there', async () => {
    client = await LspClient.start(built.folder, { window: { workDoneProgress: true } });
    const document = await client.open(uri, endless('long'));
    const [begin] = await client.until(() => (client.progress.length > 2 ? client.progress : undefined));
    expect(begin?.value).toMatchObject({ kind: 'begin', title: 'fsrace', cancellable: true });
    expect(client.progress[1]?.value).toMatchObject({
      kind: 'report',
      message: expect.stringMatching(/^checking long: [\d,]+ states(, about \d+[\w ,]* in all)?, [\d,]+ states\/s$/),
    });
    await client.connection.sendNotification(WorkDoneProgressCancelNotification.type, { token: begin!.token });
    const [bounded] = await document.verdict();
    expect(bounded).toMatchObject({ code: 'search-bounded', severity: DiagnosticSeverity.Warning });
    expect(bounded?.message).toMatch(
      /^the search was cancelled, after [\d,]+ .*states and the first \d+ steps of every interleaving: nothing is proved$/,
    );
    expect(client.statuses.at(-1)).toMatchObject({ unknown: 1, safe: 0 });
    await client.until(() => client.progress.find(({ value }) => value.kind === 'end'));
  });

  test('ends at the bound of the settings, which a quick fix raises', async () => {
    client = await LspClient.start(built.folder, { workspace: { configuration: true } });
    client.settings = { 'fsrace.search.maxStates': 5000 };
    const document = await client.open(uri, endless('long'));
    const [bounded] = await document.diagnostics((found) => found.length > 0);
    expect(bounded?.message).toMatch(
      /^the search stopped at its bound of 5,000 states, after 5,000 states and the first \d steps of every interleaving: nothing is proved$/,
    );
    const [raise] = await document.codeActions(bounded!.range);
    expect(raise?.title).toBe('Raise the bound to 50,000 states');
    await document.apply(raise!);
    expect(document.text).toContain('\n  bound states 50000\n}');
    // The larger search knows that something is lost long before it ends.
    const again = await document.diagnostics((found) => codes(found).includes('search-bounded'));
    expect(again.map(({ message }) => message).join('\n')).toContain('its bound of 50,000 states');
  });

  test.each([
    ['maxMemory', 1, 'its bound of 1M of memory'],
    ['maxSeconds', 0.2, 'its bound of 200 ms'],
  ])('ends at the bound that %s sets, which the text cannot raise', async (name, value, message) => {
    client = await LspClient.start(built.folder, { workspace: { configuration: true } });
    client.settings = { [`fsrace.search.${name}`]: value, 'fsrace.search.maxStates': 1e9 };
    const document = await client.open(uri, endless('long'));
    const [bounded] = await document.diagnostics((found) => found.length > 0);
    expect(bounded).toMatchObject({ code: 'search-bounded', message: expect.stringContaining(message) });
    expect(await document.codeActions(bounded!.range)).toEqual([]);
  });

  test('is bounded anew when the settings change', async () => {
    client = await LspClient.start(built.folder, { workspace: { configuration: true } });
    const document = await client.open(uri, endless('long'));
    await client.until(() => client.statuses.find(({ checking }) => checking === 1));
    await client.changeSettings({ 'fsrace.search.maxStates': 100 });
    await document.diagnostics((found) => found.some(({ code }) => code === 'search-bounded'));
    await client.changeSettings({ 'fsrace.search.maxStates': 'many' });
    await client.until(() => (client.statuses.at(-1)?.checking === 1 ? true : undefined));
  });
});

describe('bad input', () => {
  test.each([
    ['an empty file', '', []],
    ['a binary file', `\u0000\u0001ELF\ufffd${'\u0000\ufffd}{"'.repeat(5000)}`, ['syntax']],
    ['an unclosed string and block', 'scenario "open {\n  file I size 32M\n  task a { write I 0..4K\n', ['syntax']],
    ['a number out of range', race('x').replace('32M', '99999999999999999999G'), ['invalid-range']],
    ['an inverted range', race('x').replace('0..4K', '4K..0'), ['invalid-range']],
  ])('%s has clear diagnostics, and the server goes on', async (_, text, expected) => {
    client = await LspClient.start(built.folder);
    const document = await client.open('file:///bad.fsrace', text);
    expect([...new Set(codes(await document.verdict()))]).toEqual(expected);
    expect(client.statuses.at(-1)).toMatchObject({ checking: 0, safe: 0, unsafe: 0 });
    const good = await client.open(uri, seed);
    expect(codes(await good.verdict())).toEqual(['lost-extent', 'lost-extent']);
  });

  test('a file of 20,000 lines is judged, and edits of it are answered while that goes on', async () => {
    client = await LspClient.start(built.folder);
    const scenarios = Array.from({ length: 1000 }, (_, i) => seed.replace(/scenario ".*"/, `scenario "number ${i}"`));
    const text = scenarios.join('\n');
    expect(text.split('\n').length).toBeGreaterThan(20_000);
    const document = await client.open(uri, text);
    await client.until(() => client.statuses.find(({ checking }) => checking > 0 && checking < 1000));
    await document.replace('task app     { write I', 'task app     { wirte I');
    const found = await document.diagnostics((diagnostics) => codes(diagnostics).includes('unknown-name'));
    expect(client.statuses.at(-1)?.checking).toBeGreaterThan(0);
    expect(document.textAt(found.find(({ code }) => code === 'unknown-name')!.range)).toBe('wirte');
    await document.verdict();
    expect(client.statuses.at(-1)).toMatchObject({ checking: 0, unsafe: 999, error: 1 });
  }, 120_000);
});

describe('a checker that fails', () => {
  test('is replaced; the user is told once, and at the scenario', async () => {
    client = await LspClient.start(built.folder);
    const document = await client.open(uri, `${race('crash the worker')}${race('fine')}`);
    const found = await document.verdict();
    expect(codes(found).sort()).toEqual(['internal-error', 'lost-extent']);
    const failure = found.find(({ code }) => code === 'internal-error');
    expect(document.textAt(failure!.range)).toBe('"crash the worker"');
    expect(failure?.message).toMatch(/the worker was lost \(.*exit code 7\) and is replaced/);
    expect(client.statuses.at(-1)).toMatchObject({ error: 1, unsafe: 1 });
    await document.replace('"fine"', '"still fine"');
    await document.verdict();
    expect(client.messages).toHaveLength(1);
    await document.replace('"crash the worker"', '"repaired"');
    expect(codes(await document.verdict())).toEqual(['lost-extent', 'lost-extent']);
  });
});
