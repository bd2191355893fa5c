import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, rmSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { blockSize } from '../../engine/index.ts';
import { hasIo, writtenTo } from './block-device.ts';
import { KernelCalls, KernelError } from './kernel-calls.ts';
import { readLogItems } from './log-items.ts';
import { makeRecordingFolder, removeAbandonedFolders, removeRecordingFolder } from './recording-folder.ts';
import { requireItemsReader, thisMachine, whyNotHere } from './requirements.ts';
import { readSuperBlock } from './super-block.ts';
import {
  type FoundFile,
  NotRecordable,
  type Outcome,
  type Recording,
  type Workload,
  type WorkloadOperation,
} from './workload.ts';

export interface RecorderOptions {
  /** Also the items of the log tree, of every outcome that has one. */
  readonly items?: boolean | undefined;
  /** Milliseconds without IO after which an operation counts as over; three times as much after some. */
  readonly settle?: number | undefined;
}

/** Bytes of an image, nearly all of them holes; small ones would have mixed block groups. */
const imageSize = 512 * 1024 * 1024;
const defaultSettle = 5;
/** Milliseconds for one workload; none takes a tenth of it, unless the kernel hangs. */
const workloadTimeout = 90_000;
/** Milliseconds that a fresh file system needs to check its UUID tree in the background. */
const uuidTreeCheck = 300;

/** Runs of one workload, at most, until none is disturbed. */
const mostRuns = 3;

/** Operations that go on in the background when they have returned. */
const slowOperations: readonly string[] = ['release', 'reopen', 'evict', 'rename', 'dwrite', 'drop_caches', 'clone'];

/** A crash as it was cut: an image as the device was right after an operation. */
interface Cut {
  readonly image: string;
  /** What went to the device until then; the same again is the same crash. */
  readonly written: string | undefined;
}

/** One run of a workload. */
interface Run {
  readonly outcomes: readonly Outcome[];
  /** Something else on the machine may have changed them. */
  readonly disturbed: boolean;
}

/**
 * Records workloads on a real btrfs in images of its own. A power failure is a copy of the image: what was submitted to
 * the device is durable, and nothing else. The copies are mounted, and so replayed, when the workload is over.
 */
export class Recorder {
  readonly #folder: string;
  readonly #calls: KernelCalls;
  readonly #options: RecorderOptions;
  readonly #progs: string;
  /** Images with a fresh file system, by arguments of mkfs. */
  readonly #templates = new Map<string, string>();

  private constructor(folder: string, calls: KernelCalls, options: RecorderOptions) {
    this.#folder = folder;
    this.#calls = calls;
    this.#options = options;
    this.#progs = run('mkfs.btrfs', ['--version']).trim().split(' ').at(-1)!;
  }

  /** Throws a NotRecordable when this machine lacks something. Clears away what killed runs have left. */
  static async open(options: RecorderOptions = {}): Promise<Recorder> {
    const machine = thisMachine();
    const reason = whyNotHere(machine);
    if (reason !== undefined) throw new NotRecordable(reason);
    if (options.items) requireItemsReader(machine);
    removeAbandonedFolders();
    const folder = makeRecordingFolder();
    try {
      return new Recorder(folder, await KernelCalls.start(folder), options);
    } catch (error) {
      removeRecordingFolder(folder);
      throw error;
    }
  }

  /** Ends what runs, and removes all that there is. */
  async close(): Promise<void> {
    await this.#calls.end();
    removeRecordingFolder(this.#folder);
  }

  /** For the end of this process by a signal: the same as `close`, at once. */
  abandon(): void {
    this.#calls.kill();
    removeRecordingFolder(this.#folder);
  }

  /**
   * Runs a workload and finds out what each crash leaves. Throws a NotRecordable when it cannot be run; after that there is
   * nothing to do but `close`.
   */
  async record(workload: Workload): Promise<Recording> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#calls.kill();
    }, workloadTimeout);
    try {
      let run = await this.#run(workload);
      for (let runs = 1; run.disturbed && runs < mostRuns; runs++) run = await this.#run(workload);
      return this.#recording(workload, run.outcomes);
    } catch (error) {
      if (late)
        throw new NotRecordable(`${workload.id} does not end: it took more than ${workloadTimeout / 1000} seconds`);
      if (!(error instanceof NotRecordable || error instanceof KernelError)) throw error;
      throw new NotRecordable(`${workload.id} cannot be recorded: ${error.message}`);
    } finally {
      clearTimeout(timer);
    }
  }

  /** One line of a corpus, its fields in the order of the format. */
  #recording(workload: Workload, outcomes: readonly Outcome[]): Recording {
    const { id, family, mkfs, mount, start, files, dirs, links, ops } = workload;
    const made = { files, ...(dirs && { dirs }), ...(links && { links }) };
    return { id, family, kernel: release(), progs: this.#progs, mkfs, mount, start, ...made, ops, outcomes };
  }

  async #run(workload: Workload): Promise<Run> {
    const image = join(this.#folder, 'live.img');
    await this.#calls.call('copy', { source: await this.#template(workload.mkfs), target: image });
    let device = await this.#mount(image, workload.mount);
    await this.#setUp(workload);
    if (workload.start === 'cold') {
      // The inodes shall be of an older transaction when they are read: else their first fsync is a full one.
      await this.#calls.call('empty_commit');
      await this.#calls.call('unmount');
      device = await this.#mount(image, workload.mount);
    }
    for (const { name } of workload.files) await this.#operate({ op: 'open', file: name });
    const { generation } = readSuperBlock(image);
    await this.#calls.call('messages');
    const outcomes: Pick<Outcome, 'after' | 'errno' | 'evicted'>[] = [];
    const cuts: Cut[] = [];
    for (const [after, operation] of workload.ops.entries()) {
      outcomes.push({ after, ...(await this.#attempt(operation)) });
      cuts.push(await this.#cut(image, device, operation.op, cuts));
    }
    const disturbed = (await this.#calls.call<string[]>('messages')).some((message) => this.#isDisturbance(message));
    await this.#calls.call('unmount');
    rmSync(image);
    const names = namesIn(workload);
    const found = new Map<string, CrashState>();
    for (const image of new Set(cuts.map((cut) => cut.image))) {
      found.set(image, await this.#crash(image, names, generation));
    }
    return { disturbed, outcomes: outcomes.map((outcome, i) => ({ ...outcome, ...found.get(cuts[i]!.image)! })) };
  }

  /** Somebody else dropped caches, and with them extent maps of files that an operation would have found. */
  #isDisturbance(message: string): boolean {
    return message.includes('drop_caches') && !message.includes(`(${this.#calls.pid}):`);
  }

  /** A pristine image. Its first mount is over: that checks the UUID tree, which may start a transaction at any time. */
  async #template(mkfs: readonly string[]): Promise<string> {
    const key = mkfs.join(' ');
    const made = this.#templates.get(key);
    if (made !== undefined) return made;
    const image = join(this.#folder, `template-${this.#templates.size}.img`);
    const file = openSync(image, 'w');
    ftruncateSync(file, imageSize);
    closeSync(file);
    run('mkfs.btrfs', ['-q', '-f', ...mkfs, image]);
    await this.#mount(image, 'nodiscard');
    for (let pass = 0; pass < 2; pass++) {
      await sleep(uuidTreeCheck);
      await this.#calls.call('empty_commit');
    }
    await this.#calls.call('unmount');
    this.#templates.set(key, image);
    return image;
  }

  async #mount(image: string, options: string): Promise<string> {
    try {
      return await this.#calls.call<string>('mount', { image, options });
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      throw new NotRecordable(`cannot mount a fresh btrfs with ${options}: ${error.message}`);
    }
  }

  /** Makes folders, files and further names, and syncs everything. */
  async #setUp({ dirs = [], files, links = [] }: Workload): Promise<void> {
    for (const file of dirs) await this.#operate({ op: 'mkdir', file });
    for (const { name, size, fill, split, prealloc = [], nodatacow } of files) {
      await this.#operate({ op: nodatacow ? 'create_nodatacow' : 'create', file: name });
      await this.#operate({ op: 'truncate', file: name, size });
      for (const [block, count, tag] of fill) {
        const off = block * blockSize;
        await this.#operate({ op: 'write', file: name, off, len: Math.min(count * blockSize, size - off), tag });
        if (split) await this.#operate({ op: 'fsync', file: name });
      }
      for (const [block, count] of prealloc) {
        const range = { off: block * blockSize, len: count * blockSize };
        await this.#operate({ op: 'falloc', file: name, ...range, keep_size: true });
      }
    }
    for (const [file, to] of links) await this.#operate({ op: 'link', file, to });
    await this.#operate({ op: 'sync' });
  }

  #operate(operation: WorkloadOperation): Promise<OperationResult> {
    return this.#calls.call<OperationResult>('operation', operation);
  }

  /** An operation that the kernel may refuse: that is an outcome, too. */
  async #attempt(operation: WorkloadOperation): Promise<OperationResult> {
    try {
      return await this.#operate(operation);
    } catch (error) {
      if (error instanceof KernelError) return { errno: error.errno };
      throw error;
    }
  }

  /** Waits until the operation is over in the background, too, and copies the image; or finds that nothing was written. */
  async #cut(image: string, device: string, operation: string, cuts: readonly Cut[]): Promise<Cut> {
    for (let polls = 0; polls < 200 && hasIo(device); polls++) await sleep(2);
    const { settle = defaultSettle } = this.#options;
    await sleep(settle * (slowOperations.includes(operation) ? 3 : 1));
    const written = writtenTo(device);
    const last = cuts.at(-1);
    if (last !== undefined && written !== undefined && last.written === written) return last;
    const copy = join(this.#folder, `crash-${cuts.length}.img`);
    await this.#calls.call('copy', { source: image, target: copy });
    return { image: copy, written };
  }

  /** What is found when an image is mounted after the power failure. Deletes the image. */
  async #crash(image: string, names: readonly string[], start: bigint): Promise<CrashState> {
    const { generation, hasLog } = readSuperBlock(image);
    const facts: CrashState = {
      gen: Number(generation - start),
      log: hasLog,
      ...(this.#options.items && hasLog ? { items: readLogItems(image) } : {}),
    };
    await this.#calls.call('messages');
    try {
      await this.#calls.call('mount', { image, options: `nodiscard,commit=300` });
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      return { ...facts, mount_errno: error.errno, ...(await this.#complaints()) };
    }
    const complaints = await this.#complaints();
    const state = await this.#calls.call<Record<string, FoundFile>>('state');
    await this.#calls.call('unmount');
    rmSync(image);
    return { ...facts, ...complaints, state: withAbsent(state, names) };
  }

  /** Warnings and errors of btrfs since the last look; `kmsg` is left out when there are none. */
  async #complaints(): Promise<Pick<Outcome, 'kmsg'>> {
    const messages = await this.#calls.call<string[]>('messages');
    const complaints = messages.filter((message) => /BTRFS (error|warning|critical)/.test(message));
    return complaints.length > 0 ? { kmsg: complaints.slice(-4).map((message) => message.slice(0, 160)) } : {};
  }
}

type OperationResult = Pick<Outcome, 'errno' | 'evicted'>;
type CrashState = Omit<Outcome, 'after' | 'errno' | 'evicted'>;

/** Every name that a workload uses or can make. */
function namesIn({ files, links = [], ops }: Workload): string[] {
  const named = [
    ...files.map(({ name }) => name),
    ...links.flat(),
    ...ops.flatMap(({ file, to }) => [file, to]).filter((name) => name !== undefined && name !== '.'),
  ];
  return [...new Set(named as string[])].sort();
}

/** What was found by name, with null for names that lead nowhere. */
function withAbsent(found: Readonly<Record<string, FoundFile>>, names: readonly string[]) {
  const others = Object.keys(found)
    .filter((name) => !names.includes(name))
    .sort();
  return Object.fromEntries([...names, ...others].map((name) => [name, found[name] ?? null]));
}

function run(program: string, args: readonly string[]): string {
  const { error, status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new NotRecordable(`${program} ${args.join(' ')} failed: ${stderr.trim()}`);
  return stdout;
}
