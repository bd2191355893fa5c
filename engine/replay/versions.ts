import { changesOf } from '../model/version.ts';
import type { Program } from '../program.ts';
import { lowest } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import type { Actor, OperationReference } from '../verdict.ts';

/** Names the versions that blocks go through in one run: by the operation that made each. */
export class VersionNames {
  readonly #program: Program;
  /** Per file, per segment, the operation that made each version; none made version 0. */
  readonly #origins: (OperationReference | undefined)[][][];

  constructor(program: Program) {
    this.#program = program;
    this.#origins = program.machine.inodes.map(({ segments }) =>
      Array.from({ length: segments.count }, () => [undefined]),
    );
  }

  /** Takes note of the versions that a step has made. */
  note(before: State, after: State, actor: Actor): void {
    if (actor.kind !== 'task') return;
    for (const [file, { content }] of this.#program.machine.inodes.entries()) {
      for (const [segment, field] of content.entries()) {
        const version = field.get(after);
        if (version !== field.get(before)) this.#origins[file]![segment]![changesOf(version)] = actor;
      }
    }
  }

  /** The operation that made a version of a segment; undefined for what was there at the start. */
  origin(file: number, segment: number, version: number): OperationReference | undefined {
    return this.#origins[file]![segment]![changesOf(version)];
  }

  /** Name of a version of a segment; `nothing` for what lies behind i_size. */
  name(file: number, segment: number, version: number): string {
    if (version < 0) return 'nothing';
    const origin = this.origin(file, segment, version);
    if (origin !== undefined) return this.#nameOf(origin);
    const { committed } = this.#program.machine.inodes[file]!;
    return (committed.data.get(this.#program.initial) & (1 << segment)) === 0 ? 'hole' : 'initial data';
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

  /** `app: write`, numbered where the task does more than one of the kind. */
  #nameOf({ task, operation }: OperationReference): string {
    const { name, operations } = this.#program.scenario.tasks[task]!;
    const { kind } = operations[operation]!;
    const equals = operations.flatMap((other, i) => (other.kind === kind ? [i] : []));
    const number = equals.length > 1 ? ` ${equals.indexOf(operation) + 1}` : '';
    return `${name}: ${kind}${number}`;
  }
}
