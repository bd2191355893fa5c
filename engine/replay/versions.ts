import type { Program } from '../program.ts';
import { lowest } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import type { Actor } from '../verdict.ts';

/** Names the versions that blocks go through in one run: by the operation that made each. */
export class VersionNames {
  readonly #program: Program;
  /** Per file, per segment, the name of each version. */
  readonly #names: string[][][];

  constructor(program: Program) {
    this.#program = program;
    this.#names = program.machine.inodes.map(({ segments, committed }) =>
      Array.from({ length: segments.count }, (_, segment) => [
        (committed.data.get(program.initial) & (1 << segment)) !== 0 ? 'initial data' : 'hole',
      ]),
    );
  }

  /** Takes note of the versions that a step has made. */
  note(before: State, after: State, actor: Actor): void {
    if (actor.kind !== 'task') return;
    for (const [file, { content }] of this.#program.machine.inodes.entries()) {
      for (const [segment, field] of content.entries()) {
        const version = field.get(after);
        if (version !== field.get(before)) this.#names[file]![segment]![version] = this.#nameOf(actor);
      }
    }
  }

  /** Name of a version of a segment; `nothing` for what lies behind i_size. */
  name(file: number, segment: number, version: number): string {
    return version < 0 ? 'nothing' : this.#names[file]![segment]![version]!;
  }

  /** Contiguous runs of `mask` whose versions have one name, each with it. */
  runs(file: number, mask: number, versionOf: (segment: number) => number): { mask: number; name: string }[] {
    const found: { mask: number; name: string }[] = [];
    let previous = -2;
    for (let rest = mask; rest !== 0; rest &= rest - 1) {
      const segment = lowest(rest);
      const name = this.name(file, segment, versionOf(segment));
      const last = found.at(-1);
      if (last !== undefined && segment === previous + 1 && last.name === name) last.mask |= 1 << segment;
      else found.push({ mask: 1 << segment, name });
      previous = segment;
    }
    return found;
  }

  /** `app: write`, numbered where the task writes more than once. */
  #nameOf({ task, operation }: { task: number; operation: number }): string {
    const { name, operations } = this.#program.scenario.tasks[task]!;
    const writes = operations.flatMap(({ kind }, i) => (kind === 'write' ? [i] : []));
    const number = writes.length > 1 ? ` ${writes.indexOf(operation) + 1}` : '';
    return `${name}: write${number}`;
  }
}
