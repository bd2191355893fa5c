import type { Program } from '../program.ts';
import type { Operation } from '../scenario.ts';
import type { State } from '../state/layout.ts';
import type { PlacedStep } from '../thread.ts';
import type { NoEffect } from '../verdict.ts';

/** Notes which operations ever change anything but their own position. */
export class EffectTracker {
  readonly #program: Program;
  readonly #modelBits: Int32Array;
  /** Per task, per operation. */
  readonly #effective: boolean[][];

  constructor(program: Program) {
    this.#program = program;
    this.#modelBits = program.layout.bitsOf('model', 'judged');
    this.#effective = program.scenario.tasks.map(({ operations }) => operations.map(() => false));
  }

  /** `actor` took a step from `before` to `after`. */
  note(actor: number, { operation }: PlacedStep, before: State, after: State): void {
    const effective = this.#effective[actor];
    if (effective === undefined || effective[operation]) return;
    for (let i = 0; i < before.length; i++) {
      if (((before[i]! ^ after[i]!) & this.#modelBits[i]!) === 0) continue;
      effective[operation] = true;
      return;
    }
  }

  /** `actor` took a step that wrote these bits, if only what was there already: in another order they may have differed. */
  noteWrites(actor: number, { operation }: PlacedStep, zeros: Int32Array, ones: Int32Array): void {
    const effective = this.#effective[actor];
    if (effective === undefined || effective[operation]) return;
    for (let i = 0; i < this.#modelBits.length; i++) {
      if (((zeros[i]! | ones[i]!) & this.#modelBits[i]!) === 0) continue;
      effective[operation] = true;
      return;
    }
  }

  /** Operations that changed nothing so far. */
  ineffective(): NoEffect[] {
    return this.#effective.flatMap((operations, task) =>
      operations.flatMap((effective, operation) =>
        effective
          ? []
          : [{ task, operation, reason: this.#reason(this.#program.scenario.tasks[task]!.operations[operation]!) }],
      ),
    );
  }

  #reason(operation: Operation): string {
    const { scenario, profile } = this.#program;
    switch (operation.kind) {
      case 'write':
      case 'mmap-write':
      case 'direct-write':
        return 'its range is empty';
      case 'writeback':
        return 'no page in its range is dirty when it runs';
      case 'releasepage': {
        const { name, size } = scenario.files[operation.file]!;
        if (profile.rules.releaseNeedsLargeFile && size <= 16 * 1024 * 1024) {
          return `${name} is not larger than 16 MiB: before 6.10, page release drops extent maps of larger files only`;
        }
        return 'no clean page in its range has an extent map that page release may drop';
      }
      case 'fsync':
      case 'fdatasync':
        return `nothing in the ${'file' in operation ? 'file' : 'directory'} has changed that was not promised before`;
      case 'read':
        return 'the pages are in memory already';
      case 'close':
        return 'the file is not truncated to nothing before';
      case 'evict':
        return 'the inode is in use, or memory knows nothing of it that the tree does not';
      case 'truncate':
        return 'the file has that size already, and nothing behind it';
      case 'punch':
        return 'the range is a hole already';
      case 'fallocate':
      case 'zero-range':
        return 'the range is allocated already';
      case 'create':
      case 'mkdir':
        return 'the name is taken, or its directory does not exist';
      case 'link':
      case 'rename':
        return 'there is no such name to begin with, or the new one cannot be had';
      case 'unlink':
        return 'there is no such name, or it is that of a directory that is not empty';
      case 'clone':
        return 'it is refused: see what its range and the sizes of both files are then';
      case 'fault':
        return 'it is in force already';
      case 'sync':
        return 'nothing is dirty and no transaction runs';
      case 'commit':
        return 'no transaction runs when it begins';
    }
  }
}
