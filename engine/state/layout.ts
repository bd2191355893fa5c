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

  /** Of a set, the members that are among `bits`. Says less about the state than `get`: see `RecordingField`. */
  within(state: State, bits: number): number {
    return (state[this.word]! >>> this.shift) & this.mask & bits;
  }

  /** Adds `bits` to a set. */
  include(state: State, bits: number): void {
    state[this.word]! |= (bits & this.mask) << this.shift;
  }

  /** Takes `bits` off a set. */
  exclude(state: State, bits: number): void {
    state[this.word]! &= ~((bits & this.mask) << this.shift);
  }

  /** Adds `bits` to a set, or takes them off it. */
  mark(state: State, bits: number, on: boolean): void {
    if (on) this.include(state, bits);
    else this.exclude(state, bits);
  }
}

/** Bits of a state that were read, and that were written as 0 and as 1, word by word; as many words as its layout has. */
export class AccessRecord {
  reads: Int32Array = new Int32Array(0);
  zeros: Int32Array = new Int32Array(0);
  ones: Int32Array = new Int32Array(0);

  /** Makes room for states of so many words, and forgets what was noted. */
  resize(words: number): void {
    this.reads = new Int32Array(words);
    this.zeros = new Int32Array(words);
    this.ones = new Int32Array(words);
  }

  clear(): void {
    this.reads.fill(0);
    this.zeros.fill(0);
    this.ones.fill(0);
  }
}

/** A field that takes note of every access. */
class RecordingField extends Field {
  readonly #record: AccessRecord;

  constructor(word: number, shift: number, mask: number, record: AccessRecord) {
    super(word, shift, mask);
    this.#record = record;
  }

  override get(state: State): number {
    this.#record.reads[this.word]! |= this.mask << this.shift;
    return super.get(state);
  }

  override set(state: State, value: number): void {
    this.#record.ones[this.word]! |= (value & this.mask) << this.shift;
    this.#record.zeros[this.word]! |= (~value & this.mask) << this.shift;
    super.set(state, value);
  }

  override within(state: State, bits: number): number {
    this.#record.reads[this.word]! |= (bits & this.mask) << this.shift;
    return super.within(state, bits);
  }

  override include(state: State, bits: number): void {
    this.#record.ones[this.word]! |= (bits & this.mask) << this.shift;
    super.include(state, bits);
  }

  override exclude(state: State, bits: number): void {
    this.#record.zeros[this.word]! |= (bits & this.mask) << this.shift;
    super.exclude(state, bits);
  }
}

/** What a field is about: the file system, or who has got how far. */
export type FieldRole = 'model' | 'control';

/** Hands out the bits of a scenario's states, packed into as few words as first fit finds. */
export class Layout {
  /** Bits in use per word. */
  readonly #used: number[] = [];
  /** Per width, the first word that may have room for it: words only fill up. */
  readonly #firstWithRoom: number[] = [];
  readonly #modelBits: number[] = [];
  readonly #record: AccessRecord | undefined;

  /** `record` is told of every access to the fields. */
  constructor(record?: AccessRecord | undefined) {
    this.#record = record;
  }

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
    let word = this.#firstWithRoom[width] ?? 0;
    while (this.#used[word]! + width > 32) word++;
    this.#firstWithRoom[width] = word;
    if (word === this.#used.length) {
      this.#used.push(0);
      this.#record?.resize(this.#used.length);
      this.#modelBits.push(0);
    }
    const shift = this.#used[word]!;
    this.#used[word] = shift + width;
    const mask = width === 32 ? -1 : 2 ** width - 1;
    if (role === 'model') this.#modelBits[word]! |= mask << shift;
    return this.#record === undefined
      ? new Field(word, shift, mask)
      : new RecordingField(word, shift, mask, this.#record);
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
