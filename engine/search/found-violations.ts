import { type BrokenPromise, brokenPromises, Losses, promiser } from '../durability/judge.ts';
import type { Program } from '../program.ts';
import { lowest } from '../state/bits.ts';
import type { State } from '../state/layout.ts';

/** A broken promise and the states, all at the least depth, in which it was found. */
export interface FoundViolation extends BrokenPromise {
  readonly depth: number;
  readonly states: number[];
}

/** Sets of segments that a signature begins with. */
const sets = 4;

/** What is lost of one file in a state, and the violations that this amounts to. */
interface Loss {
  /** The sets of `Losses`, then who promised each segment of the file (0 for those not lost). */
  readonly signature: Int32Array;
  readonly depth: number;
  readonly violations: readonly FoundViolation[];
}

/**
 * Judges states in breadth-first order and keeps the distinct violations. A state that loses nothing, or
 * the same as one before, costs no allocation.
 */
export class FoundViolations {
  readonly #program: Program;
  readonly #found = new Map<string, FoundViolation>();
  /** Per file. */
  readonly #losses: Loss[][];
  readonly #signatures: Int32Array[];
  readonly #judged = new Losses();

  constructor(program: Program) {
    this.#program = program;
    this.#losses = program.promises.map(() => []);
    this.#signatures = program.promises.map(({ version }) => new Int32Array(version.length + sets));
  }

  get all(): FoundViolation[] {
    return [...this.#found.values()];
  }

  /** Judges a crash in state number `index`. True when it breaks a promise. */
  judge(state: State, index: number, depth: number): boolean {
    const { machine } = this.#program;
    const { inodes } = machine;
    let losing = false;
    for (let file = 0; file < inodes.length; file++) {
      this.#judged.judge(inodes[file]!, this.#program.promises[file]!, machine, state);
      if (this.#judged.all === 0) continue;
      losing = true;
      const known = this.#lookUp(state, file);
      if (known === undefined) this.#losses[file]!.push(this.#describe(state, file, index, depth));
      else if (known.depth === depth) for (const { states } of known.violations) states.push(index);
    }
    return losing;
  }

  /** The loss with the same signature as the one just judged; fills the scratch signature of the file. */
  #lookUp(state: State, file: number): Loss | undefined {
    const signature = this.#signatures[file]!.fill(0);
    signature[0] = this.#judged.lost;
    signature[1] = this.#judged.resurrected;
    signature[2] = this.#judged.missing ? -1 : this.#judged.sizeOnly;
    signature[3] = this.#judged.corrupt;
    for (let rest = this.#judged.all; rest !== 0; rest &= rest - 1) {
      const segment = lowest(rest);
      signature[segment + sets] = promiser(this.#program.promises[file]!, this.#judged, state, segment);
    }
    for (const loss of this.#losses[file]!) if (equal(loss.signature, signature)) return loss;
    return undefined;
  }

  #describe(state: State, file: number, index: number, depth: number): Loss {
    const { inodes } = this.#program.machine;
    const violations = brokenPromises(inodes[file]!, this.#program.promises[file]!, this.#judged, state).flatMap(
      (broken) => {
        const key = `${broken.kind} ${broken.file} ${broken.segments} ${broken.promisedBy}`;
        const known = this.#found.get(key);
        if (known !== undefined) {
          if (known.depth === depth) known.states.push(index);
          return known.depth === depth ? [known] : [];
        }
        const found = { ...broken, depth, states: [index] };
        this.#found.set(key, found);
        return [found];
      },
    );
    return { signature: this.#signatures[file]!.slice(), depth, violations };
  }
}

function equal(a: Int32Array, b: Int32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
