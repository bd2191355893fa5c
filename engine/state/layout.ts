/** One state of a scenario: a short run of words. What each bit means is said by the fields of its layout. */
export type State = Int32Array;

/** A named run of bits in a state. Reading and writing neither allocate nor branch. */
export class Field {
  readonly word: number;
  readonly shift: number;
  /** Largest value that the field can hold. */
  readonly mask: number;

  constructor(word: number, shift: number, mask: number) {
    this.word = word;
    this.shift = shift;
    this.mask = mask;
  }

  get(state: State): number {
    return (state[this.word]! >>> this.shift) & this.mask;
  }

  set(state: State, value: number): void {
    state[this.word] = (state[this.word]! & ~(this.mask << this.shift)) | ((value & this.mask) << this.shift);
  }

  add(state: State, difference: number): void {
    this.set(state, this.get(state) + difference);
  }
}

/** What a field is about: the file system, or who has got how far. */
export type FieldRole = 'model' | 'control';

/** Hands out the bits of a scenario's states, packed into as few words as first fit finds. */
export class Layout {
  /** Bits in use per word. */
  readonly #used: number[] = [];
  readonly #modelBits: number[] = [];

  /** Number of words of a state. */
  get words(): number {
    return Math.max(this.#used.length, 1);
  }

  /** Per word, the bits that describe the file system; the others are program positions and registers. */
  get modelBits(): Int32Array {
    return Int32Array.from({ length: this.words }, (_, word) => this.#modelBits[word] ?? 0);
  }

  /** A field for values 0 to `maximum` (at most 2^30 - 1); no bit at all where the maximum is 0. */
  field(maximum: number, role: FieldRole = 'model'): Field {
    const width = 32 - Math.clz32(maximum);
    if (width === 0) return new Field(0, 0, 0);
    let word = this.#used.findIndex((used) => used + width <= 32);
    if (word < 0) {
      word = this.#used.push(0) - 1;
      this.#modelBits.push(0);
    }
    const shift = this.#used[word]!;
    this.#used[word] = shift + width;
    const mask = width === 32 ? -1 : 2 ** width - 1;
    if (role === 'model') this.#modelBits[word]! |= mask << shift;
    return new Field(word, shift, mask);
  }

  /** A field that holds a set of `count` segments. */
  set(count: number, role: FieldRole = 'model'): Field {
    return this.field(2 ** count - 1, role);
  }

  /** `count` fields of the same size. */
  fields(count: number, maximum: number, role: FieldRole = 'model'): Field[] {
    return Array.from({ length: count }, () => this.field(maximum, role));
  }
}
