import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli } from './run-cli.ts';
import { expectedLoss, large, safe, scenario, syntaxError, unsafe } from './scenarios.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** What `check --format json` finds: names of scenarios and places of problems, and the report without times. */
async function check(folder: string, ...args: readonly string[]) {
  const { stdout } = await runCli(['check', '--format', 'json', ...args], folder);
  const report: { scenarios: { name: string }[]; problems: { file: string }[] } = JSON.parse(stdout);
  return {
    names: report.scenarios.map(({ name }) => name),
    problems: report.problems.map(({ file }) => file),
    timeless: stdout.replaceAll(/"milliseconds": [\d.]+/g, ''),
  };
}

const files = {
  'z.fsrace': safe,
  'a/b.fsrace': scenario('in b', 'file I size 4K', 'task t { sync }'),
  'a/c.fsrace': unsafe + expectedLoss + syntaxError,
  'a/notes.txt': unsafe,
  '.hidden/d.fsrace': unsafe,
  'node_modules/e.fsrace': unsafe,
};
const all = ['in b', 'a race', 'an expected race', 'one after the other'];

describe('what is checked', () => {
  test('every scenario file below the working directory, in the order of paths', async () => {
    const { names, problems } = await check(temporaryFolder(files));
    expect(names).toEqual(all);
    expect(problems).toEqual(['a/c.fsrace']);
  });

  test('what is named, once, whatever it is called', async () => {
    const { names } = await check(temporaryFolder(files), 'z.fsrace', './a/../z.fsrace', 'a/notes.txt', '.hidden');
    expect(names).toEqual(['a race', 'a race', 'one after the other']);
  });

  test('by any number of workers with the same answer', async () => {
    const folder = temporaryFolder(files);
    const [one, two, many] = await Promise.all(['1', '2', '7'].map((workers) => check(folder, '--workers', workers)));
    expect(two).toEqual(one);
    expect(many).toEqual(one);
  });

  test('in shards, each scenario and each problem in exactly one', async () => {
    const folder = temporaryFolder(files);
    const parts = await Promise.all(['1/3', '2/3', '3/3'].map((shard) => check(folder, '--shard', shard)));
    expect(parts.flatMap(({ names }) => names).sort()).toEqual([...all].sort());
    expect(parts.flatMap(({ problems }) => problems)).toEqual(['a/c.fsrace']);
    expect(Math.max(...parts.map(({ names }) => names.length))).toBeLessThan(all.length);
  });
});

test('what a search took is told where it was large, or had too little time or memory', async () => {
  const check = async (text: string, ...args: readonly string[]) =>
    (await runCli(['check', ...args], temporaryFolder({ 'a.fsrace': text }))).stdout;
  const cost = /^ +searched [\d,]+ states in [\d.]+ m?s, [\d.,]+ MiB, [\d,]+ bytes per state$/m;
  expect(await check(large, '--reduction', 'off')).toMatch(cost);
  expect(await check(large, '--bound', 'time=1ms')).toMatch(cost);
  expect(await check(safe, '--bound', 'states=10')).not.toMatch(/searched/);
}, 60_000);

describe('--reduction', () => {
  const seed = readFileSync(new URL('../../../scenarios/page-release-vs-fast-fsync.fsrace', import.meta.url), 'utf8');
  /** What a reduced search is to find too, and what it may leave out. */
  async function search(folder: string, reduction: string) {
    const { code, stdout } = await runCli(['check', '--format', 'json', '--reduction', reduction], folder);
    const { scenarios } = JSON.parse(stdout) as {
      scenarios: { verdict: string; complete: boolean; violations: object[]; interleavings: object; states: number }[];
    };
    return {
      found: [code, scenarios.map(({ verdict, complete, violations }) => [verdict, complete, violations])],
      effort: scenarios.map(({ states, interleavings }) => ({ states, interleavings })),
    };
  }

  test('off: a small search is the same', async () => {
    const folder = temporaryFolder({ 'a.fsrace': seed, 'b.fsrace': unsafe });
    expect(await search(folder, 'off')).toEqual(await search(folder, 'on'));
  });

  test('off: a large one visits all states, counts exactly, and finds the same', async () => {
    const folder = temporaryFolder({ 'a.fsrace': large });
    const [on, off] = [await search(folder, 'on'), await search(folder, 'off')];
    expect(off.found).toEqual(on.found);
    expect(off.found).toEqual([0, [['safe', true, []]]]);
    expect(on.effort).toMatchObject([{ interleavings: { exact: false } }]);
    expect(off.effort).toMatchObject([{ interleavings: { exact: true } }]);
    expect(off.effort[0]!.states).toBeGreaterThan(250_000);
    expect(on.effort[0]!.states).toBeLessThan(250_000);
  }, 60_000);

  test('takes nothing else', async () => {
    const { code, stderr } = await runCli(['check', '--reduction', 'perhaps'], temporaryFolder({ 'a.fsrace': unsafe }));
    expect(code).toBe(2);
    expect(stderr).toContain('perhaps');
  });
});

describe('what the command line changes', () => {
  test.each([
    [['--kernel', '5.9'], 0],
    [['--guard', 'releasepage.modified-list=on'], 0],
    [['--guard', 'releasepage.modified-list=on', '--guard', 'releasepage.modified-list=off'], 1],
    [['--kernel', '5.9', '--guard', 'releasepage.modified-list=off'], 1],
    [['--bound', 'steps=5'], 3],
    [['--bound', 'states=1000', '--bound', 'steps=1000'], 1],
  ])('%j', async (args, code) => {
    const folder = temporaryFolder({ 'a.fsrace': unsafe.replace('  kernel', '  bound states 100000\n  kernel') });
    expect(await runCli(['check', ...args], folder)).toMatchObject({ code });
  });
});

describe('--fix', () => {
  test('writes proved guards where a loss is not expected, and checks again', async () => {
    const off = unsafe
      .replace('a race', 'the guard off')
      .replace('  file', '  guard releasepage.modified-list off\n  file');
    const folder = temporaryFolder({ 'a.fsrace': unsafe + expectedLoss + off });
    const { code, stdout } = await runCli(['check', '--fix'], folder);
    expect(code).toBe(0);
    expect(stdout).toContain('fixed a.fsrace, "a race": guard releasepage.modified-list on\n');
    expect(stdout).toContain('fixed a.fsrace, "the guard off": guard releasepage.modified-list on\n');
    const on = 'kernel 5.8\n  guard releasepage.modified-list on\n';
    expect(readFileSync(join(folder, 'a.fsrace'), 'utf8')).toBe(
      unsafe.replace('kernel 5.8\n', on) + expectedLoss + off.replace('list off', 'list on'),
    );
  });

  test('says so in JSON, with the report from after it', async () => {
    const folder = temporaryFolder({ 'a.fsrace': unsafe });
    const { stdout } = await runCli(['check', '--fix', '--format', 'json'], folder);
    expect(JSON.parse(stdout)).toMatchObject({
      scenarios: [{ verdict: 'safe', guards: { 'releasepage.modified-list': true } }],
      fixed: [{ file: 'a.fsrace', name: 'a race', guards: ['releasepage.modified-list'] }],
    });
  });

  test('leaves a file alone that is not UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from('// caf'), Buffer.from([0xe9, 0x0a]), Buffer.from(unsafe)]);
    const folder = temporaryFolder({ 'a.fsrace': bytes });
    const { code, stderr } = await runCli(['check', '--fix'], folder);
    expect(code).toBe(2);
    expect(stderr).toBe('fsrace: cannot write fixes to a.fsrace: it is not UTF-8, or has just changed\n');
    expect(readFileSync(join(folder, 'a.fsrace'))).toEqual(bytes);
  });
});

test('a report is plain without colours, and coloured where they are forced', async () => {
  const folder = temporaryFolder({ 'a.fsrace': unsafe });
  const { NO_COLOR: _, ...env } = process.env;
  const plain = await runCli(['check'], folder);
  const coloured = await runCli(['check'], folder, { ...env, COLUMNS: '100', FORCE_COLOR: '1' });
  const escapes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
  const timeless = (text: string) => text.replaceAll(escapes, '').replaceAll(/[\d.]+ (ms|s)$/gm, '');
  expect(plain.stdout).not.toMatch(escapes);
  expect(coloured.stdout).toMatch(escapes);
  expect(timeless(coloured.stdout)).toBe(timeless(plain.stdout));
});
