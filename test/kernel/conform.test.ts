import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { compareRecord } from '../../server/conform/compare.ts';
import { parseCorpus } from '../../server/conform/record.ts';
import { runCli } from '../server/cli/run-cli.ts';
import { temporaryFolder } from '../server/cli/temporary-folder.ts';
import { corpora, oracleFolder } from './oracle.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sample = fileURLToPath(new URL('../fixtures/oracle/sample.jsonl', import.meta.url));
const sampleLines = readFileSync(sample, 'utf8').trimEnd().split('\n');

const absent =
  corpora.length === 0 ? ` (skipped: no recordings in ${oracleFolder}; FSRACE_ORACLE names their folder)` : '';

// The names of skipped tests are not shown by default.
if (absent !== '') console.warn(`all recordings${absent}`);

describe.skipIf(absent !== '')(`all recordings${absent}`, () => {
  test('1,198 workloads with 5,469 crash points, and the items of 1,573 logs, are predicted without a mismatch', () => {
    const results = corpora.flatMap((path) => parseCorpus(readFileSync(path, 'utf8')).map(compareRecord));
    const compared = results.filter((result) => result.kind === 'compared');
    expect(compared.flatMap(({ id, mismatches }) => mismatches.map((mismatch) => ({ id, ...mismatch })))).toEqual([]);
    expect(compared).toHaveLength(1198);
    expect(compared.reduce((sum, { crashPoints }) => sum + crashPoints, 0)).toBe(5469);
    expect(compared.reduce((sum, { comparedLogs }) => sum + comparedLogs, 0)).toBe(1573);
    expect(compared.flatMap(({ otherLogs }) => otherLogs).sort()).toEqual([
      'an inline extent',
      'an update of the atime alone',
      'an update of the atime alone',
    ]);
  });

  test('the command line says the same, and skips none', async () => {
    const { code, stdout } = await runCli(['conform', ...corpora], root);
    expect(code).toBe(0);
    expect(stdout).toContain(
      '\n1,198 recordings compared, 5,469 crash points, of them 1,573 with log items compared, 0 mismatches, 0 skipped\n',
    );
    for (const path of corpora) expect(stdout).toContain(path);
  });
});

describe('a sample of the recordings', () => {
  const results = parseCorpus(sampleLines.join('\n')).map(compareRecord);

  test.each(results.map((result) => [result.id, result] as const))('%s', (_, result) => {
    if (result.kind === 'compared') expect(result.mismatches).toEqual([]);
    else expect(result.reason).not.toBe('');
  });

  test('is of several families, and none is skipped', () => {
    expect(results.filter(({ kind }) => kind === 'compared')).toHaveLength(sampleLines.length);
    expect(new Set(results.map(({ id }) => id.replace(/\d?-.*/, ''))).size).toBeGreaterThan(5);
  });
});

describe('a recording that is not as predicted', () => {
  /** Changes of a recording of four writes and an fsync, and what `conform` says then. */
  const cases: readonly [what: string, from: string | RegExp, to: string, complaint: string][] = [
    [
      'content',
      /"data":\[\[0,4,10\]\]/,
      '"data":[[0,4,1]]',
      'content of a\n  recorded   0..16384:1\n  predicted  0..16384:10\n',
    ],
    [
      'size',
      /"size":16384(?=,"data":\[\[0,4,10\]\])/,
      '"size":12288',
      'size of a\n  recorded   12288\n  predicted  16384\n',
    ],
    [
      'existence',
      /\{"a":\{(?=[^{]*\[\[0,4,10\]\])/,
      '{"a":null,"b":{',
      'existence of a\n  recorded   nothing\n  predicted  file\n',
    ],
    ['commits', /"gen":0,"log":true/, '"gen":1,"log":true', 'commits\n  recorded   1\n  predicted  0\n'],
    [
      'log items',
      /"E",257,0,4,"d"/,
      '"E",257,0,2,"d"],["E",257,2,2,"d"',
      'log items of a\n  recorded   EXTENT_DATA 0 regular, 8192 bytes\n  predicted  EXTENT_DATA 0 regular, 16384 bytes\n',
    ],
    ['log', /"gen":0,"log":true/, '"gen":0,"log":false', 'log\n  recorded   false\n  predicted  true\n'],
  ];
  const recording = sampleLines.find((line) => line.includes('"x-wb-front"'))!;

  test.each(cases)('in %s', async (_, from, to, complaint) => {
    const changed = recording.replace(from, to);
    expect(changed).not.toBe(recording);
    const folder = temporaryFolder({ 'changed.jsonl': `${changed}\n` });
    const { code, stdout } = await runCli(['conform', 'changed.jsonl'], folder);
    expect(code).toBe(1);
    expect(stdout).toContain(`mismatch changed.jsonl: x-wb-front, power failure after operation 3: ${complaint}`);
    expect(stdout).toContain(
      '1 recording compared, 4 crash points, of them 1 with log items compared, 1 mismatch, 0 skipped\n',
    );
  });
});

describe('input that is no recording', () => {
  test.each([
    ['no JSON', `${sampleLines[0]}\nnonsense\n`, 'a.jsonl: line 2 is not a recording; give recordings as JSON lines'],
    ['other JSON', '{"id":"a"}\n', 'a.jsonl: line 1 is not a recording; give recordings as JSON lines'],
    [
      'nonsense in its fields',
      sampleLines[0]!.replace(/"ops":\[.*?\],"/, '"ops":7,"'),
      'a.jsonl: recording a-047 cannot be predicted',
    ],
  ])('%s', async (_, text, complaint) => {
    const { code, stdout, stderr } = await runCli(['conform', 'a.jsonl'], temporaryFolder({ 'a.jsonl': text }));
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^.*\n$/);
    expect(stderr).toContain(complaint);
  });
});
