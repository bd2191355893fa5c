import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { NotRecordable } from './workload.ts';

/** The program that makes the system calls; it stands beside this file, and beside the bundle of the command line. */
const program = fileURLToPath(new URL('./kernel-calls.py', import.meta.url));

/** The kernel refused a call. */
export class KernelError extends Error {
  readonly errno: number;

  constructor(call: string, errno: number, reason: string) {
    super(`${call}: ${reason}`);
    this.errno = errno;
  }
}

interface Answer {
  readonly value?: unknown;
  readonly errno?: number;
  readonly error?: string;
}

/** A process that makes system calls, one at a time, in a mount namespace of its own. */
export class KernelCalls {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  #complaints = '';
  /** Process id of who makes the calls. */
  readonly pid: number;

  private constructor(child: ChildProcessWithoutNullStreams, answers: AsyncIterator<string>, pid: number) {
    this.#process = child;
    this.#answers = answers;
    this.pid = pid;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints += text;
    });
    // Writing to a process that has died is told by the answer that does not come.
    child.stdin.on('error', () => {});
  }

  /** Starts the process; `folder` is where it mounts. Throws a NotRecordable when this root may not mount. */
  static async start(folder: string): Promise<KernelCalls> {
    const child = spawn('python3', ['-I', program, folder, String(process.pid)]);
    const failed = new Promise<never>((_, reject) => {
      child.on('error', ({ message }) => reject(new NotRecordable(`cannot run python3: ${message}`)));
    });
    failed.catch(() => {});
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const { done, value } = await Promise.race([answers.next(), failed]);
    const answer: Answer = done ? { error: 'it ended at once' } : JSON.parse(value);
    if (typeof answer.value === 'number') return new KernelCalls(child, answers, answer.value);
    throw new NotRecordable(
      `this process may not mount (${answer.error}): give it CAP_SYS_ADMIN, or leave the container`,
    );
  }

  /** Makes one call, and waits for its answer. Throws a KernelError when the kernel refuses, a NotRecordable for nonsense. */
  async call<Value = void>(name: string, operands: object = {}): Promise<Value> {
    this.#process.stdin.write(`${JSON.stringify({ call: name, ...operands })}\n`);
    const { done, value } = await this.#answers.next();
    if (done) throw new Error(`the process that makes system calls ended in ${name}: ${this.#complaints.trim()}`);
    const answer: Answer = JSON.parse(value);
    if (answer.error === undefined) return answer.value as Value;
    if (answer.errno === undefined) throw new NotRecordable(`${name}: ${answer.error}`);
    throw new KernelError(name, answer.errno, answer.error);
  }

  /** Kills the process: whatever it waits for ends, and its mounts go. */
  kill(): void {
    this.#process.kill('SIGKILL');
  }

  /** Ends the process; its mounts are gone afterwards. */
  async end(): Promise<void> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null || signalCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.stdin.end();
    await ended;
  }
}
