import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { compareRecord } from '../../server/conform/compare.ts';
import type { CorpusRecord } from '../../server/conform/record.ts';
import { Recorder } from '../../server/record/recorder.ts';
import { NotRecordable, type Recording, type Workload } from '../../server/record/workload.ts';
import { cli, plainEnvironment, runCli } from '../server/cli/run-cli.ts';
import { temporaryFolder } from '../server/cli/temporary-folder.ts';
import { families, randomWorkload } from './random-workload.ts';

/** Larger numbers for a longer run by hand; docs/recording.md has an example. */
const count = Number(process.env['FSRACE_RECORD_COUNT'] ?? 50);
const seed = Number(process.env['FSRACE_RECORD_SEED'] ?? 1);
/** What one recording may take on a busy machine. */
const millisecondsEach = 3000;

const sample = fileURLToPath(new URL('../fixtures/oracle/sample.jsonl', import.meta.url));
const sampleRecordings = readFileSync(sample, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line): Recording => JSON.parse(line));
const race = fileURLToPath(new URL('../../scenarios/page-release-vs-fast-fsync.fsrace', import.meta.url));

const refusal = await whyNotRecordable();
const absent = refusal === undefined ? '' : ` (skipped: ${refusal})`;

// The names of skipped tests are not shown by default.
if (absent !== '') console.warn(`recording${absent}`);

async function whyNotRecordable(): Promise<string | undefined> {
  try {
    const recorder = await Recorder.open({ items: true });
    await recorder.close();
    return undefined;
  } catch (error) {
    if (error instanceof NotRecordable) return error.message;
    throw error;
  }
}

describe.skipIf(refusal !== undefined)(`recording${absent}`, () => {
  test(`${count} random workloads (seed ${seed}) end as predicted`, { timeout: count * millisecondsEach }, async () => {
    const workloads = Array.from({ length: count }, (_, i) =>
      randomWorkload(families[i % families.length]!, seed, Math.floor(i / families.length)),
    );
    expect(await mismatchesOf(workloads)).toEqual([]);
  });

  test('a recording made again is the same, log items included', { timeout: 120_000 }, async () => {
    const folder = temporaryFolder({});
    const { code, stdout, stderr } = await runCli(['record', sample, '--out', 'again.jsonl', '--items'], folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const last = new RegExp(`\\n${sampleRecordings.length} recordings with \\d+ crash points are in again\\.jsonl\\n$`);
    expect(stdout).toMatch(last);
    const again = recordingsIn(join(folder, 'again.jsonl'));
    expect(again.map(shapeOf)).toEqual(sampleRecordings.map(shapeOf));
    for (const [i, recording] of again.entries()) {
      const { outcomes, kernel, progs, ...workload } = sampleRecordings[i]!;
      expect(recording).toMatchObject({ ...workload, kernel: release(), progs: expect.stringMatching(/^v\d/) });
      // Other kernels may log, and find, something else. The sample maps files with their atime, `record` without.
      const mapped = recording.ops.some(({ op }) => op === 'rfsync');
      if (series(kernel) === series(release()) && !mapped) expect(recording.outcomes).toEqual(outcomes);
    }
  });

  test('a scenario is recorded as its interleaving tells, and as the model predicts', { timeout: 30_000 }, async () => {
    const folder = temporaryFolder({});
    const { code, stdout } = await runCli(['record', race, '--out', 'race.jsonl'], folder);
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        'page-release-vs-fast-fsync: 4 crash points, 1 with a log to replay',
        '    fsync of app is run whole, where it ends: a system call cannot be stopped',
        '',
        '1 recording with 4 crash points is in race.jsonl',
        '',
      ].join('\n'),
    );
    const [recording] = recordingsIn(join(folder, 'race.jsonl'));
    expect(recording!.ops.map(({ op }) => op)).toEqual(['write', 'writeback', 'release', 'fsync']);
    expect(recording!.outcomes.map(({ state }) => state!['I']!.data)).toEqual([[], [], [], [[0, 1, 1]]]);
    expect(compareRecord(recording as CorpusRecord)).toMatchObject({ kind: 'compared', mismatches: [] });
  });

  test('an operation that the kernel refuses is an outcome', async () => {
    const [outcome] = (await record([{ ...empty, ops: [{ op: 'rename', file: 'nothing', to: 'f' }] }]))[0]!.outcomes;
    expect(outcome).toMatchObject({ after: 0, errno: 2, gen: 0, log: false, state: { nothing: null, f: { size: 0 } } });
  });

  test('says what no machine can run', async () => {
    await expect(record([{ ...empty, ops: [{ op: 'explode' }] }])).rejects.toThrow('no operation is called explode');
    await expect(record([{ ...empty, mount: 'nonsense' }])).rejects.toThrow('cannot mount a fresh btrfs with nonsense');
    await expect(record([{ ...empty, mkfs: ['--nonsense'] }])).rejects.toThrow(
      /^empty cannot be recorded: mkfs\.btrfs .* failed: /,
    );
  });
});

describe.skipIf(refusal !== undefined)(`a recording that is stopped${absent}`, () => {
  test('by an interrupt leaves nothing', { timeout: 60_000 }, async () => {
    const { child, folder } = await startRecording();
    const ended = endOf(child);
    child.kill('SIGINT');
    expect(await ended).toBe('SIGINT');
    expect(existsSync(folder)).toBe(false);
    expect(await devicesOver(folder)).toEqual([]);
  });

  test('by kill -9 leaves a folder, which the next one removes', { timeout: 60_000 }, async () => {
    const { child, folder } = await startRecording();
    const ended = endOf(child);
    child.kill('SIGKILL');
    expect(await ended).toBe('SIGKILL');
    expect(existsSync(folder)).toBe(true);
    await (await Recorder.open()).close();
    expect(existsSync(folder)).toBe(false);
    expect(await devicesOver(folder)).toEqual([]);
    expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(folder);
  });

  test('in the worst of moments leaves a loop device and a mount, which the next one removes', async () => {
    const namespace = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))![0];
    // Process ids are below 2^22.
    const name = `fsrace-record-${2 ** 22}-1-${namespace}-worst`;
    const folder = join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), name);
    mkdirSync(join(folder, 'mounted'), { recursive: true });
    const image = join(folder, 'live.img');
    writeFileSync(image, '');
    truncateSync(image, 256 * 1024 * 1024);
    execFileSync('mkfs.btrfs', ['-q', image], { stdio: 'ignore' });
    const device = execFileSync('losetup', ['--find', '--show', image], { encoding: 'utf8' }).trim();
    execFileSync('mount', [device, join(folder, 'mounted')]);
    await (await Recorder.open()).close();
    expect(existsSync(folder)).toBe(false);
    expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(folder);
    expect(await devicesOver(folder)).toEqual([]);
  });

  test('leaves the folders of those alone that still run', { timeout: 60_000 }, async () => {
    const { folder } = await startRecording();
    await (await Recorder.open()).close();
    expect(existsSync(folder)).toBe(true);
  });
});

describe('input that cannot be recorded', () => {
  test.each([
    ['no JSON', 'nonsense\n', 'a.jsonl: line 1 is not a workload; give workloads as JSON lines'],
    ['other JSON', '\n{"id":"a"}\n', 'a.jsonl: line 2 is not a workload; give workloads as JSON lines'],
  ])('%s', async (_, text, complaint) => {
    const folder = temporaryFolder({ 'a.jsonl': text });
    const { code, stdout, stderr } = await runCli(['record', 'a.jsonl', '--out', 'b.jsonl'], folder);
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: `fsrace: ${complaint}\n` });
    expect(existsSync(join(folder, 'b.jsonl'))).toBe(false);
  });

  test('a machine without the programs, which it names', async () => {
    const environment = { ...plainEnvironment, PATH: temporaryFolder({}) };
    const { code, stdout, stderr } = await runCli(
      ['record', race, '--out', 'b.jsonl'],
      temporaryFolder({}),
      environment,
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const reason =
      process.geteuid?.() === 0 ? 'recording needs python3' : 'recording mounts file systems: run it as root';
    expect(stderr).toMatch(new RegExp(`^fsrace: ${reason}.*\n$`));
  });
});

/** A file with nothing in it, and no operation. */
const empty: Workload = {
  id: 'empty',
  family: 'fsrace',
  mkfs: [],
  mount: 'commit=300,nodiscard',
  start: 'cold',
  files: [{ name: 'f', size: 0, fill: [] }],
  ops: [],
};

async function record(workloads: readonly Workload[], settle?: number): Promise<Recording[]> {
  const recorder = await Recorder.open({ items: true, settle });
  try {
    const recordings: Recording[] = [];
    for (const workload of workloads) recordings.push(await recorder.record(workload));
    return recordings;
  } finally {
    await recorder.close();
  }
}

/**
 * Workloads that end otherwise than predicted, twice: on a machine with other work an operation can be on its
 * way still when the image is copied, so that those are recorded again with more time.
 */
async function mismatchesOf(workloads: readonly Workload[]) {
  const isWrong = (recording: Recording) => {
    const result = compareRecord(recording as CorpusRecord);
    return result.kind === 'skipped' || result.mismatches.length > 0;
  };
  const suspects = (await record(workloads)).filter(isWrong).map(({ id }) => id);
  const again = await record(
    workloads.filter(({ id }) => suspects.includes(id)),
    50,
  );
  return again.filter(isWrong).map((recording) => ({
    workload: recording,
    result: compareRecord(recording as CorpusRecord),
  }));
}

function recordingsIn(path: string): Recording[] {
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function series(kernel: string): string {
  return kernel.split('.').slice(0, 2).join('.');
}

/** The fields of a recording, and of what is found after its first operation. */
function shapeOf({ outcomes, ...recording }: Recording) {
  const known = ['after', 'errno', 'evicted', 'gen', 'log', 'items', 'state'];
  const fields = outcomes.flatMap((outcome) => Object.keys(outcome)).filter((field) => !known.includes(field));
  const first = Object.entries(outcomes[0]!.state!).map(([name, file]) => [name, file && Object.keys(file)]);
  return { fields: Object.keys(recording).sort(), unknown: fields, first };
}

/** A recording that goes on for as long as any test needs it, once it has mounted its image; and its folder. */
async function startRecording(): Promise<{ child: ChildProcess; folder: string }> {
  const workloads = Array.from({ length: 500 }, () => sampleRecordings[0]);
  const home = temporaryFolder({ 'long.jsonl': workloads.map((workload) => JSON.stringify(workload)).join('\n') });
  const child = spawn(process.execPath, [cli, 'record', 'long.jsonl', '--out', 'out.jsonl'], {
    cwd: home,
    env: plainEnvironment,
    stdio: 'ignore',
  });
  onTestFinished(() => {
    child.kill('SIGINT');
  });
  for (;;) {
    const folder = ['/dev/shm', tmpdir()]
      .filter(existsSync)
      .flatMap((parent) => readdirSync(parent).map((name) => join(parent, name)))
      .find((path) => path.includes(`/fsrace-record-${child.pid}-`));
    if (folder !== undefined && backingFiles().some((file) => file === join(folder, 'live.img')))
      return { child, folder };
    await sleep(5);
  }
}

function endOf(child: ChildProcess): Promise<NodeJS.Signals | null> {
  return new Promise((resolve) => child.on('exit', (_, signal) => resolve(signal)));
}

/** What is attached to loop devices; of deleted files, the name that they had. */
function backingFiles(): string[] {
  return readdirSync('/sys/block')
    .map((device) => join('/sys/block', device, 'loop/backing_file'))
    .flatMap((path) => {
      try {
        return [
          readFileSync(path, 'utf8')
            .trim()
            .replace(/ \(deleted\)$/, ''),
        ];
      } catch {
        return []; // no loop device, or one that is gone meanwhile
      }
    });
}

/**
 * Loop devices that are still over a file of a folder; the last user of one may take a moment to leave. Of a mount
 * namespace that is gone, the kernel shows paths without what they began with.
 */
async function devicesOver(folder: string): Promise<string[]> {
  const found = () => backingFiles().filter((file) => file.includes(`/${basename(folder)}/`));
  for (let polls = 0; polls < 100 && found().length > 0; polls++) await sleep(50);
  return found();
}
